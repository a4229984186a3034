//! A proxy in front of a server that does to connections what networks do: it refuses, falls
//! silent, lets through a byte at a time, cuts at a chosen moment, or loses one end.
//!
//! It knows of Postgres's protocol only how the server's messages are framed, so that it can tell
//! when a statement has ended. TLS would hide that: connect with `sslmode=disable`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// In what state the line is, for all connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// Everything goes through.
    Whole,
    /// Nobody listens, and what was connected is cut.
    Refused,
    /// Connections are taken and nothing goes through; it comes later, when the line is whole.
    Silent,
    /// A byte at a time, with this pause after each.
    Slow(Duration),
}

/// At which moment a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Half of the statement has reached the server.
    InStatement,
    /// The server has done it and said so, and nothing of that has reached the client.
    BeforeAnswer,
    /// Half of the answer has.
    InAnswer,
}

/// Listens on a port of its own and passes on what comes to the server's.
pub(crate) struct Proxy {
    port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    server: u16,
    line: watch::Sender<Line>,
    /// Connections below this number have lost their other end and don't know.
    stranded: watch::Sender<u64>,
    armed: Mutex<Option<Armed>>,
    cuts: AtomicU64,
}

/// The statement that holds these bytes is cut; when its answer counts, it is this command's.
#[derive(Clone)]
struct Armed {
    cut: Cut,
    statement: Vec<u8>,
    command: &'static str,
}

impl Proxy {
    /// One in front of the server on this port of the machine.
    pub(crate) async fn start(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Inner {
            server,
            line: watch::Sender::new(Line::Whole),
            stranded: watch::Sender::new(0),
            armed: Mutex::new(None),
            cuts: AtomicU64::new(0),
        });
        tokio::spawn(accept(Arc::clone(&inner), listener, port));
        Self { port, inner }
    }

    /// A URL of the server's, through this proxy.
    pub(crate) fn url(&self, url: &str) -> String {
        let through = url.replace(&format!(":{}", self.inner.server), &format!(":{}", self.port));
        let mark = if through.contains('?') { '&' } else { '?' };
        format!("{through}{mark}sslmode=disable")
    }

    /// Puts the line in this state.
    pub(crate) async fn set(&self, line: Line) {
        self.inner.line.send_replace(line);
        // The port is given back, or taken again, when this returns.
        let listens = line != Line::Refused;
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() != listens {
            tokio::task::yield_now().await;
        }
    }

    /// Cuts the connection of the next statement that holds these bytes, once. What ends the
    /// statement is the answer to this command: `SELECT`, or `COMMIT` around it.
    pub(crate) fn cut(&self, cut: Cut, statement: &[u8], command: &'static str) {
        let armed = Armed { cut, statement: statement.to_vec(), command };
        *self.inner.armed.lock().unwrap() = Some(armed);
    }

    /// How many connections were cut so.
    pub(crate) fn cuts(&self) -> u64 {
        self.inner.cuts.load(Ordering::SeqCst)
    }

    /// Loses whatever is sent from now on over each connection that is there, without a word to
    /// either end. New connections are whole.
    pub(crate) fn strand(&self) {
        self.inner.stranded.send_replace(u64::MAX);
    }
}

async fn accept(inner: Arc<Inner>, listener: TcpListener, port: u16) {
    let mut listener = Some(listener);
    let mut line = inner.line.subscribe();
    let mut number = 0;
    loop {
        if *line.borrow_and_update() == Line::Refused {
            listener = None;
            if line.changed().await.is_err() {
                return;
            }
            continue;
        }
        if listener.is_none() {
            listener = TcpListener::bind(("127.0.0.1", port)).await.ok();
        }
        let Some(listening) = &listener else {
            tokio::task::yield_now().await;
            continue;
        };
        tokio::select! {
            changed = line.changed() => if changed.is_err() { return },
            accepted = listening.accept() => if let Ok((client, _)) = accepted {
                number += 1;
                // Whoever was stranded came before this one.
                inner.stranded.send_modify(|stranded| *stranded = (*stranded).min(number));
                tokio::spawn(connect(Arc::clone(&inner), client, number));
            },
        }
    }
}

