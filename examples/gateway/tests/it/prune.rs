//! The oldest events removed, by the command and by the gateway itself.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::gateway::{Gateway, command, data_dir};

/// What `prune` says, and what it warns of.
fn prune(dir: &Path, url: Option<&str>, args: &[&str]) -> (String, String) {
    let mut command = command(dir);
    command.envs(url.map(|url| ("DATABASE_URL", url))).arg("prune").args(args);
    let output = command.output().unwrap();
    let warned = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{warned}");
    (String::from_utf8(output.stdout).unwrap(), warned)
}

async fn positions(gateway: &Gateway) -> Vec<u64> {
    let rows = gateway.rows().await;
    rows.iter().map(|row| row["position"].as_u64().unwrap()).collect()
}

/// Ten deliveries, each in a millisecond of its own.
async fn ten(gateway: &Gateway) {
    for n in 0..10 {
        gateway.push(&format!("d-{n}")).await;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The command beside a gateway that runs, on this database or the embedded one.
async fn removes_by_number_and_by_age(url: Option<&str>) {
    let dir = data_dir();
    let mut serve = command(dir.path());
    serve.envs(url.map(|url| ("DATABASE_URL", url)));
    let gateway = Gateway::spawn(serve.args(["--listen", "127.0.0.1:0", "--log-format", "json"]));
    ten(&gateway).await;
    let run = |args: &[&str]| prune(dir.path(), url, args);

    let (said, warned) = run(&["--older-than", "90d"]);
    assert!(said == "0 events removed\n" && warned.is_empty(), "{said}{warned}");
    let (said, warned) = run(&["--keep", "4", "--dry-run"]);
    assert!(said == "6 events would be removed\n" && warned.contains("again"), "{said}{warned}");
    assert_eq!(run(&["--keep", "4", "--older-than", "1h"]).0, "0 events removed\n", "both");
    assert_eq!(positions(&gateway).await.len(), 10);
    assert_eq!(run(&["--keep", "4"]).0, "6 events removed\n");
    assert_eq!(positions(&gateway).await, [7, 8, 9, 10]);
    assert_eq!(run(&["--keep", "40"]).0, "0 events removed\n");
    assert_eq!(run(&["--older-than", "1ms"]).0, "3 events removed\n", "the newest stays");
    let again = gateway.push("d-1").await;
    assert!(again["position"] == 11 && again["duplicate"] == false, "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn prune_removes_by_number_and_by_age() {
    removes_by_number_and_by_age(None).await;
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn prune_removes_from_postgres_too() {
    let url = crate::cluster::Cluster::shared().database().await;
    removes_by_number_and_by_age(Some(&url)).await;
}

#[test]
fn prune_removes_nothing_that_was_not_named() {
    let dir = data_dir();
    for (args, status, said) in [
        (&[][..], 2, "--older-than"),
        (&["--older-than", "soon"], 2, "24h"),
        (&["--keep", "-1"], 2, "--keep"),
        (&["--keep", "1"], 1, "there is no ledger"),
    ] {
        let output = command(dir.path()).arg("prune").args(args).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(status) && told.contains(said), "{args:?}: {told}");
    }
    assert!(!dir.path().join("oasis.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_with_retention_removes_what_is_old_and_goes_on() {
    let dir = data_dir();
    let mut serve = command(dir.path());
    serve.env("OASIS_RETENTION", "1s");
    let gateway = Gateway::spawn(serve.args(["--listen", "127.0.0.1:0", "--log-format", "json"]));
    ten(&gateway).await;
    let began = Instant::now();
    while positions(&gateway).await != [10] {
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", positions(&gateway).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    gateway.logs("old events were removed").await;
    assert_eq!(gateway.push("d-new").await["position"], 11);
}
