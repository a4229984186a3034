//! Many clients of one feed, who read as fast as one core lets them.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, ready};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use memchr::memmem::Finder;
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::task::{JoinHandle, spawn_local};

use crate::delivery::{DIGITS, PREFIX};
use crate::latency::Latency;

/// What all clients saw, and what they need to read with.
#[derive(Debug)]
struct Shared {
    /// When each delivery was due, or was known to be durable; the first is `first`.
    since: Vec<Option<Instant>>,
    first: u64,
    latency: Latency,
    /// One for all: only one of them reads at a time.
    buffer: Vec<u8>,
    /// `"delivery_id":"load-`
    marker: Finder<'static>,
    /// How many bytes came.
    bytes: u64,
}

/// Clients that are connected and have read what came before.
pub struct Audience {
    shared: Rc<RefCell<Shared>>,
    streams: Vec<TcpStream>,
    following: Vec<JoinHandle<Result<()>>>,
}

/// What they saw.
#[derive(Debug)]
pub struct Seen {
    /// From the moment that was noted for each message to each client that read it.
    pub latency: Latency,
    /// How large a message was on the wire.
    pub bytes: f64,
    /// How many came each second, from the first moment that was noted to the last message.
    pub rate: f64,
}

impl Audience {
    /// Connects so many clients, and waits for each until the server has begun its stream.
    pub async fn connect(
        address: SocketAddr,
        path: &str,
        clients: usize,
        first: u64,
    ) -> Result<Self> {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: load\r\nAccept: text/event-stream\r\n\r\n");
        let marker: &'static str = format!(r#""delivery_id":"{PREFIX}"#).leak();
        let shared = Shared {
            since: Vec::new(),
            first,
            latency: Latency::default(),
            buffer: vec![0; 256 * 1024],
            marker: Finder::new(marker),
            bytes: 0,
        };
        let mut streams = Vec::new();
        for _ in 0..clients {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(request.as_bytes()).await?;
            stream.readable().await?;
            streams.push(stream);
        }
        Ok(Self { shared: Rc::new(RefCell::new(shared)), streams, following: Vec::new() })
    }

    /// Lets them read, each until it has this many messages. Must be called in a `LocalSet`.
    pub fn follow(&mut self, messages: u64) {
        for stream in self.streams.drain(..) {
            self.following.push(spawn_local(follow(stream, Rc::clone(&self.shared), messages)));
        }
    }

    /// Notes when a delivery was due, or durable.
    pub fn note(&self, number: u64, moment: Instant) {
        note(&self.shared, number, moment);
    }

    /// Something that notes it elsewhere.
    pub fn notes(&self) -> impl Fn(u64, Instant) + 'static {
        let shared = Rc::clone(&self.shared);
        move |number, moment| note(&shared, number, moment)
    }

    /// Waits until each client had all, no longer than this; who has not by then is an error.
    pub async fn done(self, patience: Duration) -> Result<Seen> {
        let end = tokio::time::Instant::now() + patience;
        let mut lacking = 0;
        for task in self.following {
            let abort = task.abort_handle();
            match tokio::time::timeout_at(end, task).await {
                Ok(done) => done.context("a client's task broke")??,
                Err(_elapsed) => {
                    abort.abort();
                    lacking += 1;
                }
            }
        }
        let shared = self.shared.borrow();
        let count = shared.latency.count();
        let begun = shared.since.iter().flatten().min().context("nothing was sent")?;
        let rate = count as f64 / begun.elapsed().as_secs_f64();
        if lacking > 0 {
            println!("{lacking} clients had not read all in {patience:?}; {count} messages came");
        }
        let bytes = shared.bytes as f64 / count.max(1) as f64;
        Ok(Seen { latency: shared.latency.clone(), bytes, rate })
    }
}

fn note(shared: &RefCell<Shared>, number: u64, moment: Instant) {
    let mut shared = shared.borrow_mut();
    let place = (number - shared.first) as usize;
    if shared.since.len() <= place {
        shared.since.resize(place + 1, None);
    }
    shared.since[place] = Some(moment);
}

/// Reads messages, each once, whatever their order among those that were brought at the same time.
async fn follow(mut stream: TcpStream, shared: Rc<RefCell<Shared>>, messages: u64) -> Result<()> {
    let mut rest = Vec::new();
    let mut told = vec![false; usize::try_from(messages)?];
    let mut count = 0;
    while count < messages {
        // Polled and not tried: after a short read that asks the system no second time.
        let read = poll_fn(|cx| {
            let mut shared = shared.borrow_mut();
            let mut buffer = ReadBuf::new(&mut shared.buffer[rest.len()..]);
            ready!(Pin::new(&mut stream).poll_read(cx, &mut buffer))?;
            Poll::Ready(io::Result::Ok(buffer.filled().len()))
        })
        .await?;
        if read == 0 {
            bail!("a feed ended after {count} of {messages} messages");
        }
        let shared = &mut *shared.borrow_mut();
        shared.buffer[..rest.len()].copy_from_slice(&rest);
        let now = Instant::now();
        shared.bytes += read as u64;
        let text = &shared.buffer[..rest.len() + read];
        let whole = shared.marker.needle().len() + DIGITS;
        let mut from = 0;
        while let Some(found) = shared.marker.find(&text[from..]) {
            let Some(number) = text.get(from + found + whole - DIGITS..from + found + whole) else {
                break;
            };
            from += found + whole;
            let number: u64 = std::str::from_utf8(number)?.parse()?;
            // What was there before.
            let Some(place) = number.checked_sub(shared.first) else { continue };
            let told = told.get_mut(place as usize).context("a message that was never sent")?;
            ensure!(!std::mem::replace(told, true), "message {number} was told twice");
            count += 1;
            if let Some(since) = shared.since.get(place as usize).copied().flatten() {
                shared.latency.note(now.saturating_duration_since(since));
            } else {
                // It is here before its answer was read.
                shared.latency.note(Duration::ZERO);
            }
        }
        let keep = text.len().saturating_sub(whole - 1).max(from);
        rest.clear();
        rest.extend_from_slice(&text[keep..]);
    }
    Ok(())
}
