//! What nobody means well with, each test named after its row in `docs/reliability.md`.

use std::io::ErrorKind;
use std::net::TcpListener;

use oasis_axum::{AGENT_ROUTES, ROUTES};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::cluster::Cluster;
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

/// What a scanner puts into a parameter to get more than it may.
const INJECTIONS: [&str; 16] = [
    "'",
    "''",
    "\\",
    "\\'",
    "%",
    "_",
    "*",
    "github.actions' OR '1'='1",
    "' OR 1=1 --",
    "'; DROP TABLE oasis_events; --",
    "' UNION SELECT * FROM oasis_events --",
    "1); DELETE FROM oasis_events; --",
    "' AND pg_sleep(9) --",
    "' || (SELECT version()) || '",
    "$1",
    "?1",
];

#[tokio::test(flavor = "multi_thread")]
async fn d1_sql_in_a_filter() {
    let url = Cluster::shared().database().await;
    for ledger in [None, Some(("DATABASE_URL", &url))] {
        let dir = data_dir();
        let mut command = command(dir.path());
        command.envs(ledger).env("OASIS_RATE_LIMIT", "off");
        command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
        let gateway = Gateway::spawn(&mut command);
        gateway.push("d-1").await;
        let mut refused = 0;
        for parameter in
            ["vtid", "layer", "module", "source", "kind", "status", "since", "until", "q"]
                .into_iter()
                .chain(["limit", "order", "cursor", "offset", "count"])
        {
            for value in INJECTIONS {
                let query = [(parameter, value)];
                let request = gateway.client.get(format!("{}/events", gateway.url)).query(&query);
                let response = request.send().await.unwrap();
                let status = response.status().as_u16();
                let text = response.text().await.unwrap();
                // Either it is no value that the parameter can have, and that is said, or it is a value
                // that no event has.
                match status {
                    400 => assert!(text.contains(parameter), "{parameter}={value}: {text}"),
                    200 => assert_eq!(text, "[]", "{parameter}={value}"),
                    _ => panic!("{parameter}={value}: {status} {text}"),
                }
                refused += u32::from(status == 400);
            }
        }
        assert!(refused > 0);
        assert_eq!(gateway.count().await, 1, "the ledger is as it was");
        assert_eq!(gateway.get_json("/events?source=github.actions").await[0]["position"], 1);
    }
}

#[tokio::test]
async fn c3_http_2_is_not_spoken() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    stream.write_all(preface).await.unwrap();
    let mut answer = Vec::new();
    // It ends the connection: no frame of a flood is ever read.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 400"), "{answer:?}");
    gateway.push("d-1").await;
}

#[tokio::test]
async fn c12_no_address_of_a_payload_is_asked() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let trap = format!("http://{}/latest/meta-data", listener.local_addr().unwrap());
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let body = serde_json::json!({
        "action": "completed",
        "hook": { "config": { "url": trap }, "ping_url": trap, "deliveries_url": trap },
        "repository": { "full_name": "o/r", "html_url": trap, "url": trap, "hooks_url": trap },
        "sender": { "login": "octocat", "avatar_url": trap, "url": trap },
        "check_run": { "status": "completed", "conclusion": "success", "html_url": trap,
            "details_url": trap, "url": trap, "check_suite": { "head_branch": "vt/DEV-CICDL-0031" } },
        "package": { "html_url": trap }, "release": { "assets_url": trap, "tarball_url": trap },
    });
    for (n, kind) in ["ping", "check_run", "package", "release", "push"].into_iter().enumerate() {
        gateway.deliver(kind, &format!("d-{n}"), body.to_string().into_bytes()).await;
    }
    for path in ["/events", "/api/v1/vtids/DEV-CICDL-0031", "/readyz", "/metrics"] {
        assert_eq!(gateway.get(path).await.status(), 200, "{path}");
    }
    // Who asks the trap has connected before its answer could come.
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}
