//! A signal to stop, under load and with feeds open.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::gateway::{Gateway, data_dir};

const WRITERS: usize = 8;
const FEEDS: usize = 50;
const HALF_SENT: usize = 20;
const BODY: &[u8] = br#"{"ref":"refs/heads/main"}"#;

/// Brings deliveries one after another until the gateway takes no more; says what was acknowledged.
async fn write(gateway: Arc<Gateway>, writer: usize, acknowledge: UnboundedSender<(String, u64)>) {
    let client = reqwest::Client::new();
    for n in 0.. {
        let id = format!("d-{writer}-{n}");
        let request = client
            .post(format!("{}/webhooks/github", gateway.url))
            .header("x-github-event", "push")
            .header("x-github-delivery", &id)
            .header("x-hub-signature-256", gateway.sign(BODY));
        // Refused or cut: nothing was acknowledged.
        let Ok(response) = request.body(BODY).send().await else { return };
        assert_eq!(response.status(), 200, "{id}");
        let Ok(answer) = response.json::<serde_json::Value>().await else { return };
        acknowledge.send((id, answer["position"].as_u64().unwrap())).unwrap();
    }
}

/// A delivery of which the last byte is still to come.
async fn half_sent(gateway: &Gateway, n: usize) -> TcpStream {
    let head = format!(
        "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: \
         half-{n}\r\nX-Hub-Signature-256: {}\r\nContent-Length: {}\r\n\r\n",
        gateway.sign(BODY),
        BODY.len()
    );
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&BODY[..BODY.len() - 1]).await.unwrap();
    stream
}

async fn feed(gateway: &Gateway, last: u64) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
    let get = format!("GET /api/v1/devhub/feed?last_event_id={last} HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.write_all(get.as_bytes()).await.unwrap();
    BufReader::new(stream)
}

/// Reads until the feed ends or this event came; each id must be the one after the last. Gives the
/// last.
async fn follow(mut feed: BufReader<TcpStream>, mut last: u64, to: u64) -> u64 {
    let mut line = String::new();
    while last < to && feed.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        if let Some(id) = line.strip_prefix("id: ") {
            assert_eq!(id.trim().parse::<u64>().unwrap(), last + 1);
            last += 1;
        }
        line.clear();
    }
    last
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f8_a_signal_to_stop_under_load_with_feeds_open() {
    let dir = data_dir();
    let gateway = Arc::new(Gateway::start(dir.path()));
    let mut following = Vec::new();
    for _ in 0..FEEDS {
        let feed = feed(&gateway, 0).await;
        following.push(tokio::spawn(follow(feed, 0, u64::MAX)));
    }
    let mut stuck = feed(&gateway, 0).await;
    stuck.fill_buf().await.unwrap();
    let mut half = Vec::new();
    for n in 0..HALF_SENT {
        half.push(half_sent(&gateway, n).await);
    }
    let (acknowledge, mut acknowledged) = unbounded_channel();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write(Arc::clone(&gateway), writer, acknowledge.clone())))
        .collect();
    drop(acknowledge);
    let mut told = HashMap::new();
    while told.len() < 300 {
        told.extend(acknowledged.recv().await);
    }

    gateway.signal("-TERM");
    let asked = Instant::now();
    gateway.logs("asked to stop").await;
    // What was under way is answered.
    for stream in &mut half {
        stream.write_all(&BODY[BODY.len() - 1..]).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    }
    for writer in writers {
        writer.await.unwrap();
    }
    while let Some((id, position)) = acknowledged.recv().await {
        told.insert(id, position);
    }
    let mut seen = Vec::new();
    for feed in following {
        seen.push(feed.await.unwrap());
    }
    let mut gateway = Arc::into_inner(gateway).unwrap();
    let status = tokio::task::spawn_blocking(move || gateway.ended()).await.unwrap();
    let took = asked.elapsed();
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    drop(stuck);

    let gateway = Gateway::start(dir.path());
    let rows = gateway.rows().await;
    let mut positions = HashMap::new();
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row["position"], n + 1, "positions have no gap");
        let delivery = row["delivery_id"].as_str().unwrap().to_owned();
        assert!(positions.insert(delivery, n as u64 + 1).is_none(), "{row} is there twice");
    }
    for (id, position) in &told {
        assert_eq!(positions.get(id), Some(position), "{id} was acknowledged");
    }
    for n in 0..HALF_SENT {
        assert!(positions.contains_key(&format!("half-{n}")), "half-{n} was acknowledged");
    }
    // Who followed goes on where it was.
    let newest = rows.len() as u64;
    for last in seen {
        let feed = feed(&gateway, last).await;
        assert_eq!(follow(feed, last, newest).await, newest);
    }
    eprintln!(
        "{} acknowledged, {newest} rows, {FEEDS} feeds open: exit 0 after {took:.1?}, none lost",
        told.len() + HALF_SENT
    );
}