async fn connect(inner: Arc<Inner>, client: TcpStream, number: u64) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", inner.server)).await else { return };
    // Whoever is cut meets a reset, not an orderly end.
    let _ = (client.set_nodelay(true), server.set_nodelay(true), client.set_zero_linger());
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut refused = inner.line.subscribe();
    let mut stranded = inner.stranded.subscribe();
    let armed = Arc::new(Mutex::new(None));
    let there = statements(&inner, from_client, to_server, &armed);
    let back = answers(&inner, from_server, to_client, &armed);
    let refused = async {
        let _ = refused.wait_for(|line| *line == Line::Refused).await;
    };
    let stranded = async {
        let _ = stranded.wait_for(|below| number < *below).await;
    };
    tokio::pin!(there, back);
    tokio::select! {
        () = refused => {}
        () = stranded => {
            // Both sockets stay open, as long as the test does.
            std::future::pending().await
        }
        _ = &mut there => {}
        _ = &mut back => {}
    }
}

/// What the client says.
async fn statements(
    inner: &Inner,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    waiting: &Mutex<Option<Armed>>,
) -> Option<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let n = from.read(&mut bytes).await.ok().filter(|n| *n > 0)?;
        let said = &bytes[..n];
        if let Some(armed) = inner.take_if_in(said) {
            if armed.cut == Cut::InStatement {
                inner.pass(&mut to, &said[..n / 2]).await?;
                inner.cuts.fetch_add(1, Ordering::SeqCst);
                return None;
            }
            *waiting.lock().unwrap() = Some(armed);
        }
        inner.pass(&mut to, said).await?;
    }
}

/// What the server says. While a cut waits for the end of a statement, each answer is held back
/// until it is whole.
async fn answers(
    inner: &Inner,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    waiting: &Mutex<Option<Armed>>,
) -> Option<()> {
    let mut bytes = vec![0; 1 << 16];
    let mut held = Vec::new();
    loop {
        let n = from.read(&mut bytes).await.ok().filter(|n| *n > 0)?;
        held.extend_from_slice(&bytes[..n]);
        let armed = waiting.lock().unwrap().clone();
        if let Some(armed) = armed {
            match is_done(&held, armed.command) {
                None => continue,
                Some(false) => {}
                Some(true) => {
                    if armed.cut == Cut::InAnswer {
                        inner.pass(&mut to, &held[..held.len() / 2]).await?;
                    }
                    inner.cuts.fetch_add(1, Ordering::SeqCst);
                    return None;
                }
            }
        }
        inner.pass(&mut to, &held).await?;
        held.clear();
    }
}

impl Inner {
    /// The cut that is armed for a statement in these bytes; it is no longer armed then.
    fn take_if_in(&self, said: &[u8]) -> Option<Armed> {
        let mut armed = self.armed.lock().unwrap();
        let statement = &armed.as_ref()?.statement;
        let is_in = said.windows(statement.len()).any(|window| window == statement.as_slice());
        if is_in { armed.take() } else { None }
    }

    /// Passes bytes on as the line lets them.
    async fn pass(&self, to: &mut OwnedWriteHalf, bytes: &[u8]) -> Option<()> {
        let mut line = self.line.subscribe();
        for byte in bytes.chunks(1) {
            let line = *line.wait_for(|line| *line != Line::Silent).await.ok()?;
            match line {
                // As one piece, unless it is already under way.
                Line::Whole if byte.as_ptr() == bytes.as_ptr() => {
                    return to.write_all(bytes).await.ok();
                }
                Line::Slow(pause) => {
                    to.write_all(byte).await.ok()?;
                    tokio::time::sleep(pause).await;
                }
                _ => to.write_all(byte).await.ok()?,
            }
        }
        Some(())
    }
}

/// Whether the server's messages tell that this command is done: `CommandComplete`, a `C`, with the
/// command's name first. `None` as long as the server has not said all: `ReadyForQuery`, a `Z`.
fn is_done(mut messages: &[u8], command: &str) -> Option<bool> {
    let mut is_done = false;
    while let [kind, a, b, c, d, rest @ ..] = messages {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize - 4;
        let content = rest.get(..length)?;
        is_done |= *kind == b'C' && content.starts_with(command.as_bytes());
        if *kind == b'Z' {
            return Some(is_done);
        }
        messages = &rest[length..];
    }
    None
}
