//! What nobody means well with, each test named after its row in `docs/reliability.md`.

use oasis_axum::{AGENT_ROUTES, ROUTES};

use crate::gateway::{Gateway, command, data_dir};

#[test]
fn a4_a_secret_that_can_be_guessed() {
    let dir = data_dir();
    for secret in ["", "  ", "changeme", "Change-Me", "fifteen-bytes-x"] {
        let output = command(dir.path())
            .env("GITHUB_WEBHOOK_SECRET", secret)
            .args(["--listen", "0.0.0.0:0", "--public-read"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{secret:?}");
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(log.contains("GITHUB_WEBHOOK_SECRET"), "{log}");
        assert!(secret.trim().is_empty() || !log.contains(secret), "{log}");
    }
}

#[tokio::test]
async fn nothing_of_the_ledger_is_open_off_loopback() {
    let dir = data_dir();
    let mut command = command(dir.path());
    let mut gateway = Gateway::spawn(
        command
            .env("OASIS_READ_TOKEN", "a-read-token-of-these-tests")
            .env("OASIS_INGEST_TOKEN", "an-ingest-token-of-these-tests")
            .env("OASIS_RATE_LIMIT", "off")
            .args(["--listen", "0.0.0.0:0", "--log-format", "json"]),
    );
    gateway.url = gateway.url.replace("0.0.0.0", "127.0.0.1");
    gateway.push("d-1").await;
    let mut open = Vec::new();
    for (method, path) in ROUTES.iter().chain(AGENT_ROUTES).filter(|(method, _)| *method == "GET") {
        let path = path
            .replace("{id}", "x")
            .replace("{vtid}", "DEV-CICDL-0031")
            .replace("{file}", "main.js");
        let response = gateway.get(&path).await;
        if response.status() == 401 {
            continue;
        }
        assert_eq!(response.status(), 200, "{method} {path}");
        let text = response.text().await.unwrap();
        assert!(!text.contains("DEV-CICDL-0031") && !text.contains("o/r"), "{path}: {text}");
        if path.ends_with("health") || path == "/readyz" {
            // That it is well, and not how much is in it.
            assert!(!text.contains("position") && !text.contains("detail"), "{path}: {text}");
        }
        open.push(path);
    }
    open.sort_unstable();
    assert_eq!(
        open,
        [
            "/api/v1/devhub/health",
            "/console",
            "/console/main.js",
            "/console/session",
            "/events/health",
            "/health",
            "/livez",
            "/readyz",
            "/webhooks/health",
        ]
    );
}
