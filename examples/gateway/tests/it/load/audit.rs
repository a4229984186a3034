//! What the senders were told beside what the feed shows, matched as both come in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::wire::member;

/// Deliveries that one side knows of and the other doesn't yet: at the end there are none.
#[derive(Debug, Default)]
pub(super) struct Audit {
    sides: Mutex<Sides>,
}

#[derive(Debug, Default)]
struct Sides {
    /// Number → position.
    told: HashMap<u64, u64>,
    shown: HashMap<u64, u64>,
    matched: u64,
}

impl Audit {
    /// A sender was told that its delivery is there.
    pub(super) fn told(&self, number: u64, position: u64) {
        let mut sides = self.sides.lock().unwrap();
        match sides.shown.remove(&number) {
            Some(shown) => {
                assert_eq!(shown, position, "delivery {number} is elsewhere than was told");
                sides.matched += 1;
            }
            None => assert_eq!(sides.told.insert(number, position), None, "{number} told twice"),
        }
    }

    /// The feed shows a delivery there.
    fn shown(&self, number: u64, position: u64) {
        let mut sides = self.sides.lock().unwrap();
        match sides.told.remove(&number) {
            Some(told) => {
                assert_eq!(told, position, "delivery {number} is elsewhere than was told");
                sides.matched += 1;
            }
            None => assert_eq!(sides.shown.insert(number, position), None, "{number} shown twice"),
        }
    }

    /// How many were told and shown, and how many were told and not (yet) shown.
    pub(super) fn matched(&self) -> (u64, usize) {
        let sides = self.sides.lock().unwrap();
        (sides.matched, sides.told.len())
    }

    /// What the feed shows though nobody was told of it: answers that were lost on the way.
    pub(super) fn untold(&self) -> usize {
        self.sides.lock().unwrap().shown.len()
    }
}

/// Watches the feed, goes on by id whenever it ends, and tells how far it is; each event must be the
/// one behind the one before.
pub(super) async fn follow(address: String, audit: Option<Arc<Audit>>, at: watch::Sender<u64>) {
    let mut last = 0;
    let mut line = Vec::new();
    loop {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let request =
            format!("GET /api/v1/devhub/feed?last_event_id={last} HTTP/1.0\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut stream = BufReader::with_capacity(64 * 1024, stream);
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status[9..], b"200", "the feed is refused");
        loop {
            line.clear();
            match stream.read_until(b'\n', &mut line).await {
                Ok(read) if read > 0 => {}
                _ => break,
            }
            assert!(!line.starts_with(b"data: {\"type\":\"resync\""), "the feed is behind");
            let Some(position) = line.starts_with(b"data: ").then(|| member(&line, POSITION))
            else {
                continue;
            };
            let Some(position) = position else { continue };
            assert_eq!(position, last + 1, "the feed skips or repeats");
            last = position;
            if let Some(audit) = &audit {
                audit.shown(member(&line, b"\"delivery_id\":\"load-").unwrap(), position);
            }
            at.send_replace(last);
        }
    }
}

const POSITION: &[u8] = b"\"position\":";
