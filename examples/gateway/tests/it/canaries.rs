//! H8: what a whole run says, searched for each secret it was given.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::gateway::{Gateway, command, data_dir};

const READ: &str = "canary-read-token-of-this-run";
const PASSWORD: &str = "canary-password-of-the-database";

/// With a database that can't be reached, so that each way of failing to reach it is told.
fn with_secrets(command: &mut Command, spool: &std::path::Path) {
    command
        .env("DATABASE_URL", format!("postgres://canary_user:{PASSWORD}@127.0.0.1:1/oasis"))
        .env("OASIS_SPOOL_DIR", spool)
        .env("OASIS_READ_TOKEN", READ)
        .env("OASIS_INGEST_TOKEN", "canary-ingest-token-of-this-run")
        .env("OASIS_ADMIN_TOKEN", "canary-admin-token-of-this-run")
        .env("GITHUB_WEBHOOK_SECRET_PREVIOUS", "canary-secret-of-before")
        .env("RUST_LOG", "trace");
}

fn check(text: &str) {
    for line in text.lines() {
        // Whose password it is may be told.
        let rest = line.replace("canary_user", "");
        assert!(!rest.contains("canary"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn h8_the_database_s_password_the_spool_and_the_cookie() {
    let dir = data_dir();
    let mut command = command(dir.path());
    with_secrets(&mut command, &dir.path().join("spool"));
    let mut gateway =
        Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]));
    let client = reqwest::Client::new();
    let body = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031"}"#;
    let spooled = client
        .post(format!("{}/webhooks/github", gateway.url))
        .header("x-github-event", "push")
        .header("x-github-delivery", "d-1")
        .header("x-hub-signature-256", gateway.sign(body))
        .body(body.as_slice());
    let spooled = spooled.send().await.unwrap();
    assert_eq!(spooled.status(), 202);
    let mut said = spooled.text().await.unwrap();

    let offer = serde_json::json!({ "token": READ });
    let signed_in = client.post(format!("{}/console/session", gateway.url)).json(&offer);
    let signed_in = signed_in.send().await.unwrap();
    assert_eq!(signed_in.status(), 204);
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().to_owned();
    let session = cookie.split(';').next().unwrap().to_owned();
    for path in ["/events", "/readyz", "/metrics", "/api/v1/agents", "/api/v1/devhub/feed"] {
        let cookie = client.get(format!("{}{path}", gateway.url)).header("cookie", &session);
        let bearer =
            client.get(format!("{}{path}?cookie={session}", gateway.url)).bearer_auth(READ);
        for request in [cookie, bearer] {
            let answer = request.timeout(Duration::from_secs(20)).send().await.unwrap();
            said.push_str(&format!("{:?}", answer.headers()));
            said.push_str(&answer.text().await.unwrap());
        }
    }
    gateway.logs("the ledger is away").await;
    gateway.signal("-TERM");
    gateway.ended();
    // What it said last may still be on its way.
    let began = Instant::now();
    while !gateway.log.lock().unwrap().contains("stopped") && began.elapsed().as_secs() < 5 {
        tokio::task::yield_now().await;
    }
    let log = gateway.log.lock().unwrap().clone();
    let value = session.split_once('=').unwrap().1;
    for text in [&said, &log] {
        check(text);
        assert!(!text.contains(value), "the cookie was told");
    }
    // And what waits on the disk holds what was delivered, not what proved it.
    for file in std::fs::read_dir(dir.path().join("spool")).unwrap() {
        let file = file.unwrap().path();
        if file.is_file() {
            check(&String::from_utf8_lossy(&std::fs::read(file).unwrap()));
        }
    }
}

#[test]
fn h8_what_commands_print() {
    let dir = data_dir();
    for args in [&["config", "--print"][..], &["doctor"], &["migrate"], &["doctor", "--json"]] {
        let mut command = command(dir.path());
        with_secrets(&mut command, &dir.path().join("spool"));
        let output = command.args(args).output().unwrap();
        for text in [output.stdout, output.stderr] {
            check(&String::from_utf8(text).unwrap());
        }
    }
    let mut command = command(dir.path());
    with_secrets(&mut command, &dir.path().join("spool"));
    let printed = command.args(["config", "--print"]).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert!(printed.matches("***").count() >= 5, "{printed}");
}
