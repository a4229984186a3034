//! A connection whose ambiguous requests are answered before anybody reads them.

use std::io::Result;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::Framing;

const DOCUMENT: &str = r#"{"type":"urn:oasis:problem:malformed-request","title":"The request is malformed","status":400,"detail":"the request has both Content-Length and Transfer-Encoding; send one of them"}"#;

/// A stream that ends, after a 400, where a request has both `Content-Length` and
/// `Transfer-Encoding`.
#[derive(Debug)]
pub(super) struct Guarded<T> {
    stream: T,
    framing: Framing,
    /// The refusal, and how much of it was written.
    refusal: Option<(String, usize)>,
}

impl<T> Guarded<T> {
    pub(super) fn new(stream: T) -> Self {
        Self { stream, framing: Framing::new(), refusal: None }
    }
}

fn refusal() -> String {
    let length = DOCUMENT.len();
    format!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{DOCUMENT}"
    )
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Guarded<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = &mut *self;
        if this.refusal.is_none() {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
            let came = buffer.filled().get(before..).unwrap_or_default();
            if this.framing.follow(came).is_ok() {
                return Poll::Ready(Ok(()));
            }
            // The reader gets nothing of it, so it can't act on it.
            buffer.set_filled(before);
            this.refusal = Some((refusal(), 0));
        }
        while let Some((text, written)) = &mut this.refusal
            && let Some(rest @ [_, ..]) = text.as_bytes().get(*written..)
        {
            *written += ready!(Pin::new(&mut this.stream).poll_write(cx, rest))?;
        }
        // The end of the stream.
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Guarded<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
