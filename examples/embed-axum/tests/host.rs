//! The example as its reader would try it: its own page, and a delivery below its own path.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, Secret};
use serde_json::Value;

#[tokio::test]
async fn the_host_s_page_and_the_ledger_share_a_port_and_a_pool() {
    let dir = tempfile::tempdir().unwrap();
    let mut host = Command::new(env!("CARGO_BIN_EXE_embed-axum"))
        .env("APP_DB", dir.path().join("app.db"))
        .env("APP_LISTEN", "127.0.0.1:0")
        .env("GITHUB_WEBHOOK_SECRET", "embedded")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    BufReader::new(host.stderr.take().unwrap()).read_line(&mut url).unwrap();
    let url = url.trim();

    let body = r#"{"ref":"refs/heads/vt/DEV-CICDL-0031"}"#;
    let signer = GithubVerifier::new(&KeyRing::new(Secret::new("embedded").unwrap()));
    let client = reqwest::Client::new();
    let delivery = client
        .post(format!("{url}/oasis/webhooks/github"))
        .header("x-github-event", "push")
        .header("x-github-delivery", "d-1")
        .header("x-hub-signature-256", signer.sign(body.as_bytes()))
        .body(body);
    let answer: Value = delivery.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["vtid"], "DEV-CICDL-0031");
    let page = client.get(format!("{url}/oasis/events")).send().await.unwrap();
    assert_eq!(page.json::<Vec<Value>>().await.unwrap().len(), 1);
    for visit in ["visit 1", "visit 2"] {
        assert_eq!(client.get(url).send().await.unwrap().text().await.unwrap(), visit);
    }
    host.kill().unwrap();
    host.wait().unwrap();
}
