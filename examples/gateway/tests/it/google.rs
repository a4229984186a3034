//! Cloud Logging and Google's token server, on loopback, with the moods they have.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use oasis_core::Timestamp;
use serde_json::{Value, json};

/// What happens to the next request for entries.
pub(crate) enum Mood {
    Fine,
    TooMany,
    Broken,
    Cut,
    /// The token is no longer good.
    Expired,
    Forbidden,
    /// No entries yet, but a token for the next page.
    NothingYet,
}

#[derive(Default)]
pub(crate) struct Inner {
    /// In the order in which they became visible.
    pub(crate) entries: Vec<Value>,
    pub(crate) moods: VecDeque<Mood>,
    pub(crate) page_size: usize,
    pub(crate) tokens_given: u32,
    pub(crate) asked: u32,
}

#[derive(Clone)]
pub(crate) struct Google {
    pub(crate) url: String,
    key: Arc<KeyPair>,
    inner: Arc<Mutex<Inner>>,
}

impl Google {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let google = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            key: Arc::new(KeyPair::generate(KeySize::Rsa2048).unwrap()),
            inner: Arc::new(Mutex::new(Inner { page_size: 100, ..Inner::default() })),
        };
        let app = Router::new()
            .route("/v2/entries:list", post(entries))
            .route("/token", post(token))
            .with_state(google.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        google
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// Writes the key of a service account, as Google gives it.
    pub(crate) fn write_key(&self, path: &Path) {
        let der: Pkcs8V1Der<'_> = self.key.as_der().unwrap();
        let pem = BASE64_STANDARD.encode(der.as_ref());
        let key = json!({
            "type": "service_account", "client_email": "watch@acme-prod.iam.gserviceaccount.com",
            "private_key": format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n"),
            "private_key_id": "k1", "token_uri": format!("{}/token", self.url),
        });
        std::fs::write(path, key.to_string()).unwrap();
    }

    /// What checks the signatures that are made with the key.
    pub(crate) fn decoding_key(&self) -> DecodingKey {
        let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let public = self.key.public_key();
        let key = DecodingKey::from_rsa_components(
            &number(public.modulus().big_endian_without_leading_zero()),
            &number(public.exponent().big_endian_without_leading_zero()),
        );
        key.unwrap()
    }

    /// Makes an entry visible that says it is this many seconds old.
    pub(crate) fn log(&self, id: &str, age: i64) {
        let at = oasis_axum::now().saturating_add_millis(-1000 * age);
        self.lock().entries.push(json!({
            "insertId": id, "timestamp": at,
            "logName": "projects/acme-prod/logs/cloudaudit.googleapis.com%2Fsystem_event",
            "protoPayload": {
                "serviceName": "run.googleapis.com", "methodName": "/Services.ReplaceService",
                "resourceName": format!("namespaces/acme-prod/revisions/{id}"),
                "status": { "message": format!("Ready condition status changed to True for Revision {id}.") },
            },
            "resource": { "type": "cloud_run_revision", "labels": { "service_name": "shop" } },
            "severity": "INFO",
        }));
    }
}

async fn token(State(google): State<Google>, body: String) -> Response {
    let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    let assertion = body.strip_prefix(grant).unwrap();
    let mut wanted = Validation::new(Algorithm::RS256);
    wanted.set_audience(&[format!("{}/token", google.url)]);
    wanted.set_issuer(&["watch@acme-prod.iam.gserviceaccount.com"]);
    let Ok(claims) = decode::<Value>(assertion, &google.decoding_key(), &wanted) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })))
            .into_response();
    };
    assert_eq!(claims.claims["scope"], "https://www.googleapis.com/auth/logging.read");
    let mut inner = google.lock();
    inner.tokens_given += 1;
    let token = format!("canary-token-{}", inner.tokens_given);
    Json(json!({ "access_token": token, "expires_in": 3599, "token_type": "Bearer" }))
        .into_response()
}

fn refused(status: StatusCode, word: &str) -> Response {
    let error =
        json!({ "error": { "code": status.as_u16(), "message": "not now", "status": word } });
    (status, Json(error)).into_response()
}

async fn entries(State(google): State<Google>, headers: HeaderMap, body: Bytes) -> Response {
    let mut inner = google.lock();
    inner.asked += 1;
    let wanted = format!("Bearer canary-token-{}", inner.tokens_given);
    if headers["authorization"] != wanted {
        return refused(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED");
    }
    let request: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(request["resourceNames"], json!(["projects/acme-prod"]));
    assert_eq!(request["orderBy"], "timestamp asc");
    let filter = request["filter"].as_str().unwrap();
    assert!(filter.contains("protoPayload.serviceName=\"run.googleapis.com\""));
    let since = filter.split("timestamp>=\"").nth(1).unwrap().trim_end_matches('"');
    let since: Timestamp = since.parse().unwrap();

    let at = |entry: &Value| entry["timestamp"].as_str().unwrap().parse::<Timestamp>().unwrap();
    let mut found: Vec<_> = inner.entries.iter().filter(|e| at(e) >= since).cloned().collect();
    found.sort_by_key(at);
    // A place in one list is none in another.
    let start = match request["pageToken"].as_str() {
        None => 0,
        Some(token) => {
            let (place, of) = token.split_once('|').unwrap();
            if of != filter {
                return refused(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT");
            }
            place.trim_end_matches('+').parse().unwrap()
        }
    };
    let (mut end, mut more) = (found.len().min(start + inner.page_size), "");
    match inner.moods.pop_front() {
        Some(Mood::TooMany) => {
            let busy = refused(StatusCode::TOO_MANY_REQUESTS, "RESOURCE_EXHAUSTED");
            return ([("retry-after", "0")], busy).into_response();
        }
        Some(Mood::Broken) => return refused(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL"),
        Some(Mood::Forbidden) => return refused(StatusCode::FORBIDDEN, "PERMISSION_DENIED"),
        Some(Mood::Expired) => return refused(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"),
        Some(Mood::Cut) => {
            let parts: [std::io::Result<&str>; 2] =
                [Ok("{\"entries\":["), Err(std::io::ErrorKind::ConnectionReset.into())];
            return Body::from_stream(futures_util::stream::iter(parts)).into_response();
        }
        Some(Mood::NothingYet) => (end, more) = (start, "+"),
        Some(Mood::Fine) | None => {}
    }
    // As Google does, a list that has nothing says nothing.
    let mut answer = json!({});
    if end > start {
        answer["entries"] = json!(found[start..end]);
    }
    if end < found.len() || !more.is_empty() {
        answer["nextPageToken"] = format!("{end}{more}|{filter}").into();
    }
    Json(answer).into_response()
}
