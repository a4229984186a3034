//! The address, the gateway that may run there, the way to it, and the clocks.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::time::{Duration, UNIX_EPOCH};

use oasis_core::Timestamp;
use reqwest::header::HeaderMap;
use reqwest::{Client, StatusCode};
use serde_json::Value;

use super::finding::Finding;
use crate::config::Config;
use crate::fault::server_time;
use crate::healthcheck::reachable;

const PATIENCE: Duration = Duration::from_secs(5);
/// How far clocks may differ; a `Date` is in whole seconds.
const TOLERANCE: Duration = Duration::from_secs(5);

pub(super) async fn check(
    config: &Config,
    url: Option<&str>,
    database_clock: Option<Timestamp>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut clocks: Vec<_> = database_clock.map(|at| ("the database", at)).into_iter().collect();
    if let Ok(address) = config.address() {
        let here = format!("http://{}", reachable(address));
        findings.push(match gateway(&here).await {
            Some(Ok(_)) => Finding::fine("address", format!("a gateway serves at {here}")),
            Some(Err(told)) => {
                let remedy = "its log says why; what it needs is checked above";
                Finding::fault("address", told, remedy)
            }
            None => listen(address, &here),
        });
    }
    if let Some(url) = url {
        let url = url.trim_end_matches('/');
        match gateway(url).await {
            Some(Ok(headers)) => {
                clocks.extend(date(&headers).map(|at| ("the gateway", at)));
                findings.push(Finding::fine("reachability", format!("a gateway serves at {url}")));
                findings.push(webhook(url).await);
            }
            Some(Err(told)) => {
                findings.push(Finding::fault("reachability", told, "see the gateway's own log"));
            }
            None => findings.push(Finding::fault(
                "reachability",
                format!("no gateway answers at {url}"),
                "check the name, the proxy in front of it and the firewall",
            )),
        }
    }
    findings.push(clock(&clocks));
    findings
}

/// Whether a gateway answers there and is ready; `None` where none answers.
async fn gateway(url: &str) -> Option<Result<HeaderMap, String>> {
    let live = client()?.get(format!("{url}/livez")).send().await.ok()?;
    let headers = live.headers().clone();
    let live: Value = live.json().await.ok()?;
    if live.get("ok") != Some(&Value::Bool(true)) {
        return None;
    }
    let ready = client()?.get(format!("{url}/readyz")).send().await.ok()?.status();
    Some(if ready.is_success() {
        Ok(headers)
    } else {
        Err(format!("the gateway at {url} is not ready: /readyz answers {ready}"))
    })
}

/// Whether one could listen there.
fn listen(address: std::net::SocketAddr, here: &str) -> Finding {
    const CHECK: &str = "address";
    match TcpListener::bind(address) {
        Ok(_) => Finding::fine(CHECK, format!("{address} is free; no gateway runs there")),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Finding::fault(
            CHECK,
            format!("something else than a gateway listens on {address}"),
            "stop it, or choose another address with --listen (OASIS_LISTEN)",
        ),
        Err(error) => Finding::fault(
            CHECK,
            format!("cannot listen on {address}: {error}"),
            format!("choose an address of this machine's and a port above 1023; {here} is none"),
        ),
    }
}

/// Whether an unsigned delivery gets as far as the gateway, which refuses it.
async fn webhook(url: &str) -> Finding {
    const CHECK: &str = "webhook's way";
    let Some(client) = client() else { return Finding::fine(CHECK, "not tried") };
    let request = client
        .post(format!("{url}/webhooks/github"))
        .header("content-type", "application/json")
        .header("x-github-event", "ping")
        .header("x-github-delivery", "00000000-0000-0000-0000-000000000000")
        .header("x-hub-signature-256", format!("sha256={}", "0".repeat(64)))
        .body("{}");
    match request.send().await.map(|answer| answer.status()) {
        Ok(StatusCode::UNAUTHORIZED) => Finding::fine(
            CHECK,
            "a delivery gets through, and one with a wrong signature is refused",
        ),
        Ok(status) => Finding::fault(
            CHECK,
            format!("a delivery with a wrong signature is answered {status} and not 401"),
            "let the proxy pass POST /webhooks/github with its headers and body as they are",
        ),
        Err(_) => Finding::fault(
            CHECK,
            "a delivery gets no answer",
            "let the proxy pass POST /webhooks/github",
        ),
    }
}

/// Whether this machine's clock agrees with others.
fn clock(others: &[(&str, Timestamp)]) -> Finding {
    const CHECK: &str = "clock";
    let now = oasis_axum::now();
    let off = |at: &Timestamp| now.unix_millis().abs_diff(at.unix_millis());
    let worst = others.iter().max_by_key(|(_, at)| off(at));
    match worst {
        None => Finding::fine(CHECK, format!("{now}; nobody else's to compare it with")),
        Some((whose, at)) if u128::from(off(at)) > TOLERANCE.as_millis() => Finding::fault(
            CHECK,
            format!("it is {now} here, and {at} by the clock of {whose}"),
            "set the clocks by NTP (chrony, systemd-timesyncd): Google's tokens are checked by them",
        ),
        Some((whose, at)) => {
            Finding::fine(CHECK, format!("{now}; {whose}'s differs by {} ms", off(at)))
        }
    }
}

fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let since = server_time(headers)?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(Timestamp::from_unix_seconds)
}

fn client() -> Option<Client> {
    Client::builder().timeout(PATIENCE).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_off_is_said_with_whose_it_disagrees_with() {
        let shifted = |millis| oasis_axum::now().saturating_add_millis(millis);
        let fine = clock(&[("the database", shifted(-4_000)), ("the gateway", shifted(900))]);
        assert!(!fine.is_fault(), "{fine}");
        for off in [-6_000, 6_000, 3_600_000] {
            let found = clock(&[("the gateway", shifted(100)), ("the database", shifted(off))]);
            assert!(found.is_fault() && found.to_string().contains("the database"), "{found}");
        }
        assert!(!clock(&[]).is_fault());
    }
}
