//! What arrived, as the gateway itself tells it to anybody.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::client::Connection;

/// Fails unless the ledger holds exactly so many more rows than it did, and the feed tells each of them
/// once, in order and without a gap.
pub async fn holds(address: SocketAddr, before: u64, taken: u64) -> Result<()> {
    let added = count(address).await? - before;
    ensure!(added == taken, "{taken} deliveries were answered 200 and {added} are in the ledger");
    follow(address, before, before + taken).await
}

/// How many rows the ledger has.
pub async fn count(address: SocketAddr) -> Result<u64> {
    let mut connection = Connection::open(address).await?;
    let answer = connection.get("/api/v1/oasis/events?limit=1&count=exact").await?;
    answer.total.context("the gateway told no X-Total-Count")
}

/// Reads the feed from behind this position up to that one: each event once, in order, no gap.
async fn follow(address: SocketAddr, after: u64, last: u64) -> Result<()> {
    let mut stream = BufReader::with_capacity(64 * 1024, TcpStream::connect(address).await?);
    let request =
        format!("GET /api/v1/devhub/feed?last_event_id={after} HTTP/1.1\r\nHost: load\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let (mut position, mut line) = (after, Vec::new());
    while position < last {
        line.clear();
        let read = stream.read_until(b'\n', &mut line).await?;
        ensure!(read > 0, "the feed ended after position {position} of {last}");
        if let Some(id) = line.strip_prefix(b"id: ") {
            let told: u64 = std::str::from_utf8(id)?.trim().parse()?;
            ensure!(told == position + 1, "the feed tells {told} after {position}");
            position = told;
        }
    }
    Ok(())
}
