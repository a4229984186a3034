//! Those who open a connection and don't go on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{Siege, long};
use crate::feed_load::raise_open_files;
use crate::gateway::{Gateway, data_dir};
use crate::heavy::open_files;

/// Half a request that goes no further: a head, or a body.
const HALVES: [&str; 3] = [
    "",
    "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: s\r\n\
     X-Hub-Signature-256: sha256=0000000000000000000000000000000000000000000000000000000000000000\r\n\
     Content-Length: 1000\r\n\r\n{",
];

/// Opens a connection, sends half a request and waits for its end, again and again. Gives how long
/// one stayed open at most.
async fn dawdle(address: String, half: &'static str, until: Instant) -> Duration {
    // One at a time: what the kernel's queue has no place for it forgets, and tells nobody.
    static DIALS: Semaphore = Semaphore::const_new(1);

    let mut longest = Duration::ZERO;
    loop {
        let dials = DIALS.acquire().await.unwrap();
        let opened = Instant::now();
        let mut stream = TcpStream::connect(&address).await.unwrap();
        drop(dials);
        // Its end may come first.
        let _ = stream.write_all(half.as_bytes()).await;
        let ended = timeout(Duration::from_secs(60), stream.read_to_end(&mut Vec::new())).await;
        // An answer and an end, or a reset: the socket is free.
        let _ = ended.expect("a connection stays open without a request");
        longest = longest.max(opened.elapsed());
        if Instant::now() >= until {
            return longest;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c1_headers_and_bodies_that_do_not_come() {
    let seconds = Duration::from_secs;
    // A body may take half a minute, so the short form has none.
    let (siege, halves) = if long() {
        let slow = Duration::from_millis(250);
        (Siege { strangers: 2000, lasts: seconds(60), slow }, &HALVES[..])
    } else {
        let slow = Duration::from_millis(500);
        (Siege { strangers: 200, lasts: seconds(1), slow }, &HALVES[..2])
    };
    raise_open_files(2 * siege.strangers as u64 + 200);
    let dir = data_dir();
    let gateway = Arc::new(Gateway::start(dir.path()));
    gateway.push("d-first").await;
    let before = open_files(&gateway);
    let until = Instant::now() + siege.lasts;
    let strangers: Vec<_> = (0..siege.strangers)
        .map(|n| {
            tokio::spawn(dawdle(gateway.address().to_owned(), halves[n % halves.len()], until))
        })
        .collect();
    let took = siege.deliver(&gateway).await;
    let mut longest = Duration::ZERO;
    for stranger in strangers {
        longest = longest.max(stranger.await.unwrap());
    }
    assert!(longest < seconds(35), "a connection was open for {longest:?}");
    let asked = Instant::now();
    while open_files(&gateway) > before + 8 {
        assert!(asked.elapsed() < seconds(5), "sockets stay open");
        tokio::task::yield_now().await;
    }
    let left = open_files(&gateway);
    let more = format!(
        "none open for longer than {longest:.1?}; {before} files open before, {left} after it"
    );
    siege.judge("half-open sockets", &took, &more);
}
