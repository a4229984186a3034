//! Deliveries that weigh more than they look, and clients that send nothing.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::gateway::{Gateway, data_dir};
use crate::siege::long;

/// A line of `/proc/PID/status`, in KiB.
pub(crate) fn memory(gateway: &Gateway, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", gateway.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().strip_suffix(" kB").unwrap().parse().unwrap()
}

#[tokio::test]
async fn b2_json_that_grows_in_memory() {
    // The long form has GitHub's largest body and a bound on time, of an optimised build.
    let size = if long() { 25 } else { 8 } * 1024 * 1024;
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    gateway.push("d-0").await;
    let filled = |start: &str, one: &str, end: &str| {
        let times = (size - start.len() - end.len()) / one.len();
        format!("{start}{}{end}", one.repeat(times)).into_bytes()
    };
    let deep = |open: &str, close: &str| {
        let times = size / (open.len() + close.len());
        format!("{}{}", open.repeat(times), close.repeat(times)).into_bytes()
    };
    for (name, body) in [
        ("tiny objects", filled("{\"commits\":[{}", ",{}", "]}")),
        ("ones", filled("{\"a\":[1", ",1", "]}")),
        ("members", filled("{\"a\":1", ",\"a\":1", "}")),
        (
            "commits",
            filled("{\"commits\":[{}", ",{\"message\":\"DEV-CICDL-0031\",\"id\":\"1\"}", "]}"),
        ),
        ("one text", filled("{\"ref\":\"", "x", "\"}")),
        ("escapes", filled("{\"ref\":\"", "\\u0041", "\"}")),
        ("labels", filled("{\"pull_request\":{\"labels\":[{}", ",{\"name\":\"x\"}", "]}}")),
        ("arrays", deep("[", "]")),
        ("objects", deep("{\"a\":", "}")),
    ] {
        std::fs::write(format!("/proc/{}/clear_refs", gateway.pid()), "5").unwrap();
        let (before, asked) = (memory(&gateway, "VmRSS"), Instant::now());
        let answer = gateway.deliver("push", name.replace(' ', "-").as_str(), body).await;
        assert_eq!(answer["ok"], true, "{name}");
        let took = asked.elapsed();
        let grown = memory(&gateway, "VmHWM").saturating_sub(before);
        println!("{name}: {} MiB, {grown} KiB more, {took:.1?}", size >> 20);
        // The body, what it is copied into while it comes, and some pages around it.
        assert!(grown < 3 * size as u64 / 1024 + 4096, "{name}: {grown} KiB for {size} bytes");
        assert!(!long() || took < Duration::from_millis(250), "{name}: {took:?}");
    }
}

#[tokio::test]
async fn d9_texts_too_large_for_an_index() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    too_large_for_an_index(&gateway).await;
}

/// Every text that may be a key somewhere is 64 KiB long.
pub(crate) async fn too_large_for_an_index(gateway: &Gateway) {
    let long = "x".repeat(64 * 1024);
    for (event, body) in [
        ("push", format!(r#"{{"ref":"refs/heads/{long}","repository":{{"full_name":"{long}"}}}}"#)),
        (
            "pull_request",
            format!(
                r#"{{"action":"{long}","pull_request":{{"title":"{long}","html_url":"https://x/{long}","head":{{"ref":"{long}","sha":"{long}"}}}}}}"#
            ),
        ),
        (
            "workflow_run",
            format!(r#"{{"workflow_run":{{"name":"{long}","head_branch":"{long}"}}}}"#),
        ),
    ] {
        let answer = gateway.deliver(event, event, body.into_bytes()).await;
        let path = format!("/api/v1/oasis/events/{}", answer["id"].as_str().unwrap());
        assert_eq!(gateway.get_json(&path).await["delivery_id"], event);
    }
}

#[tokio::test]
async fn b12_an_event_that_breaks_each_restart() {
    let dir = data_dir();
    let mut gateway = Gateway::start(dir.path());
    let odd: [&[u8]; 6] =
        [b"", b"[1]", b"{\"ref\":\"a\\u0000\\ud800\"}", b"\xff\xfe", b"{\"commits\":7}", b"null"];
    for (n, body) in odd.iter().enumerate() {
        gateway.deliver("push", &format!("odd-{n}"), body.to_vec()).await;
    }
    let rows = gateway.rows().await;
    for _ in 0..10 {
        gateway.kill();
        gateway = Gateway::start(dir.path());
        assert_eq!(gateway.rows().await, rows);
        let mut feed = crate::feed::open(&gateway, "?last_event_id=0").await;
        assert_eq!(crate::feed::next(&mut feed).await.unwrap()["type"], "connected");
        for row in &rows {
            assert_eq!(crate::feed::next(&mut feed).await.as_ref(), Some(row));
        }
    }
    assert!(rows.iter().any(|row| row["meta"]["unparsed"] != Value::Null));
}

/// How many files the gateway has open.
pub(crate) fn open_files(gateway: &Gateway) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", gateway.pid())).unwrap().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c1_connections_that_say_nothing() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    gateway.push("d-0").await;
    let (before, files) = (memory(&gateway, "VmRSS"), open_files(&gateway));
    let count = if long() { 9_900 } else { 500 };
    let mut idle = Vec::new();
    for _ in 0..count {
        idle.push(TcpStream::connect(gateway.address()).await.unwrap());
    }
    let mut slowest = Duration::ZERO;
    for n in 1..=50 {
        let asked = Instant::now();
        gateway.push(&format!("d-{n}")).await;
        slowest = slowest.max(asked.elapsed());
    }
    let each = memory(&gateway, "VmRSS").saturating_sub(before) / count;
    eprintln!(
        "{count} idle connections: {each} KiB each, the slowest of 50 deliveries {slowest:?}"
    );
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    assert!(each < 64, "{each} KiB for a connection that says nothing");
    // Who says nothing is given up, and leaves nothing behind.
    for stream in &mut idle {
        let ended = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut [0; 512])).await;
        let _ = ended.expect("a connection stays open without a request");
    }
    drop(idle);
    let began = Instant::now();
    while open_files(&gateway) > files + 16 {
        assert!(began.elapsed() < Duration::from_secs(10), "{} files", open_files(&gateway));
        tokio::task::yield_now().await;
    }
}
