//! What `docs/embedding.md` shows, run as it stands there.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use axum::{Router, routing::get};
use oasis_axum::{Oasis, Options};
use oasis_core::verify::{GithubHeaders, GithubVerifier};
use oasis_core::{Arrival, IngestError, Ingestor, KeyRing, MemoryStore, Normalizer, Secret};
use oasis_core::{VtidScheme, VtidSearch};
use serde_json::Value;

fn store() -> MemoryStore {
    MemoryStore::new(oasis_axum::now)
}

fn ring() -> KeyRing {
    KeyRing::new(Secret::new("embedded").unwrap())
}

async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

/// Delivers a push to a branch and gives the answer.
async fn push(url: &str, branch: &str) -> Value {
    let body = format!(r#"{{"ref":"refs/heads/{branch}"}}"#);
    let delivery = reqwest::Client::new()
        .post(url)
        .header("x-github-event", "push")
        .header("x-github-delivery", branch)
        .header("x-hub-signature-256", GithubVerifier::new(&ring()).sign(body.as_bytes()))
        .body(body);
    delivery.send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn some_routes_beside_a_health_of_the_host_s_own() {
    async fn my_health() -> &'static str {
        "well"
    }
    let (store, ring) = (store(), ring());
    let oasis = Oasis::new(Arc::new(store), &ring);
    let app = Router::new()
        .route("/health", get(my_health))
        .merge(oasis.webhooks())
        .nest("/ledger", oasis.query().merge(oasis.feed()));
    let url = serve(app).await;

    let answer = push(&format!("{url}/webhooks/github"), "vt/DEV-CICDL-0031").await;
    assert_eq!(answer["position"], 1);
    let health = reqwest::get(format!("{url}/health")).await.unwrap();
    assert_eq!(health.text().await.unwrap(), "well");
    let events = reqwest::get(format!("{url}/ledger/api/v1/oasis/events")).await.unwrap();
    assert_eq!(events.json::<Value>().await.unwrap()[0]["vtid"], "DEV-CICDL-0031");
}

#[tokio::test]
async fn task_ids_of_one_s_own() {
    let (store, ring) = (Arc::new(store()), ring());
    let search = VtidSearch::new([
        VtidScheme::canonical_with(["DEV", "OPS"]),
        VtidScheme::numbered("PROJ", 1..=6),
    ]);
    let options = Options { normalizer: Normalizer::new(search), ..Options::default() };
    let oasis = Oasis::with(store, &ring, options);
    let url = serve(oasis.router()).await;
    assert_eq!(push(&format!("{url}/webhooks/github"), "proj-7-try").await["vtid"], "PROJ-7");
}

/// A handler as another framework has it: headers, and the body nobody has parsed.
async fn deliver(
    ingestor: &Ingestor,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(StatusCode, String), Box<dyn std::error::Error>> {
    let (now, ten_random_bytes) = (oasis_axum::now(), [7; 10]);
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let headers = GithubHeaders::read(pairs)?; // 400, 401 or 415: say the error
    let arrival = Arrival::new(now, ten_random_bytes);
    Ok(match ingestor.github(&headers, body, arrival).await {
        // The row is durable, and this is its place.
        Ok(appended) => (StatusCode::OK, appended.recorded.position.to_string()),
        // Nobody's signature: say why, and nothing else.
        Err(IngestError::Refused(refused)) => (StatusCode::UNAUTHORIZED, refused.to_string()),
        // With `Retry-After`; the error and its source are for the log.
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    })
}

#[tokio::test]
async fn another_framework_through_the_core_alone() {
    let ingestor = Ingestor::new(Arc::new(store()), &ring());
    let body = br#"{"ref":"refs/heads/main"}"#;
    let mut headers = HeaderMap::new();
    headers.insert("x-github-event", "push".parse().unwrap());
    headers.insert("x-github-delivery", "d-1".parse().unwrap());
    let signature = GithubVerifier::new(&ring()).sign(body);
    headers.insert("x-hub-signature-256", signature.parse().unwrap());
    let answer = deliver(&ingestor, &headers, body).await.unwrap();
    assert_eq!(answer, (StatusCode::OK, "1".to_owned()));
    let (status, _) = deliver(&ingestor, &headers, b"{}").await.unwrap();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
