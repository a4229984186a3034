//! What the gateway says of itself.

use std::path::Path;

use crate::gateway::{Gateway, command, data_dir};

const BEAT: &str = r#"{"agent":"crew-7","role":"worker","vtid":"DEV-CICDL-0031"}"#;

fn start(dir: &Path) -> Gateway {
    let mut command = command(dir);
    command.env("OASIS_EXPECTED_SOURCES", "github.actions=1h, agent.ping = 30d");
    command.env("OASIS_INGEST_TOKEN", "an-ingest-token-of-these-tests");
    Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
}

/// The status of `healthcheck` against it.
fn healthcheck(gateway: &Gateway, dir: &Path) -> Option<i32> {
    let mut check = command(dir);
    check.args(["healthcheck", "--listen", gateway.address()]);
    check.output().unwrap().status.code()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_expected_and_silent_makes_the_gateway_unready() {
    let dir = data_dir();
    let gateway = start(dir.path());
    assert_eq!(gateway.get("/readyz").await.status(), 503);
    assert_eq!(healthcheck(&gateway, dir.path()), Some(1));
    // It goes on to take what comes.
    gateway.push("d-1").await;
    assert_eq!(gateway.get("/readyz").await.status(), 503, "agents are silent still");
    let beat = reqwest::Client::new().post(format!("{}/api/v1/agents/heartbeat", gateway.url));
    let beat = beat.bearer_auth("an-ingest-token-of-these-tests").body(BEAT);
    assert_eq!(beat.send().await.unwrap().status(), 200);
    let ready = gateway.get_json("/readyz").await;
    assert_eq!(ready["degraded"], false, "{ready}");
    assert_eq!(healthcheck(&gateway, dir.path()), Some(0));

    gateway.kill();
    let gateway = start(dir.path());
    assert_eq!(gateway.get("/readyz").await.status(), 200, "the ledger knows");
}

#[tokio::test]
async fn metrics_tell_of_commits_and_sources() {
    let dir = data_dir();
    let gateway = start(dir.path());
    gateway.push("d-1").await;
    let text = gateway.get("/metrics").await.text().await.unwrap();
    for series in [
        "oasis_commit_events_count 1\n",
        "oasis_deliveries_total{source=\"github\",event=\"push\",outcome=\"stored\",code=\"200\"} 1\n",
        "oasis_source_silence_seconds{source=\"github.actions\"} ",
        "oasis_follower_lag_events 0\n",
    ] {
        assert!(text.contains(series), "{series}\n{text}");
    }
}
