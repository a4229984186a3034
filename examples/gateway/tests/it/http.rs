//! What no well-behaved client would send, over a bare socket.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::gateway::{Gateway, command, data_dir};

/// Writes the parts one after another as far as the gateway takes them; what it answers.
async fn exchange(gateway: &Gateway, parts: &[&[u8]]) -> String {
    let (mut reader, mut writer) =
        TcpStream::connect(gateway.address()).await.unwrap().into_split();
    let write = async {
        for part in parts {
            if writer.write_all(part).await.is_err() {
                return;
            }
        }
        let _ = writer.flush().await;
    };
    let read = async {
        let mut answer = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = reader.read(&mut buffer).await {
            answer.extend_from_slice(&buffer[..n]);
            let text = String::from_utf8_lossy(&answer);
            if text.contains("\r\n\r\n") && text.ends_with('}') {
                break;
            }
        }
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::join!(write, read).1
}

fn head(gateway: &Gateway, body: &[u8], length: &str) -> String {
    let signature = gateway.sign(body);
    format!(
        "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         X-GitHub-Event: push\r\nX-GitHub-Delivery: d\r\nX-Hub-Signature-256: {signature}\r\n{length}\r\n\r\n"
    )
}

#[tokio::test]
async fn too_large_a_body_gets_413_and_no_row() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let body = vec![b' '; 26 * 1024 * 1024];
    let announced = head(&gateway, &body, &format!("Content-Length: {}", body.len()));
    let answer = exchange(&gateway, &[announced.as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");

    let chunked = head(&gateway, &body, "Transfer-Encoding: chunked");
    let size = format!("{:x}\r\n", body.len());
    let answer = exchange(&gateway, &[chunked.as_bytes(), size.as_bytes(), &body]).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert_eq!(gateway.count().await, 0);
}

#[tokio::test]
async fn a_body_that_is_cut_off_leaves_no_row() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let cut = head(&gateway, b"{}", "Content-Length: 2");
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    stream.write_all(cut.as_bytes()).await.unwrap();
    stream.write_all(b"{").await.unwrap();
    drop(stream);
    // What comes later is answered in order, so the cut one is done with by then.
    gateway.push("d-1").await;
    assert_eq!(gateway.count().await, 1);
}

#[tokio::test]
async fn both_lengths_at_once_get_400_and_no_row() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    for lengths in [
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 2",
    ] {
        let both = head(&gateway, b"{}", lengths);
        let answer = exchange(&gateway, &[both.as_bytes(), b"2\r\n{}\r\n0\r\n\r\n"]).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    assert_eq!(gateway.count().await, 0);
}

#[tokio::test]
async fn c6_a_reader_that_asks_too_often_gets_429_and_a_delivery_never_does() {
    let dir = data_dir();
    let mut command = command(dir.path());
    let gateway = Gateway::spawn(command.env("OASIS_RATE_LIMIT", "1/3").args([
        "--listen",
        "127.0.0.1:0",
        "--log-format",
        "json",
    ]));
    let mut codes = Vec::new();
    for _ in 0..5 {
        let response = gateway.get("/events?limit=1").await;
        assert_eq!(response.status() == 429, response.headers().contains_key("retry-after"));
        codes.push(response.status().as_u16());
    }
    assert_eq!(codes, [200, 200, 200, 429, 429]);
    for n in 0..20 {
        gateway.push(&format!("d-{n}")).await;
    }
}

#[tokio::test]
async fn c7_only_a_listed_origin_s_page_may_read() {
    let dir = data_dir();
    let mut command = command(dir.path());
    let gateway =
        Gateway::spawn(command.env("OASIS_CORS_ORIGINS", "https://board.example.com").args([
            "--listen",
            "127.0.0.1:0",
            "--log-format",
            "json",
        ]));
    for (origin, allowed) in [
        ("https://board.example.com", true),
        ("https://evil-board.example.com", false),
        ("https://board.example.com.evil.net", false),
        ("http://board.example.com", false),
        ("null", false),
    ] {
        let get = format!(
            "GET /events HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n"
        );
        let answer = exchange(&gateway, &[get.as_bytes()]).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        assert_eq!(answer.contains("access-control-allow-origin"), allowed, "{origin}: {answer}");
        assert!(answer.contains("vary: origin") && answer.contains("x-request-id"), "{answer}");
    }
}

#[tokio::test]
async fn a_push_of_google_s_is_taken_only_where_it_is_configured() {
    let dir = data_dir();
    let post = b"POST /webhooks/gcp HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
    let gateway = Gateway::start(dir.path());
    let answer = exchange(&gateway, &[post]).await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");

    let mut command = command(dir.path());
    let gateway = Gateway::spawn(
        command
            .env("OASIS_PUBSUB_AUDIENCE", "https://oasis.example.com/webhooks/gcp")
            .env("OASIS_PUBSUB_SERVICE_ACCOUNT", "push@p.iam.gserviceaccount.com")
            .args(["--listen", "127.0.0.1:0", "--log-format", "json"]),
    );
    let answer = exchange(&gateway, &[post]).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

#[tokio::test]
async fn the_generated_token_brings_events() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let token = std::fs::read_to_string(dir.path().join("ingest-token")).unwrap();
    let body = r#"{"vtid":"DEV-CICDL-0031","kind":"deploy","status":"success"}"#;
    let post = |token: &str| {
        format!(
            "POST /events/ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let answer = exchange(&gateway, &[post(token.trim()).as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("DEV-CICDL-0031"), "{answer}");
    let answer = exchange(&gateway, &[post("wrong").as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert!(!gateway.log.lock().unwrap().contains(token.trim()));
}

#[tokio::test]
async fn who_of_the_agents_is_there_outlives_a_restart() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let token = std::fs::read_to_string(dir.path().join("ingest-token")).unwrap();
    let body =
        r#"{"agent":"crew-7","role":"worker","vtid":"DEV-CICDL-0031","interval_seconds":3600}"#;
    let beat = format!(
        "POST /api/v1/agents/heartbeat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        token.trim(),
        body.len()
    );
    let answer = exchange(&gateway, &[beat.as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    gateway.kill();
    let gateway = Gateway::start(dir.path());
    let agents = gateway.get_json("/api/v1/agents").await;
    assert_eq!(agents[0]["state"], "online");
    assert_eq!(agents[0]["vtid"], "DEV-CICDL-0031");
    assert_eq!(gateway.count().await, 2, "it came, and its first heartbeat");
}
