use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use futures_util::{FutureExt, StreamExt};
use memchr::memmem;
use oasis_core::{Position, Recorded};
use serde_json::Value;
use tower::ServiceExt;

use crate::event_stream::EventStream;
use crate::host::{ADMIN, Host, INGEST, READ, SECRET, wait};
use crate::request::read;
use crate::road::VERIFIER;

/// Requests one after the other, each a line `METHOD target`, then headers and a body, parted by lines
/// of four dashes. Where a header says `!sign`, `!read`, `!ingest` or `!admin`, it is the right one.
/// Whatever they are: nothing panics, each answer is one that the OpenAPI document knows, what is
/// refused leaves no row and says why, and what is taken is in the ledger at the place it is told.
pub fn router(data: &[u8]) {
    let host = Host::with_named(data.len().is_multiple_of(2), |path| holds(data, path));
    let shows_secrets = [SECRET, READ, INGEST, ADMIN].iter().any(|secret| holds(data, secret));
    let mut rest = data;
    for _ in 0..MAX_REQUESTS {
        const BORDER: &[u8] = b"\n----\n";
        let end = memmem::find(rest, BORDER);
        let one = &rest[..end.unwrap_or(rest.len())];
        if let Some(request) = request(one) {
            let asked = (request.method().clone(), request.uri().clone());
            let before = host.head();
            let answer = host.call(request);
            Answer::check(&host, &asked.0, asked.1.path(), before, answer, shows_secrets);
        }
        let Some(end) = end else { break };
        rest = &rest[end + BORDER.len()..];
    }
    let positions = host.rows(None).into_iter().map(|row| row.position.get());
    assert!(positions.eq(1..=host.head().map_or(0, Position::get)), "the ledger has a gap");
}

/// A request may bring a thousand events, and the ledger is read to its end after each.
const MAX_REQUESTS: usize = 8;

fn holds(data: &[u8], text: &str) -> bool {
    // Not by comparing slice after slice: libFuzzer takes note of each comparison.
    memmem::find(data, text.as_bytes()).is_some()
}

/// A request, if it is one that an HTTP library would hand on.
fn request(text: &[u8]) -> Option<Request<Body>> {
    let line = text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len());
    let (first, rest) = text.split_at(line);
    let space = first.iter().position(|&byte| byte == b' ')?;
    let method = Method::from_bytes(&first[..space]).ok()?;
    let uri = Uri::try_from(&first[space + 1..]).ok()?;
    let (headers, body) = read(rest.strip_prefix(b"\n").unwrap_or(rest));
    let mut request = Request::new(Body::from(body.to_vec()));
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = match value {
            b"!sign" => HeaderValue::from_str(&VERIFIER.sign(body)),
            b"!read" => HeaderValue::from_str(&format!("Bearer {READ}")),
            b"!ingest" => HeaderValue::from_str(&format!("Bearer {INGEST}")),
            b"!admin" => HeaderValue::from_str(&format!("Bearer {ADMIN}")),
            other => HeaderValue::from_bytes(other),
        };
        request.headers_mut().append(name, value.ok()?);
    }
    Some(request)
}

struct Answer<'h> {
    host: &'h Host,
    before: Option<Position>,
    status: StatusCode,
    headers: HeaderMap,
}

impl<'h> Answer<'h> {
    fn check(
        host: &'h Host,
        method: &Method,
        path: &str,
        before: Option<Position>,
        response: Response<Body>,
        shows_secrets: bool,
    ) {
        let (parts, body) = response.into_parts();
        let answer = Self { host, before, status: parts.status, headers: parts.headers };
        answer.is_documented(method, path);
        if answer.is("text/event-stream") && *method != Method::HEAD {
            return answer.feed(body);
        }
        let body = wait(to_bytes(body, usize::MAX)).expect("it is in memory");
        if !shows_secrets {
            let told = |secret: &&str| holds(&body, secret);
            assert!(![SECRET, READ, INGEST, ADMIN].iter().any(told), "an answer tells a secret");
        }
        let (written, refused) = (host.head() > before, !answer.status.is_success());
        assert!(!written || (!refused && *method == Method::POST), "who was refused has written");
        if *method == Method::HEAD {
            return;
        }
        if refused && !answer.status.is_redirection() {
            answer.problem(&body);
        } else if *method == Method::POST && answer.status == StatusCode::OK {
            answer.receipts(&body);
        }
    }

