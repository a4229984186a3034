//! Where each request of a connection starts and ends, to find the ones that two readers would
//! read differently.
//!
//! A request with both `Content-Length` and `Transfer-Encoding` is how a second request is smuggled
//! past a proxy (RFC 9112, section 6.1). The HTTP library drops the first of the two silently, so
//! its caller can't refuse it; this sees the bytes before the library does.

/// Follows the bytes of one connection.
#[derive(Debug)]
pub(super) struct Framing {
    state: State,
    /// The line that is being read, as far as it came.
    line: Vec<u8>,
    length: Option<u64>,
    chunked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In a request's first line or headers; `first` before any of it came.
    Head {
        first: bool,
    },
    /// That many bytes of a body to come.
    Body(u64),
    ChunkSize,
    /// That many bytes of a chunk and its line end to come.
    Chunk(u64),
    Trailers,
    /// Nothing that HTTP knows: the library refuses it and closes.
    Opaque,
}

/// A request has both headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ambiguous;

/// The longest line that is kept. A longer header is none of the two that matter.
const MAX_LINE: usize = 256;

impl Framing {
    pub(super) fn new() -> Self {
        Self { state: State::Head { first: true }, line: Vec::new(), length: None, chunked: false }
    }

    /// Follows these bytes, which come after all that were given before.
    pub(super) fn follow(&mut self, mut bytes: &[u8]) -> Result<(), Ambiguous> {
        while !bytes.is_empty() {
            bytes = match self.state {
                State::Opaque => return Ok(()),
                State::Body(left) => {
                    self.pass(left, bytes, State::Body, State::Head { first: true })
                }
                State::Chunk(left) => self.pass(left, bytes, State::Chunk, State::ChunkSize),
                State::Head { .. } | State::ChunkSize | State::Trailers => self.line(bytes)?,
            };
        }
        Ok(())
    }

    fn pass<'b>(
        &mut self,
        left: u64,
        bytes: &'b [u8],
        more: fn(u64) -> State,
        then: State,
    ) -> &'b [u8] {
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left - taken as u64;
        self.state = if left == 0 { then } else { more(left) };
        bytes.get(taken..).unwrap_or_default()
    }

    /// Reads on in a line; what follows it.
    fn line<'b>(&mut self, bytes: &'b [u8]) -> Result<&'b [u8], Ambiguous> {
        let end = bytes.iter().position(|&b| b == b'\n');
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        let room = MAX_LINE.saturating_sub(self.line.len());
        let part = part.get(..room).unwrap_or(part);
        let Some(end) = end else {
            self.line.extend_from_slice(part);
            return Ok(&[]);
        };
        if self.line.is_empty() {
            // Nearly all come in one piece, and need no copy.
            self.ended(part.trim_ascii())?;
        } else {
            self.line.extend_from_slice(part);
            let line = std::mem::take(&mut self.line);
            self.ended(line.trim_ascii())?;
        }
        Ok(bytes.get(end + 1..).unwrap_or_default())
    }

    fn ended(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        match self.state {
            // Empty lines before a request are passed over (RFC 9112, section 2.2).
            State::Head { first: true } if line.is_empty() => {}
            State::Head { first: true } => self.state = State::Head { first: false },
            State::Head { first: false } if line.is_empty() => self.head_ended(),
            State::Head { first: false } => return self.header(line),
            State::ChunkSize => self.state = chunk(line),
            State::Trailers if line.is_empty() => self.state = State::Head { first: true },
            State::Trailers | State::Body(_) | State::Chunk(_) | State::Opaque => {}
        }
        Ok(())
    }

    fn header(&mut self, line: &[u8]) -> Result<(), Ambiguous> {
        let mut parts = line.splitn(2, |&b| b == b':');
        let name = parts.next().unwrap_or_default().trim_ascii();
        let value = parts.next().unwrap_or_default().trim_ascii();
        if name.eq_ignore_ascii_case(b"content-length") {
            // One that is no number the library refuses.
            self.length = Some(number(value, 10).unwrap_or(0));
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.chunked = true;
        }
        if self.chunked && self.length.is_some() { Err(Ambiguous) } else { Ok(()) }
    }

    fn head_ended(&mut self) {
        self.state = match (std::mem::take(&mut self.chunked), self.length.take()) {
            (true, _) => State::ChunkSize,
            (false, Some(length @ 1..)) => State::Body(length),
            (false, _) => State::Head { first: true },
        };
    }
}

fn chunk(line: &[u8]) -> State {
    let size = line.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
    match number(size, 16) {
        Some(0) => State::Trailers,
        // The chunk, and the line end after it.
        Some(size) => State::Chunk(size.saturating_add(2)),
        None => State::Opaque,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const POST: &str = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab\r\nc";
    const CHUNKED: &str = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
                           3;x=y\r\na\r\n\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n";

    fn verdict(bytes: &[u8], cut: usize) -> Result<(), Ambiguous> {
        let mut framing = Framing::new();
        let (start, rest) = bytes.split_at(cut.min(bytes.len()));
        framing.follow(start).and_then(|()| framing.follow(rest))
    }

    #[test]
    fn both_headers_are_found_in_either_order_and_any_case() {
        for both in [
            "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\nHost: x\r\ncontent-length: 5\r\n\r\n",
            "POST / HTTP/1.1\nTRANSFER-ENCODING: gzip\nCONTENT-LENGTH:0\n\n",
            "POST / HTTP/1.1\r\nContent-Length : 5\r\nTransfer-Encoding : chunked\r\n\r\n",
        ] {
            for cut in 0..both.len() {
                assert_eq!(verdict(both.as_bytes(), cut), Err(Ambiguous), "{both} at {cut}");
                // Also behind requests that are what they say.
                let later = format!("{CHUNKED}{POST}\r\n{GET}{both}");
                assert_eq!(verdict(later.as_bytes(), cut), Err(Ambiguous), "{later} at {cut}");
            }
        }
    }

    #[test]
    fn what_stands_in_a_body_is_no_header() {
        let smuggled = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
        let length = smuggled.len();
        let post = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{smuggled}{GET}");
        let chunked = format!(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{smuggled}\r\n0\r\n\r\n{POST}"
        );
        for cut in 0..post.len() {
            assert_eq!(verdict(post.as_bytes(), cut), Ok(()));
            assert_eq!(verdict(chunked.as_bytes(), cut), Ok(()));
        }
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_changes_nothing(
            pieces in prop::collection::vec(prop::sample::select(vec![
                GET, POST, CHUNKED, "\r\n", "\n", "0", "ff", ":", "POST / HTTP/1.1\r\n",
                "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "x", "ffffffffffffffff\r\n",
            ]), 0..8),
            cut in 0..300_usize,
        ) {
            let bytes = pieces.concat();
            prop_assert_eq!(verdict(bytes.as_bytes(), cut), verdict(bytes.as_bytes(), 0));
        }
    }
}
