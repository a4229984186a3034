//! What the log says, and what becomes of a log that nobody reads.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::gateway::{Gateway, SECRET, command, data_dir};

#[tokio::test(flavor = "multi_thread")]
async fn d4_line_breaks_and_escapes_in_the_log() {
    let dir = data_dir();
    let mut command = command(dir.path());
    command.env("RUST_LOG", "debug");
    let gateway = Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]));
    let hostile = "a\\nb\\r\\u001b[2J\\u2028\\u202eforged";
    let body =
        format!(r#"{{"ref":"refs/heads/{hostile}","repository":{{"full_name":"{hostile}"}}}}"#);
    gateway.deliver("push", "d-1", body.into_bytes()).await;
    for path in ["/events?q=%0a%1b[2J", "/nowhere%0a%1b%5b2J%e2%80%a8", "/events?limit=%0aforged"] {
        let response = gateway.get(path).await;
        assert!(response.headers().contains_key("x-request-id"));
    }
    gateway.push("d-2").await;
    gateway.logs("d-2").await;
    let log = gateway.log.lock().unwrap().clone();
    assert!(!log.contains(['\u{1b}', '\u{2028}', '\r']), "{log:?}");
    for line in log.lines() {
        let entry: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert!(entry["timestamp"].is_string() && entry["level"].is_string(), "{line}");
    }
    // Each thing of a request is told with whose it was.
    let stored = log.lines().find(|line| line.contains("\"d-2\"")).unwrap();
    let entry: Value = serde_json::from_str(stored).unwrap();
    assert_eq!(entry["span"]["path"], "/webhooks/github", "{stored}");
    assert!(entry["span"]["request_id"].as_str().unwrap().len() == 36, "{stored}");
}

#[tokio::test(flavor = "multi_thread")]
async fn h8_a_secret_in_the_log_or_an_answer() {
    let dir = data_dir();
    let tokens = ["canary-read-token-1", "canary-ingest-token-2", "canary-admin-token-3"];
    let mut command = command(dir.path());
    for (name, token) in ["READ", "INGEST", "ADMIN"].iter().zip(tokens) {
        command.env(format!("OASIS_{name}_TOKEN"), token);
    }
    command
        .env("RUST_LOG", "trace")
        .env("GITHUB_WEBHOOK_SECRET_PREVIOUS", "canary-previous-secret");
    let gateway = Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]));
    gateway.push("d-1").await;
    let client = reqwest::Client::new();
    let mut answers = String::new();
    for path in ["/events", "/metrics", "/readyz", "/api/v1/agents", "/openapi.json", "/nowhere"] {
        for token in tokens.iter().copied().chain(["canary-wrong-token-4"]) {
            for request in [
                client.get(format!("{}{path}", gateway.url)).bearer_auth(token),
                client.get(format!("{}{path}?token={token}", gateway.url)),
                client.post(format!("{}/events/ingest", gateway.url)).bearer_auth(token).body("{"),
                client
                    .post(format!("{}/console/session", gateway.url))
                    .json(&serde_json::json!({ "token": token })),
            ] {
                let response = request.send().await.unwrap();
                answers.push_str(&format!("{:?}", response.headers()));
                answers.push_str(&response.text().await.unwrap());
            }
        }
    }
    gateway.push("d-2").await;
    gateway.logs("d-2").await;
    let log = gateway.log.lock().unwrap().clone();
    for text in [&log, &answers] {
        for line in text.lines() {
            assert!(!line.contains("canary"), "{line}");
        }
        assert!(!text.contains(SECRET));
    }
}

/// Deliveries one after the other over one connection; how long they took.
async fn hundred(gateway: &Gateway, round: usize) -> Duration {
    let began = Instant::now();
    for n in 0..100 {
        gateway.push(&format!("d-{round}-{n}")).await;
    }
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn c11_a_log_that_nobody_reads() {
    let dir = data_dir();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = command(dir.path());
    command.env("RUST_LOG", "trace").args(["--log-format", "json", "--listen"]);
    // A pipe takes 64 KiB; then whoever writes into it waits for ever.
    let child = command.arg(format!("127.0.0.1:{port}")).stderr(Stdio::piped()).spawn().unwrap();
    let gateway = Gateway::of(child, format!("http://127.0.0.1:{port}"));
    let began = Instant::now();
    while reqwest::get(format!("{}/livez", gateway.url)).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "it does not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for round in 0..20 {
        let took = tokio::time::timeout(Duration::from_secs(20), hundred(&gateway, round)).await;
        took.expect("deliveries wait for the log");
    }
    assert_eq!(gateway.count().await, 2000);
    // It stops all the same.
    let asked = Instant::now();
    let status = tokio::task::spawn_blocking(move || gateway.terminate()).await.unwrap();
    assert!(status.success() && asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn c10_no_more_sockets() {
    let dir = data_dir();
    let mut limited = Command::new("sh");
    let real = command(dir.path());
    limited.args(["-c", "ulimit -n 64; exec \"$0\" \"$@\""]).arg(real.get_program());
    for (name, value) in real.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    let gateway = Gateway::spawn(limited.args(["--listen", "127.0.0.1:0", "--log-format", "json"]));
    gateway.push("d-1").await;
    let mut crowd = Vec::new();
    for _ in 0..200 {
        crowd.push(tokio::net::TcpStream::connect(gateway.address()).await.unwrap());
    }
    gateway.logs("no connection can be accepted").await;
    drop(crowd);
    let left = Instant::now();
    gateway.push("d-2").await;
    assert!(left.elapsed() < Duration::from_secs(2), "{:?}", left.elapsed());
}
