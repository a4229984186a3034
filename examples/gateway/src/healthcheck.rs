//! `healthcheck`: whether the gateway of this machine is ready, as an exit status.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tokio::runtime::Builder;

use crate::config::Config;

/// A check that takes longer is none: who asks, asks every few seconds.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn run(config: &Config) -> Result<()> {
    let url = format!("http://{}/readyz", reachable(config.address()?));
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        // Plain HTTP on this machine: an image without root certificates can check itself too.
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        let client = client.tls_certs_only(Vec::<reqwest::Certificate>::new()).build()?;
        let answer = client.get(&url).send().await;
        let status = answer.with_context(|| format!("no gateway answers at {url}"))?.status();
        ensure!(status.is_success(), "{url} answers {status}: the gateway is not ready");
        Ok(())
    })
}

/// Where a gateway is reached that listens there: who listens on all addresses is on loopback too.
pub(crate) fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_are_asked_on_loopback() {
        let asked = |listen: &str| reachable(listen.parse().unwrap()).to_string();
        assert_eq!(asked("0.0.0.0:80"), "127.0.0.1:80");
        assert_eq!(asked("[::]:80"), "[::1]:80");
        assert_eq!(asked("10.1.2.3:80"), "10.1.2.3:80");
    }
}
