//! GitHub's API of hook deliveries, on loopback, with the moods it has.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use oasis_core::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// What happens to the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Fine,
    Broken,
    /// No requests are left for a second.
    UsedUp,
    /// Too many at once.
    TooFast,
    Cut,
}

#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub(crate) id: u64,
    pub(crate) guid: String,
    pub(crate) event: String,
    pub(crate) payload: Value,
    pub(crate) delivered_at: Timestamp,
    pub(crate) redelivery: bool,
    pub(crate) status_code: u16,
}

#[derive(Default)]
pub(crate) struct Inner {
    /// From the oldest on.
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) moods: VecDeque<Mood>,
    pub(crate) hooks: Vec<u64>,
    /// What was asked, as `GET /path?query`.
    pub(crate) asked: Vec<String>,
    pub(crate) authorizations: Vec<String>,
    /// Where it sends again to, and how it signs then, if it does.
    pub(crate) receiver: Option<(String, Option<Signer>)>,
    /// What the next page's link starts with, if not with its own address.
    pub(crate) elsewhere: Option<String>,
    /// Requests while none were left.
    pub(crate) too_early: u32,
    used_up_until: Option<SystemTime>,
}

pub(crate) type Signer = fn(&[u8]) -> String;

#[derive(Clone)]
pub(crate) struct Github {
    pub(crate) url: String,
    inner: Arc<Mutex<Inner>>,
}

impl Github {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Mutex::new(Inner { hooks: vec![42], ..Inner::default() }));
        let github = Self { url, inner };
        let hooks = Router::new()
            .route("/hooks", get(hooks))
            .route("/hooks/42/deliveries", get(list))
            .route("/hooks/42/deliveries/{id}", get(one))
            .route("/hooks/42/deliveries/{id}/attempts", axum::routing::post(again));
        let app = Router::new()
            .nest("/repos/acme/shop", hooks.clone())
            .nest("/orgs/acme", hooks)
            .route("/app/hook/deliveries", get(list))
            .route("/app/hook/deliveries/{id}", get(one))
            .layer(axum::middleware::from_fn_with_state(github.clone(), moods))
            .with_state(github.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        github
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// What happens to a request, and whether it says what GitHub wants to hear.
    fn note(&self, request: &axum::extract::Request) -> (Mood, bool) {
        let header = |name: &str| {
            request.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
        };
        let mut inner = self.lock();
        inner.asked.push(format!("{} {}", request.method(), request.uri()));
        inner.authorizations.extend(header("authorization"));
        if inner.used_up_until.is_some_and(|until| SystemTime::now() < until) {
            inner.too_early += 1;
        }
        let polite = header("user-agent").is_some_and(|agent| agent.starts_with("oasis"))
            && header("accept").as_deref() == Some("application/vnd.github+json")
            && header("x-github-api-version").is_some();
        (inner.moods.pop_front().unwrap_or(Mood::Fine), polite)
    }

    /// Notes that a delivery was tried, so many seconds ago, and how that was answered.
    pub(crate) fn tried(&self, n: u64, payload: Value, age: i64, status_code: u16) -> String {
        let guid = format!("{n:08}-0000-4000-8000-000000000000");
        self.lock().attempts.push(Attempt {
            id: 12_345_678_900 + n,
            guid: guid.clone(),
            event: "push".to_owned(),
            payload,
            delivered_at: oasis_axum::now().saturating_add_millis(-1000 * age),
            redelivery: false,
            status_code,
        });
        guid
    }
}

/// Every request is written down, then the mood decides.
async fn moods(
    State(github): State<Github>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let (mood, polite) = github.note(&request);
    // It refuses who doesn't say who it is.
    if !polite {
        return (StatusCode::FORBIDDEN, "Request forbidden by administrative rules")
            .into_response();
    }
    match mood {
        Mood::Fine => next.run(request).await,
        Mood::Broken => (StatusCode::BAD_GATEWAY, "<html>Unicorn!</html>").into_response(),
        Mood::UsedUp => {
            let until = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 1;
            let until_time = UNIX_EPOCH + std::time::Duration::from_secs(until);
            github.lock().used_up_until = Some(until_time);
            let headers = [
                ("x-ratelimit-remaining", "0".to_owned()),
                ("x-ratelimit-reset", until.to_string()),
            ];
            let body = json!({"message": "API rate limit exceeded for user ID 1."});
            (StatusCode::FORBIDDEN, headers, Json(body)).into_response()
        }
        Mood::TooFast => {
            let body = json!({"message": "You have exceeded a secondary rate limit."});
            (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], Json(body)).into_response()
        }
        Mood::Cut => {
            let mut response = next.run(request).await;
            let promised = response.headers().get("content-length").cloned().unwrap();
            let broken = async { Err::<Bytes, _>(std::io::Error::other("cut")) };
            let body = axum::body::Body::from_stream(futures_util::stream::once(broken));
            *response.body_mut() = body;
            response.headers_mut().insert("content-length", promised);
            response
        }
    }
}

