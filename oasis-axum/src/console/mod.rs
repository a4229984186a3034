//! `GET /console`: the Live Console, a page with its style and scripts, all from this binary.
//!
//! The page is the same for everybody and holds no event: it asks the query API and the feed like
//! any other client. All its addresses are relative, so that it works below a host's path.

mod files;
pub(crate) mod session;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::problem::{Problem, not_found};
use crate::segment::Segment;

/// What the page may load and do: its own files and this origin's API. There is no inline script or
/// style, no frame around it, and a text never becomes markup (trusted types without a policy).
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'",
);

/// The page itself.
pub(crate) async fn page(headers: HeaderMap) -> Result<Response, Problem> {
    send("index.html", &headers).await
}

/// One of the page's files.
pub(crate) async fn file(Segment(name): Segment, headers: HeaderMap) -> Result<Response, Problem> {
    send(&name, &headers).await
}

/// With a slash too many the page's relative addresses would lead nowhere.
pub(crate) async fn without_slash() -> impl IntoResponse {
    (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, "../console")])
}

async fn send(name: &str, request: &HeaderMap) -> Result<Response, Problem> {
    let Some(file) = files::find(name) else {
        return Err(not_found().await);
    };
    let gzip = lists(request, header::ACCEPT_ENCODING, "gzip");
    let (tag, body) = if gzip { file.gzip() } else { file.plain() };
    let mut headers = HeaderMap::new();
    // A browser asks each time whether its copy is still right: a new version of the gateway is
    // seen at the next load, and what did not change costs a 304.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::ETAG, tag.clone());
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), same_origin.clone());
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), same_origin);
    if tag.to_str().is_ok_and(|tag| lists(request, header::IF_NONE_MATCH, tag)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type()));
    if gzip {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok((headers, Body::from(body)).into_response())
}

/// Whether a header's comma-separated list has this item; one with `;q=0` is refused, not listed.
fn lists(headers: &HeaderMap, name: HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| {
        let (item, quality) = item.split_once(';').unwrap_or((item, ""));
        let item = item.trim().trim_start_matches("W/");
        item == wanted && !matches!(quality.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
    })
}
