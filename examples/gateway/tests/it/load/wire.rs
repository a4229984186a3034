//! One connection that is kept, with as little work for each delivery as can be: whoever measures
//! on the machine that is measured should not be what is measured.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The delivery's place in the ledger, where it has one.
    pub(super) position: Option<u64>,
    /// Whether a refusal says when to come again.
    pub(super) retry: bool,
}

#[derive(Debug)]
pub(super) struct Wire {
    address: String,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
    /// Whether its last answer said to come later.
    pub(super) told_later: bool,
}

impl Wire {
    pub(super) fn to(address: &str) -> Self {
        let (address, buffer) = (address.to_owned(), Vec::with_capacity(4096));
        Self { address, stream: None, buffer, told_later: false }
    }

    /// Posts a delivery.
    pub(super) async fn deliver(
        &mut self,
        id: &str,
        signature: &str,
        body: &str,
    ) -> io::Result<Answer> {
        let head = format!(
            "X-GitHub-Event: push\r\nX-GitHub-Delivery: {id}\r\nX-Hub-Signature-256: {signature}"
        );
        self.post("/webhooks/github", &head, body).await
    }

    /// Posts JSON and reads the answer; after an error or a `Connection: close` the next one goes over
    /// a new connection.
    pub(super) async fn post(&mut self, path: &str, head: &str, body: &str) -> io::Result<Answer> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.address).await?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{head}\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await?;
        let (answer, close) = read(&mut stream, &mut self.buffer).await?;
        if !close {
            self.stream = Some(stream);
        }
        self.told_later = answer.retry;
        Ok(answer)
    }
}

async fn read(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<(Answer, bool)> {
    buffer.clear();
    let mut end = None;
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if end.is_none() {
            end = find(buffer, b"\r\n\r\n").map(|at| at + 4);
        }
        let Some(end) = end else { continue };
        let head = std::str::from_utf8(&buffer[..end]).unwrap();
        let length = field(head, "content-length").unwrap().parse::<usize>().unwrap();
        if buffer.len() >= end + length {
            assert_eq!(buffer.len(), end + length, "one answer to one request");
            let status = head[9..12].parse().unwrap();
            let close = field(head, "connection") == Some("close");
            let retry = field(head, "retry-after").is_some();
            let position = member(&buffer[end..], b"\"position\":");
            return Ok((Answer { status, position, retry }, close));
        }
    }
}

fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The number behind these bytes.
pub(super) fn member(json: &[u8], name: &[u8]) -> Option<u64> {
    let rest = &json[find(json, name)? + name.len()..];
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&rest[..digits]).unwrap().parse().ok()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
