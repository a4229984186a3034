//! A few deliveries to very many clients.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::task::LocalSet;

use crate::arrivals::Arrivals;
use crate::audience::{Audience, Seen};
use crate::client::Connection;
use crate::delivery::{DIGITS, Delivery, PREFIX};
use crate::process::Process;
use crate::server::{Server, free_address, on_core};

/// How many clients read how many messages.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Crowd {
    /// How many clients read
    #[arg(long, default_value_t = 1000)]
    pub clients: usize,
    /// How many messages there are each second
    #[arg(long, default_value = "100")]
    pub rate: NonZeroU32,
    /// For how long there are messages, in seconds
    #[arg(long, default_value_t = 10.0)]
    pub seconds: f64,
}

impl Crowd {
    /// How many messages a second all of them together should get.
    pub fn messages(&self) -> f64 {
        self.clients as f64 * f64::from(self.rate.get())
    }

    fn published(&self) -> u64 {
        (self.seconds * f64::from(self.rate.get())) as u64
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Fanout {
    pub seen: Seen,
    /// What an idle client cost, in KiB.
    pub idle: f64,
    /// The share of a core that the server had.
    pub cores: f64,
}

impl Fanout {
    pub fn json(&self) -> Value {
        json!({
            "messages_a_second": self.seen.rate,
            "bytes_a_message": self.seen.bytes,
            "latency": self.seen.latency.json(),
            "idle_client_kib": self.idle,
            "server_cores": self.cores,
        })
    }
}

/// What a message is brought with: a request in which only the number is another each time.
pub trait Message: Clone + 'static {
    fn numbered(&mut self, number: u64) -> &[u8];
}

impl Message for Delivery {
    fn numbered(&mut self, number: u64) -> &[u8] {
        Delivery::numbered(self, number)
    }
}

/// A message for nchan, as large as one of the gateway's.
#[derive(Debug, Clone)]
pub struct Published(String, usize);

impl Published {
    pub fn new(size: usize) -> Self {
        let start = format!(r#"{{"delivery_id":"{PREFIX}{:0DIGITS$}","filled":""#, 0);
        let body = format!("{start}{}\"}}", "x".repeat(size.saturating_sub(start.len() + 2)));
        let head = format!(
            "POST /publish HTTP/1.1\r\nHost: load\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let place = head.len() + start.find(PREFIX).unwrap_or_default() + PREFIX.len();
        Self(head + &body, place)
    }
}

impl Message for Published {
    fn numbered(&mut self, number: u64) -> &[u8] {
        self.0.replace_range(self.1..self.1 + DIGITS, &format!("{number:0DIGITS$}"));
        self.0.as_bytes()
    }
}

/// Connects the clients, brings the messages, and waits until all had all.
pub async fn run(
    address: SocketAddr,
    feed: &str,
    message: impl Message,
    server: &[Process],
    crowd: &Crowd,
) -> Result<Fanout> {
    let first = 1_000_000;
    let lasts = Duration::try_from_secs_f64(crowd.seconds)?;
    let messages = crowd.published();
    // What the first one starts is not of the clients after it.
    let opened = Audience::connect(address, feed, 1, first).await?;
    let before = sum(server, |process| Ok(process.resident()? as f64))?;
    let mut audience = Audience::connect(address, feed, crowd.clients, first).await?;
    let after = sum(server, |process| Ok(process.resident()? as f64))?;
    drop(opened);
    let cpu = |process: Process| Ok(process.cpu()?.as_secs_f64());
    let local = LocalSet::new();
    let (used, began) = (sum(server, cpu)?, Instant::now());
    let seen = local
        .run_until(async {
            audience.follow(messages);
            let arrivals = Arrivals::new(first, Some(crowd.rate), lasts);
            let publishing = (0..8).map(|_| {
                let (arrivals, note) = (arrivals.clone(), audience.notes());
                let mut message = message.clone();
                tokio::task::spawn_local(async move {
                    let mut connection = Connection::open(address).await?;
                    while let Some(arrival) = arrivals.take().await {
                        note(arrival.number, arrival.due);
                        let answer = connection.send(message.numbered(arrival.number)).await?;
                        ensure!(answer.status / 100 == 2, "answered {}", answer.status);
                    }
                    anyhow::Ok(())
                })
            });
            for task in publishing.collect::<Vec<_>>() {
                task.await.context("a publisher's task broke")??;
            }
            audience.done(lasts).await
        })
        .await?;
    let cores = (sum(server, cpu)? - used) / began.elapsed().as_secs_f64();
    Ok(Fanout { seen, idle: (after - before) / crowd.clients as f64, cores })
}

fn sum(server: &[Process], of: impl Fn(Process) -> Result<f64>) -> Result<f64> {
    server.iter().map(|process| of(*process)).sum()
}

/// nginx with nchan, on one core.
pub async fn nchan(dir: &Path, core: Option<u32>) -> Result<Server> {
    let address = free_address();
    let configuration =
        include_str!("../peers/nchan.conf").replace("ADDRESS", &address.to_string());
    std::fs::write(dir.join("nginx.conf"), configuration)?;
    let mut command: Command = on_core(Path::new("nginx"), core);
    command.arg("-p").arg(dir).args(["-c", "nginx.conf", "-e", "error.log"]);
    Server::start(&mut command, address, "/ready").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_for_a_peer_is_as_large_as_asked_and_has_its_number() {
        let mut message = Published::new(500);
        let text = String::from_utf8(message.numbered(42).to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with("Content-Length: 500"), "{head}");
        assert_eq!(body.len(), 500);
        let read: Value = serde_json::from_str(body).unwrap();
        assert_eq!(read["delivery_id"], "load-000000000042");
    }
}
