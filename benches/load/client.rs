//! One kept connection, with as little of its own as a client can have: whoever makes load on the
//! machine that is measured takes from it.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
    /// The address of the next page.
    pub next: Option<String>,
    /// How many rows there are in all.
    pub total: Option<u64>,
}

/// A connection that is kept from request to request.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)
            .await
            .with_context(|| format!("can't connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a whole request and reads the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let head = loop {
            if let Some(head) = head(&self.read)? {
                break head;
            }
            self.more().await?;
        };
        let end = head.len + head.body;
        while self.read.len() < end {
            self.more().await?;
        }
        ensure!(self.read.len() == end, "the server says more than it was asked");
        let body = &self.read[head.len..];
        Ok(Answer { status: head.status, body, next: head.next, total: head.total })
    }

    /// Asks for a path and takes only success for an answer.
    pub async fn get(&mut self, path: &str) -> Result<Answer<'_>> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: load\r\n\r\n");
        let answer = self.send(request.as_bytes()).await?;
        let said = String::from_utf8_lossy(answer.body);
        ensure!(answer.status == 200, "{path} was answered {}: {said}", answer.status);
        Ok(answer)
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

struct Head {
    len: usize,
    status: u16,
    body: usize,
    next: Option<String>,
    total: Option<u64>,
}

/// The head of an answer, as soon as all of it is there.
fn head(read: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; 48];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(len) = response.parse(read).context("this is no HTTP")? else {
        return Ok(None);
    };
    let status = response.code.context("an answer without a status")?;
    let text = |name: &str| {
        let header = response.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(header.value).ok()
    };
    let length = text("content-length").and_then(|value| value.parse().ok());
    let body = length.with_context(|| format!("an answer {status} without its length"))?;
    let total = text("x-total-count").and_then(|value| value.parse().ok());
    let next = text("link").and_then(|link| Some(link[1..link.find('>')?].to_owned()));
    Ok(Some(Head { len, status, body, next, total }))
}
