//! Those who send a body without an end.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use super::{Siege, long};
use crate::feed_load::raise_open_files;
use crate::gateway::{Gateway, data_dir};
use crate::heavy::memory;

/// Sends a body without an end and with a wrong signature until it is refused, again and again, and
/// gives how many bytes that were. Who holds goes slowly once there is much of it.
async fn pour(address: String, holds: bool, until: Instant) -> u64 {
    const HEAD: &str = "POST /webhooks/github HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: push\r\n\
        X-GitHub-Delivery: s\r\nX-Hub-Signature-256: \
        sha256=0000000000000000000000000000000000000000000000000000000000000000\r\n\
        Transfer-Encoding: chunked\r\n\r\n";
    let chunk = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
    let mut poured = 0;
    while Instant::now() < until {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        if stream.write_all(HEAD.as_bytes()).await.is_err() {
            continue;
        }
        let mut sent = 0;
        while Instant::now() < until && stream.write_all(&chunk).await.is_ok() {
            sent += chunk.len() as u64;
            if holds && sent > 20 << 20 {
                // Until it is refused, or given up after half a minute.
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
        poured += sent;
    }
    poured
}

/// All of them, on a thread of their own: what waits for them is no delivery that the gateway keeps
/// waiting.
pub(super) fn pouring(siege: Siege, address: &str) -> JoinHandle<u64> {
    let until = Instant::now() + siege.lasts;
    let address = address.to_owned();
    std::thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let strangers = (0..siege.strangers).map(|n| pour(address.clone(), n % 2 == 0, until));
            strangers.collect::<JoinSet<_>>().join_all().await.into_iter().sum::<u64>()
        })
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn b1_bodies_without_an_end() {
    let siege = if long() {
        let (lasts, slow) = (Duration::from_secs(60), Duration::from_millis(500));
        Siege { strangers: 256, lasts, slow }
    } else {
        Siege { strangers: 64, lasts: Duration::from_secs(2), slow: Duration::from_secs(5) }
    };
    raise_open_files(1024);
    let dir = data_dir();
    let gateway = Arc::new(Gateway::start(dir.path()));
    gateway.push("d-first").await;
    let strangers = pouring(siege, gateway.address());
    let took = siege.deliver(&gateway).await;
    let poured = strangers.join().unwrap();
    let most = memory(&gateway, "VmHWM") / 1024;
    assert!(poured > 1 << 28, "{poured} bytes are no siege");
    let more = format!("{} MiB poured, memory at most {most} MiB", poured >> 20);
    siege.judge("endless bodies", &took, &more);
    assert!(most <= 256, "{most} MiB");
}
