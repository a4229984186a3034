//! What may be wrong with the machine and the database under a gateway: each time the answers are
//! honest, nothing that was acknowledged is lost, and it goes on when that is over.

#[cfg(target_os = "linux")]
mod disk;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(target_os = "linux")]
mod system_calls;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::gateway::{Gateway, command};

/// A gateway over this directory, on the ledger at this URL or its own file.
fn start(dir: &Path, url: Option<&str>) -> Gateway {
    let mut command = command(dir);
    command.envs(url.map(|url| ("DATABASE_URL", url))).env("OASIS_RATE_LIMIT", "off");
    Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
}

/// What a delivery was answered: its position, or `None` for a 503 that says when to come again. Either
/// comes while GitHub would still wait for it.
async fn deliver(gateway: &Gateway, id: &str, filling: usize) -> Option<u64> {
    let asked = Instant::now();
    let answer = answer(gateway, id, filling).await;
    assert!(asked.elapsed() < Duration::from_secs(10), "{id} took {:?}", asked.elapsed());
    answer
}

/// The same however long it takes.
async fn answer(gateway: &Gateway, id: &str, filling: usize) -> Option<u64> {
    // One row is about as large as its title's reference.
    let body = format!(r#"{{"ref":"refs/heads/{}"}}"#, "x".repeat(filling));
    let request = reqwest::Client::new()
        .post(format!("{}/webhooks/github", gateway.url))
        .header("x-github-event", "push")
        .header("x-github-delivery", id)
        .header("x-hub-signature-256", gateway.sign(body.as_bytes()));
    let response = request.body(body).send().await.unwrap();
    if response.status() == 503 {
        assert!(response.headers().contains_key("retry-after"), "{response:?}");
        return None;
    }
    assert_eq!(response.status(), 200, "{id}");
    response.json::<serde_json::Value>().await.unwrap()["position"].as_u64()
}

/// The same until it is acknowledged, which is soon.
async fn deliver_soon(gateway: &Gateway, id: &str) -> u64 {
    let began = Instant::now();
    loop {
        if let Some(position) = deliver(gateway, id, 10).await {
            return position;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{id} is still refused");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The ledger holds these, each once, in this order and nothing else.
async fn holds(gateway: &Gateway, acknowledged: &[String]) {
    let rows = gateway.rows().await;
    let ids: Vec<_> = rows.iter().map(|row| row["delivery_id"].as_str().unwrap()).collect();
    assert_eq!(ids, acknowledged);
    assert!(rows.iter().zip(1..).all(|(row, position)| row["position"] == position));
}

/// Whether this machine lets a test do what it needs. Where it doesn't, that is said aloud, and where
/// `CI=true` the test fails.
fn may(what: &str, command: &mut Command) -> bool {
    let output = command.output();
    let can = output.as_ref().is_ok_and(|output| output.status.success());
    if !can {
        let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        assert!(!ci, "this machine can't {what}: {command:?}: {output:?}");
        eprintln!("NOT TESTED: this machine can't {what}: {command:?}");
    }
    can
}
