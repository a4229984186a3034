//! Who may read.

use std::fmt;

use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ctutils::CtEq;

use crate::problem::Problem;
use crate::state::Shared;

/// A bearer token that lets its holder read.
///
/// ```
/// use oasis_axum::ReadToken;
///
/// assert_eq!(format!("{:?}", ReadToken::new("s3cr3t-and-long-enough").unwrap()), "ReadToken(***)");
/// assert!(ReadToken::new("short").is_err());
/// ```
#[derive(Clone)]
pub struct ReadToken(Box<[u8]>);

/// The shortest token that is taken, in bytes.
const MIN_LEN: usize = 16;

impl ReadToken {
    /// Takes the text of a token.
    ///
    /// # Errors
    /// [`InvalidToken`] when it has fewer than 16 bytes or holds anything but visible ASCII, which
    /// no header could carry.
    pub fn new(token: &str) -> Result<Self, InvalidToken> {
        let fits = token.len() >= MIN_LEN && token.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(token.as_bytes().into())) } else { Err(InvalidToken) }
    }

    fn is(&self, presented: &[u8]) -> bool {
        self.0.len() == presented.len() && self.0.as_ref().ct_eq(presented).to_bool()
    }
}

impl fmt::Debug for ReadToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadToken(***)")
    }
}

/// The token is too short or can't stand in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidToken;

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token has at least 16 visible ASCII characters; try `openssl rand -hex 32`")
    }
}

impl std::error::Error for InvalidToken {}

/// Lets a request pass that may read: with one of the tokens, or with any where none is set.
pub(crate) async fn may_read(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let presented = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes());
    let token = presented.and_then(bearer).unwrap_or_default();
    let open = shared.read_tokens.is_empty();
    // All are compared, so that the time tells nothing of which one was near.
    let known = shared.read_tokens.iter().fold(false, |known, valid| known | valid.is(token));
    if open || known { next.run(request).await } else { Problem::not_authorized().into_response() }
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token.trim_ascii())
}
