use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use oasis_axum::{Oasis, ROUTES};
use oasis_core::GroupCommit;

use crate::away::{Ledger, Mood};
use crate::{Gateway, problem, ring};

#[tokio::test]
async fn c8_a_reflected_host() {
    let gateway = Gateway::new();
    gateway.push("d-1", "vt/DEV-CICDL-0031").await;
    gateway.push("d-2", "vt/DEV-CICDL-0031").await;
    for (method, path) in ROUTES {
        let path = path
            .replace("{id}", "x")
            .replace("{vtid}", "DEV-CICDL-0031")
            .replace("{file}", "main.js")
            .replace("/events", "/events?limit=1");
        let mut request = Request::builder().method(*method).uri(&path);
        for name in ["host", "x-forwarded-host", "x-original-host", "forwarded"] {
            request = request.header(name, "host=evil.example.com");
        }
        let request =
            request.header("x-forwarded-proto", "javascript").body(Body::empty()).unwrap();
        let response = gateway.call(request).await;
        let headers = format!("{:?}", response.headers());
        assert!(!headers.contains("evil") && !headers.contains("javascript:"), "{path}: {headers}");
        if path.ends_with("/feed") {
            continue;
        }
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("evil"), "{path}");
    }
}

#[tokio::test]
async fn h10_an_error_read_as_empty() {
    let ledger = Ledger::new();
    let gateway = Gateway::over(Oasis::new(Arc::new(ledger.clone()), &ring()));
    let id = gateway.push("d-1", "vt/DEV-CICDL-0031").await["id"].as_str().unwrap().to_owned();
    ledger.is(Mood::Away);
    for path in [
        "/events",
        "/events?limit=1&count=exact",
        "/api/v1/oasis/events?vtid=DEV-CICDL-0031",
        &format!("/api/v1/oasis/events/{id}"),
        "/api/v1/vtids/DEV-CICDL-0031",
        "/api/v1/devhub/feed",
        "/api/v1/devhub/feed?last_event_id=1",
        "/readyz",
        "/webhooks/health",
    ] {
        let response = gateway.get(path).await;
        assert!(response.headers().contains_key("retry-after"), "{path}");
        assert_eq!(problem(response).await.0, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn f10_an_answer_before_it_is_durable() {
    let ledger = Ledger::new();
    let store = GroupCommit::new(Arc::new(ledger.clone()));
    let gateway = Gateway::over(Oasis::new(Arc::new(store), &ring()));
    ledger.is(Mood::Hangs);
    let mut waiting = tokio::task::JoinSet::new();
    for n in 0..200 {
        let (router, request) =
            (gateway.router.clone(), gateway.delivery("push", &format!("d-{n}"), b"{}"));
        waiting.spawn(tower::ServiceExt::oneshot(router, request));
    }
    let answered = tokio::time::timeout(Duration::from_secs(3600), waiting.join_next()).await;
    assert!(answered.is_err(), "something was answered while the commit was under way");
}

#[tokio::test]
async fn b11_a_panic_in_a_commit() {
    let ledger = Ledger::new();
    let store = GroupCommit::new(Arc::new(ledger.clone()));
    let gateway = Gateway::over(Oasis::new(Arc::new(store), &ring()));
    gateway.push("d-1", "main").await;
    for round in 0..100 {
        ledger.is(Mood::AppendPanics);
        let broken = gateway.call(gateway.delivery("push", &format!("p-{round}"), b"{}")).await;
        assert_eq!(problem(broken).await.0, StatusCode::SERVICE_UNAVAILABLE);
        ledger.is(Mood::Well);
        // Nobody after it is harmed, and it may come again.
        let again = gateway.call(gateway.delivery("push", &format!("p-{round}"), b"{}")).await;
        assert_eq!(again.status(), StatusCode::OK);
    }
}
