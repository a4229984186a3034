//! `/console/session`: signing in and out of the console.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use crate::auth::COOKIE;
use crate::clock;
use crate::problem::Problem;
use crate::session::LIFETIME;
use crate::state::Shared;

/// The longest request to sign in, in bytes: a token and what is around it.
const MAX_BODY: usize = 8 * 1024;

/// How long it may take to come.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// How things stand for the one who asks.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Standing {
    /// Whether reading needs a token here.
    token_needed: bool,
    /// Whether this request may read.
    may_read: bool,
}

/// Whether the page has to ask for a token.
pub(crate) async fn standing(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let readers = &shared.rights.get().readers;
    let standing = Standing {
        token_needed: !readers.is_open(),
        may_read: readers.admit(&headers, clock::now()),
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(standing)).into_response()
}

#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Offer {
    token: String,
}

/// Trades a read token for a cookie.
pub(crate) async fn sign_in(
    State(shared): State<Shared>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    refuse_other_sites(&headers)?;
    // Another site can't send this type without asking first, and is told nothing when it asks.
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|value| {
        value.to_str().is_ok_and(|value| value.split(';').next() == Some("application/json"))
    });
    if !is_json {
        return Err(Problem::not_json());
    }
    let body = timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY).collect()).await;
    let body = body.map_err(|_| Problem::malformed("the body did not come in time"))?;
    let body = body.map_err(|_| Problem::too_large(MAX_BODY))?.to_bytes();
    let Offer { token } =
        serde_json::from_slice(&body).map_err(|_| Problem::malformed("send {\"token\": \"…\"}"))?;
    let value = shared.rights.get().readers.trade(token.trim().as_bytes(), clock::now());
    let value = value.ok_or_else(Problem::not_authorized)?;
    done(&cookie(&uri, &headers, &value, LIFETIME))
}

/// Takes the cookie back.
pub(crate) async fn sign_out(
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    refuse_other_sites(&headers)?;
    done(&cookie(&uri, &headers, "", 0))
}

fn done(cookie: &str) -> Result<Response, Problem> {
    let cookie = HeaderValue::from_str(cookie).map_err(|_| Problem::unavailable())?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A browser says where a request comes from; nobody else sends cookies unasked.
fn refuse_other_sites(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Problem::other_site()),
    }
}

/// The cookie goes to this router's paths only: the host's own never see it. It is `Secure` unless
/// the browser says that its page came by plain http, which is right behind any proxy that ends TLS
/// and needs no setting.
fn cookie(uri: &Uri, headers: &HeaderMap, value: &str, max_age: i64) -> String {
    let prefix = uri.path().strip_suffix("/console/session").unwrap_or_default();
    // A host's path may come from the request too; what could end the attribute is left out.
    let path = if prefix.is_empty() || prefix.contains([';', ',']) { "/" } else { prefix };
    let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes);
    let secure = if origin.is_some_and(|o| o.starts_with(b"http://")) { "" } else { "; Secure" };
    format!("{COOKIE}={value}; Path={path}; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}")
}
