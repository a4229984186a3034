//! The routes, driven through the router as a host would.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod agents;
mod away;
mod console;
mod feed;
#[cfg(feature = "gcp")]
mod google;
mod health;
mod host;
mod hostile;
mod ingest;
mod metrics;
mod query;
mod spool;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use oasis_axum::Oasis;
use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, MemoryStore, Secret};
use serde_json::Value;
use tower::ServiceExt;

/// A gateway over an empty ledger in memory.
struct Gateway {
    oasis: Oasis,
    router: Router,
    signer: GithubVerifier,
}

fn ring() -> KeyRing {
    KeyRing::new(Secret::new("a secret of these tests").unwrap())
}

impl Gateway {
    fn new() -> Self {
        Self::over(Oasis::new(Arc::new(MemoryStore::new(oasis_axum::now)), &ring()))
    }

    fn over(oasis: Oasis) -> Self {
        Self { router: oasis.router(), oasis, signer: GithubVerifier::new(&ring()) }
    }

    fn delivery(&self, event: &str, id: &str, body: &[u8]) -> Request<Body> {
        Request::post("/webhooks/github")
            .header("content-type", "application/json")
            .header("x-github-event", event)
            .header("x-github-delivery", id)
            .header("x-hub-signature-256", self.signer.sign(body))
            .body(Body::from(body.to_vec()))
            .unwrap()
    }

    async fn call(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn get(&self, uri: &str) -> Response<Body> {
        self.call(Request::get(uri).body(Body::empty()).unwrap()).await
    }

    async fn get_json(&self, uri: &str) -> Value {
        let response = self.get(uri).await;
        assert_eq!(response.status(), StatusCode::OK, "{uri}");
        json(response).await
    }

    /// Delivers a push to a branch and gives the answer.
    async fn push(&self, id: &str, branch: &str) -> Value {
        let body = format!(r#"{{"ref":"refs/heads/{branch}","repository":{{"full_name":"o/r"}}}}"#);
        let response = self.call(self.delivery("push", id, body.as_bytes())).await;
        assert_eq!(response.status(), StatusCode::OK);
        json(response).await
    }
}

async fn json(response: Response<Body>) -> Value {
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// The problem document of a response, checked for its form.
async fn problem(response: Response<Body>) -> (StatusCode, String) {
    let status = response.status();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let document = json(response).await;
    assert_eq!(document["status"], status.as_u16());
    assert!(document["type"].as_str().unwrap().starts_with("urn:oasis:problem:"));
    assert!(!document["title"].as_str().unwrap().is_empty());
    (status, document["detail"].as_str().unwrap().to_owned())
}
