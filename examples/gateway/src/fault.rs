//! What goes wrong when somebody else's server is asked, by what can be done about it.

use std::time::{Duration, SystemTime};

use anyhow::{Error, anyhow};
use oasis_core::StoreError;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;

use crate::plain::plain;

/// Something was not read or not stored; nothing is lost by trying again.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It may work by itself later; not before this has passed, where the server said so.
    Later(Error, Option<Duration>),
    /// It works when somebody has changed something.
    Never(Error),
}

impl Fault {
    pub(crate) fn later(error: impl Into<Error>) -> Self {
        Self::Later(error.into(), None)
    }

    /// No answer, or only a part of one.
    pub(crate) fn cut(whom: &str, error: reqwest::Error) -> Self {
        Self::later(
            Error::from(error.without_url()).context(format!("no whole answer from {whom}")),
        )
    }

    /// An answer that is no success; `whom` was asked.
    pub(crate) async fn answered(whom: &str, response: Response) -> Self {
        let status = response.status();
        let wait = retry_after(response.headers());
        let said = said(response).await;
        let error = anyhow!("{whom} answered {status}{said}");
        let temporary = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        if status.is_server_error() || temporary.contains(&status) {
            Self::Later(error, wait)
        } else {
            Self::Never(error)
        }
    }

    pub(crate) fn error(self) -> Error {
        match self {
            Self::Later(error, _) | Self::Never(error) => error,
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::later(error)
    }
}

/// The longest wait that a server may ask for.
const MAX_WAIT: Duration = Duration::from_secs(3600);

/// How long the server wants to be left alone (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let at = httpdate::parse_http_date(value).ok()?;
            let now = server_time(headers).unwrap_or_else(SystemTime::now);
            at.duration_since(now).unwrap_or_default()
        }
    };
    Some(wait.min(MAX_WAIT))
}

/// What time it was at the server when it answered.
pub(crate) fn server_time(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

/// How an answer says what is wrong.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    /// Of an API of Google's.
    Api { error: ApiError },
    /// Of a server for tokens (RFC 6749, section 5.2).
    Token { error: String, error_description: Option<String> },
    /// Of a gateway (RFC 9457).
    Problem { detail: String },
    /// Of GitHub.
    Message { message: String },
}

#[derive(Deserialize)]
struct ApiError {
    message: String,
}

/// How much of what a server says is repeated, in bytes.
const MAX_SAID: usize = 300;
const MAX_BODY: usize = 64 * 1024;

/// The server's own words, for the log.
async fn said(mut response: Response) -> String {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return String::new();
        }
    }
    let said = match serde_json::from_slice(&body) {
        Ok(Said::Api { error }) => error.message,
        Ok(Said::Token { error, error_description: Some(more) }) => format!("{error}: {more}"),
        Ok(Said::Token { error, error_description: None }) => error,
        Ok(Said::Problem { detail: text } | Said::Message { message: text }) => text,
        Err(_) => return String::new(),
    };
    let end = (0..=MAX_SAID.min(said.len())).rev().find(|&end| said.is_char_boundary(end));
    format!(": {}", plain(said.get(..end.unwrap_or_default()).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_what_the_server_asks_for_and_no_more_than_an_hour() {
        let wait = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(DATE, "Mon, 23 Nov 2026 12:00:00 GMT".parse().unwrap());
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers).map(|wait| wait.as_secs())
        };
        for (value, wanted) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("99999999999", Some(3600)),
            ("Mon, 23 Nov 2026 12:00:30 GMT", Some(30)),
            ("Mon, 23 Nov 2026 11:00:30 GMT", Some(0)),
            ("Tue, 24 Nov 2026 12:00:30 GMT", Some(3600)),
            ("-1", None),
            ("soon", None),
        ] {
            assert_eq!(wait(value), wanted, "{value}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
