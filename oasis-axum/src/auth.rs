//! Who may read, who may write and who administers.

use std::fmt;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{self, AUTHORIZATION};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ctutils::CtEq;
use oasis_core::Timestamp;
use oasis_core::verify::VerifiedClient;
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::problem::Problem;
use crate::session::SessionKey;
use crate::state::Shared;

/// A bearer token that lets its holder read, write or administer.
///
/// ```
/// use oasis_axum::Token;
///
/// assert_eq!(format!("{:?}", Token::new("s3cr3t-and-long-enough").unwrap()), "Token(***)");
/// assert!(Token::new("short").is_err());
/// ```
#[derive(Clone)]
pub struct Token(Box<[u8]>);

/// The shortest token that is taken, in bytes.
const MIN_LEN: usize = 16;

impl Token {
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

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

/// The token is too short or can't stand in a header.
///
/// ```
/// use oasis_axum::{InvalidToken, Token};
///
/// let error: InvalidToken = Token::new("short").unwrap_err();
/// assert!(error.to_string().contains("openssl rand -hex 32"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidToken;

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token has at least 16 visible ASCII characters; try `openssl rand -hex 32`")
    }
}

impl std::error::Error for InvalidToken {}

/// Those who may read: with one of the tokens, or everybody where none is set. Who administers may
/// read too.
pub(crate) struct Readers {
    tokens: Vec<(Token, SessionKey)>,
    open: bool,
}

/// The cookie that holds a session of the console.
pub(crate) const COOKIE: &str = "oasis_session";

impl Readers {
    pub(crate) fn new(tokens: Vec<Token>, admins: &[Token]) -> Self {
        let with_key = |token: Token| {
            let key = SessionKey::derive(&token.0);
            (token, key)
        };
        let open = tokens.is_empty();
        Self { tokens: tokens.into_iter().chain(admins.to_vec()).map(with_key).collect(), open }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether everybody may read who may by these.
    pub(crate) fn admit_all_of(&self, others: &Self) -> bool {
        let known = |token: &Token| self.tokens.iter().any(|(own, _)| own.is(&token.0));
        self.open || (!others.open && others.tokens.iter().all(|(token, _)| known(token)))
    }

    /// Whether a request with these headers may read.
    pub(crate) fn admit(&self, headers: &HeaderMap, now: Timestamp) -> bool {
        self.admits(headers, now).is_some()
    }

    /// Until when a request with these headers may read; `None` where it may not.
    fn admits(&self, headers: &HeaderMap, now: Timestamp) -> Option<Until> {
        let known = is_one_of(self.tokens.iter().map(|(token, _)| token), headers);
        let sessions = sessions(headers).filter_map(|value| {
            self.tokens.iter().fold(None, |end, (_, key)| end.max(key.opens(value, now)))
        });
        let session = sessions.max();
        if self.is_open() || known {
            return Some(Until::Always);
        }
        session.map(Until::SessionEnds)
    }

    /// A session for a token, if it is one.
    pub(crate) fn trade(&self, token: &[u8], now: Timestamp) -> Option<String> {
        let mut sealed = None;
        for (valid, key) in &self.tokens {
            if valid.is(token) {
                sealed = Some(key.seal(now));
            }
        }
        sealed
    }
}

/// How long somebody may read.
#[derive(Debug, Clone, Copy)]
enum Until {
    Always,
    SessionEnds(Timestamp),
}

/// How long a request that was admitted may go on to read.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    until: Until,
    /// Told when somebody loses the right to read, who may be this one.
    pub(crate) withdrawn: CancellationToken,
}

impl Reading {
    /// How long the session lasts still that admitted it; for ever where a token did.
    pub(crate) fn left(&self, now: Timestamp) -> Duration {
        match self.until {
            Until::Always => Duration::MAX,
            Until::SessionEnds(end) => {
                let millis = end.unix_millis().saturating_sub(now.unix_millis());
                Duration::from_millis(u64::try_from(millis).unwrap_or(0))
            }
        }
    }
}

/// Those who may write: with one of the tokens, or nobody where none is set.
pub(crate) struct Writers {
    tokens: Vec<Token>,
}

impl Writers {
    pub(crate) fn new(tokens: Vec<Token>) -> Self {
        Self { tokens }
    }

    /// The proof that a request with these headers may write. A cookie doesn't let it: another
    /// site's page could make a browser send one.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> Option<VerifiedClient> {
        is_one_of(&self.tokens, headers).then(VerifiedClient::after_token_check)
    }
}

/// Those who may see how the process is doing: with one of the tokens, or, where none is set,
/// whoever may read.
pub(crate) struct Admins {
    tokens: Vec<Token>,
}

impl Admins {
    pub(crate) fn new(tokens: Vec<Token>) -> Self {
        Self { tokens }
    }

    /// Whether a request with these headers may administer. A session is for reading.
    fn admit(&self, readers: &Readers, headers: &HeaderMap, now: Timestamp) -> bool {
        match self.tokens.as_slice() {
            [] => readers.admit(headers, now),
            tokens => is_one_of(tokens, headers),
        }
    }
}

/// Whether the token of a request is one of these. All are compared, so that the time tells nothing
/// of which one was near.
fn is_one_of<'a>(tokens: impl IntoIterator<Item = &'a Token>, headers: &HeaderMap) -> bool {
    let presented = headers.get(AUTHORIZATION).map(|value| value.as_bytes());
    let token = presented.and_then(bearer).unwrap_or_default();
    tokens.into_iter().fold(false, |known, valid| known | valid.is(token))
}

/// Lets a request pass that may administer.
pub(crate) async fn may_administer(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let rights = shared.rights.get();
    if !rights.admins.admit(&rights.readers, request.headers(), clock::now()) {
        return Problem::not_admin().into_response();
    }
    next.run(request).await
}

/// Lets a request pass that may read.
pub(crate) async fn may_read(
    State(shared): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let rights = shared.rights.get();
    let Some(until) = rights.readers.admits(request.headers(), clock::now()) else {
        return Problem::not_authorized().into_response();
    };
    request.extensions_mut().insert(Reading { until, withdrawn: rights.withdrawn.clone() });
    let mut response = next.run(request).await;
    if !rights.readers.is_open() {
        // A shared cache keeps nothing of a request with `Authorization`, but knows no cookies.
        let private = HeaderValue::from_static("private, no-cache");
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(private);
    }
    response
}

/// The token of a value of `Authorization`.
pub(crate) fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then_some(token.trim_ascii())
}

/// The values of our cookie; a browser may send several, of a path above and of this one.
fn sessions(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values =
        headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(name, _)| name.trim() == COOKIE).map(|(_, value)| value.trim())
}