    /// The document knows the status for the route, or there is no such route or method.
    fn is_documented(&self, method: &Method, path: &str) {
        let status = self.status.as_u16();
        assert!(status < 500, "{method} {path}: {status}");
        // Leads to the one without the slash, and isn't described.
        if path == "/console/" {
            return;
        }
        let item = DOCUMENT.iter().find(|(template, _)| fits(template, path));
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        // The document writes methods small; HTTP minds their case.
        let name = method.as_str().to_ascii_lowercase();
        let known = name.to_ascii_uppercase() == method.as_str();
        match item.map(|(_, item)| (item, item.get(&name).filter(|_| known))) {
            None => assert_eq!(status, 404, "{method} {path}"),
            // Who may not read is not told what else there is.
            Some((_, None)) => {
                assert!(matches!(status, 401 | 405), "{method} {path}: {status}");
                let allow = self.headers.contains_key("allow");
                assert!(allow || status == 401, "{method} {path}");
            }
            Some((_, Some(operation))) => {
                let known = operation["responses"].get(status.to_string()).is_some();
                assert!(known, "{method} {path} answers {status}, which is not documented");
            }
        }
    }

    fn is(&self, media_type: &str) -> bool {
        self.headers.get("content-type").is_some_and(|value| value == media_type)
    }

    fn problem(&self, body: &[u8]) {
        assert!(self.is("application/problem+json"), "{} is no problem document", self.status);
        let problem: Value = serde_json::from_slice(body).expect("a problem is JSON");
        assert_eq!(problem["status"], self.status.as_u16());
        let text = |name: &str| problem[name].as_str().expect("a problem says it").to_owned();
        assert!(text("type").starts_with("urn:oasis:problem:"));
        assert!(!text("title").is_empty() && !text("detail").is_empty());
        let challenge = self.headers.contains_key("www-authenticate");
        let token = text("type").ends_with(":not-authorized");
        assert_eq!(challenge, token, "{problem}");
    }

    /// Each event that is told to be in the ledger is there, at that place.
    fn receipts(&self, body: &[u8]) {
        let told: Value = serde_json::from_slice(body).expect("an answer is JSON");
        assert_eq!(told["ok"], true);
        let one = std::slice::from_ref(&told);
        for receipt in told["results"].as_array().map_or(one, Vec::as_slice) {
            // A heartbeat that says nothing new is no row.
            let Some(position) = receipt["position"].as_u64() else {
                assert!(receipt.get("agent").is_some());
                continue;
            };
            let before = Position::new(position - 1);
            let row = self.host.rows(before).into_iter().next().expect("there is such a row");
            assert_eq!(row.position.get(), position);
            if receipt.get("agent").is_some() {
                continue;
            }
            let event = serde_json::to_value(&row).expect("a row is always JSON");
            for same in ["id", "vtid", "title"] {
                assert_eq!(receipt[same], event[same]);
            }
            let new = Some(row.position) > self.before;
            assert!(new || receipt["duplicate"] == true, "{receipt}");
        }
    }

    /// What a feed tells at once: that it is connected, and rows as they are.
    fn feed(&self, body: Body) {
        let mut stream = body.into_data_stream();
        let written = wait(async {
            let mut written = Vec::new();
            for _ in 0..8 {
                while let Some(Some(piece)) = stream.next().now_or_never() {
                    written.extend_from_slice(&piece.expect("nothing fails in memory"));
                }
                tokio::task::yield_now().await;
            }
            written
        });
        let read = EventStream::of([&*written]);
        let first = read.messages.first().expect("a feed says that it is connected");
        assert!(first.data.contains(r#""type":"connected""#), "{first:?}");
        let mut at = 0;
        for message in &read.messages[1..] {
            let Ok(row) = serde_json::from_str::<Recorded>(&message.data) else {
                assert!(message.data.contains(r#""type":"resync""#), "{message:?}");
                continue;
            };
            assert!(row.position.get() > at, "the feed goes back");
            at = row.position.get();
            assert_eq!(message.id, at.to_string());
            assert_eq!(self.host.rows(Position::new(at - 1)).first(), Some(&row));
        }
    }
}

/// The paths of the OpenAPI document, and what it says of them.
static DOCUMENT: LazyLock<Vec<(String, Value)>> = LazyLock::new(|| {
    let host = Host::new(true);
    let ask = Request::get("/openapi.json").body(Body::empty()).expect("it is a request");
    let response = wait(host.described().oneshot(ask)).unwrap_or_else(|never| match never {});
    let body = wait(to_bytes(response.into_body(), usize::MAX)).expect("it is in memory");
    let document: Value = serde_json::from_slice(&body).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("it has paths");
    // What is written out comes before what has a gap.
    let mut paths: Vec<_> = paths.iter().map(|(path, item)| (path.clone(), item.clone())).collect();
    paths.sort_by_key(|(path, _)| path.contains('{'));
    paths
});

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found => {}
            (Some(wanted), Some(found)) if wanted.starts_with('{') && !found.is_empty() => {}
            _ => return false,
        }
    }
}