async fn hooks(State(github): State<Github>) -> Json<Value> {
    let hook =
        |id: &u64| json!({"id": id, "config": {"url": format!("https://h{id}.example.com")}});
    Json(github.lock().hooks.iter().map(hook).collect())
}

#[derive(Deserialize)]
struct Asked {
    per_page: usize,
    cursor: Option<u64>,
}

/// The newest first, as many as are asked for, and a link to the rest.
async fn list(
    State(github): State<Github>,
    axum::extract::OriginalUri(uri): axum::extract::OriginalUri,
    Query(asked): Query<Asked>,
) -> Response {
    assert!(asked.per_page <= 100);
    let inner = github.lock();
    let rest = inner.attempts.iter().rev().skip_while(|a| asked.cursor.is_some_and(|c| a.id > c));
    let mut page: Vec<_> = rest.take(asked.per_page + 1).collect();
    let mut headers = HeaderMap::new();
    if page.len() > asked.per_page {
        let next = page.pop().unwrap().id;
        let at = inner.elsewhere.as_ref().unwrap_or(&github.url);
        let link =
            format!("<{at}{}?per_page={}&cursor={next}>; rel=\"next\"", uri.path(), asked.per_page);
        headers.insert("link", link.parse().unwrap());
    }
    let item = |attempt: &&Attempt| {
        json!({
            "id": attempt.id, "guid": attempt.guid, "delivered_at": attempt.delivered_at,
            "redelivery": attempt.redelivery, "duration": 0.27, "event": attempt.event,
            "status": if attempt.status_code == 200 { "OK" } else { "Invalid HTTP Response" },
            "status_code": attempt.status_code, "action": null, "installation_id": null,
            "repository_id": 1, "throttled_at": null,
        })
    };
    (headers, Json(page.iter().map(item).collect::<Value>())).into_response()
}

async fn one(State(github): State<Github>, Path(id): Path<u64>) -> Response {
    let inner = github.lock();
    let Some(attempt) = inner.attempts.iter().find(|attempt| attempt.id == id) else {
        return (StatusCode::NOT_FOUND, Json(json!({"message": "Not Found"}))).into_response();
    };
    Json(json!({
        "id": id, "guid": attempt.guid, "delivered_at": attempt.delivered_at,
        "redelivery": attempt.redelivery, "event": attempt.event, "action": null,
        "status": "OK", "status_code": attempt.status_code,
        "request": {"headers": {"X-GitHub-Event": attempt.event}, "payload": attempt.payload},
        "response": {"headers": {}, "payload": "ok"},
    }))
    .into_response()
}

/// Sends a delivery again; the attempt is in the list when that is answered.
async fn again(State(github): State<Github>, method: Method, Path(id): Path<u64>) -> StatusCode {
    assert_eq!(method, Method::POST);
    let found = github.lock().attempts.iter().find(|attempt| attempt.id == id).cloned();
    let Some(attempt) = found else { return StatusCode::NOT_FOUND };
    let (receiver, signer) = github.lock().receiver.clone().unwrap();
    tokio::spawn(async move {
        let body = serde_json::to_vec(&attempt.payload).unwrap();
        let mut request = reqwest::Client::new()
            .post(format!("{receiver}/webhooks/github"))
            .header("content-type", "application/json")
            .header("x-github-event", &attempt.event)
            .header("x-github-delivery", &attempt.guid);
        if let Some(signer) = signer {
            request = request.header("x-hub-signature-256", signer(&body));
        }
        let status = request.body(body).send().await.unwrap().status().as_u16();
        let mut inner = github.lock();
        let next = inner.attempts.last().unwrap().id + 1;
        let delivered_at = oasis_axum::now();
        inner.attempts.push(Attempt {
            id: next,
            redelivery: true,
            status_code: status,
            delivered_at,
            ..attempt
        });
    });
    StatusCode::ACCEPTED
}
