//! Addresses that are told a credential.

use std::net::IpAddr;

use anyhow::{Context, Result, bail};
use reqwest::Url;

/// A credential goes to this address, so it is read by nobody on the way: it has TLS or is this
/// machine's own.
pub(crate) fn check(name: &str, url: &str) -> Result<()> {
    let parsed = Url::parse(url).with_context(|| format!("{name} is no address"))?;
    let host = parsed.host_str().unwrap_or_default();
    let local = host == "localhost"
        || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    if parsed.scheme() == "https" || (parsed.scheme() == "http" && local) {
        return Ok(());
    }
    bail!("{name} must start with https://, or be an address of this machine's")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_or_this_machine_is_told_a_credential() {
        for good in
            ["https://api.github.com", "http://127.0.0.1:80", "http://[::1]", "http://localhost/x"]
        {
            assert!(check("url", good).is_ok(), "{good}");
        }
        for bad in ["http://api.github.com", "http://localhost.example.com", "ftp://127.0.0.1", "x"]
        {
            assert!(check("url", bad).unwrap_err().to_string().contains("url"), "{bad}");
        }
    }
}
