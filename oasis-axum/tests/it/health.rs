use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use oasis_axum::spool::Spool;
use oasis_axum::{Expected, Oasis, Options, Token};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::away::{Ledger, Mood};
use crate::{Gateway, json as body_json, ring};

fn with(ledger: &Ledger, options: Options) -> Gateway {
    Gateway::over(Oasis::with(Arc::new(ledger.clone()), &ring(), options))
}

/// What `/readyz` says, and what it says of this dependency.
async fn ready(gateway: &Gateway, name: &str) -> (StatusCode, Value, Value) {
    let response = gateway.get("/readyz").await;
    let (status, document) = (response.status(), body_json(response).await);
    let dependencies = document["dependencies"].as_array().unwrap();
    let found = dependencies.iter().find(|dependency| dependency["name"] == name);
    (status, document.clone(), found.cloned().unwrap_or_default())
}

#[tokio::test]
async fn each_dependency_is_named_with_evidence_and_its_age() {
    let ledger = Ledger::new();
    let gateway = with(&ledger, Options::default());
    gateway.push("d-1", "main").await;
    let cloud = gateway.oasis.depends_on("cloud_logging");
    let (status, document, seen) = ready(&gateway, "ledger").await;
    assert_eq!(
        (status, &document["ok"], &document["degraded"]),
        (StatusCode::OK, &json!(true), &json!(false))
    );
    assert_eq!(document["position"], 1);
    assert!(
        seen["ok"] == true && seen["age_seconds"] == 0 && seen["seen_at"].is_string(),
        "{seen}"
    );
    assert!(seen["detail"].as_str().unwrap().contains("newest position"), "{seen}");
    let (_, _, unused) = ready(&gateway, "cloud_logging").await;
    assert!(unused["ok"] == true && unused.get("seen_at").is_none(), "{unused}");

    cloud.failing("it answered 500");
    let (status, document, seen) = ready(&gateway, "cloud_logging").await;
    assert_eq!(
        (status, &document["degraded"]),
        (StatusCode::OK, &json!(true)),
        "deliveries are taken"
    );
    assert!(seen["ok"] == false && seen["detail"] == "it answered 500", "{seen}");
    cloud.well("3 entries");
    assert_eq!(ready(&gateway, "cloud_logging").await.1["degraded"], false);

    ledger.is(Mood::Away);
    let (status, document, seen) = ready(&gateway, "ledger").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(document["type"], "urn:oasis:problem:not-ready");
    assert!(seen["ok"] == false && seen["detail"].as_str().unwrap().contains("away"), "{seen}");
}

#[tokio::test]
async fn a_gateway_with_a_spool_is_ready_while_its_ledger_is_away() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    let spool = Spool::open(dir.path(), 300).unwrap();
    let gateway = with(&ledger, Options { spool: Some(spool), ..Options::default() });
    ledger.is(Mood::Away);
    let (status, document, seen) = ready(&gateway, "ledger").await;
    assert_eq!((status, &document["degraded"]), (StatusCode::OK, &json!(true)));
    assert!(seen["ok"] == false && document.get("position").is_none(), "{document}");
    let (_, _, spool) = ready(&gateway, "spool").await;
    assert!(spool["detail"].as_str().unwrap().starts_with("0 events wait"), "{spool}");
    // It is full when the first is in it, as the next would have no place.
    let mut n = 0;
    while gateway.call(gateway.delivery("push", &format!("d-{n}"), b"{}")).await.status() == 202 {
        n += 1;
        assert!(n < 10);
    }
    assert!(
        ready(&gateway, "spool").await.2["detail"]
            .as_str()
            .unwrap()
            .contains(&format!("{n} events"))
    );
}

#[tokio::test]
async fn a_stranger_learns_what_is_well_and_no_more() {
    let ledger = Ledger::new();
    let read_tokens = vec![Token::new("a-read-token-of-these-tests").unwrap()];
    let gateway = with(&ledger, Options { read_tokens, ..Options::default() });
    gateway.push("d-1", "main").await;
    for path in
        ["/readyz", "/health", "/webhooks/health", "/events/health", "/api/v1/devhub/health"]
    {
        let mut document = gateway.get_json(path).await;
        document.as_object_mut().unwrap().remove("ts");
        let ledger = json!({ "name": "ledger", "ok": true });
        let wanted = json!({ "ok": true, "degraded": false, "dependencies": [ledger] });
        assert_eq!(document, wanted, "{path}");
    }
    ledger.is(Mood::Away);
    let (_, document, seen) = ready(&gateway, "ledger").await;
    assert_eq!(seen, json!({ "name": "ledger", "ok": false }), "{document}");
}

#[tokio::test]
async fn a_silent_source_is_red_only_where_it_is_expected() {
    let ledger = Ledger::new();
    let silent = with(&ledger, Options::default());
    assert_eq!(ready(&silent, "ledger").await.0, StatusCode::OK);

    let within = |within| Expected { source: "github.actions".to_owned(), within };
    let hour = Duration::from_secs(3600);
    let gateway = with(&ledger, Options { expected: vec![within(hour)], ..Options::default() });
    let (status, _, seen) = ready(&gateway, "source github.actions").await;
    assert_eq!((status, &seen["ok"]), (StatusCode::SERVICE_UNAVAILABLE, &json!(false)), "{seen}");
    gateway.push("d-1", "main").await;
    let (status, document, seen) = ready(&gateway, "source github.actions").await;
    assert_eq!((status, &seen["ok"]), (StatusCode::OK, &json!(true)), "{document}");

    // Another replica, or this one after a restart, knows it from the ledger.
    let again = with(&ledger, Options { expected: vec![within(hour)], ..Options::default() });
    assert_eq!(ready(&again, "source github.actions").await.0, StatusCode::OK);
    let instant = Duration::from_millis(1);
    let impatient =
        with(&ledger, Options { expected: vec![within(instant)], ..Options::default() });
    tokio::time::sleep(2 * instant).await;
    let (status, _, seen) = ready(&impatient, "source github.actions").await;
    assert_eq!((status, &seen["ok"]), (StatusCode::SERVICE_UNAVAILABLE, &json!(false)), "{seen}");
}

#[tokio::test]
async fn what_another_replica_recorded_counts_too() {
    let ledger = Ledger::new();
    let expected =
        vec![Expected { source: "github.actions".to_owned(), within: Duration::from_secs(3600) }];
    let here = with(&ledger, Options { expected, ..Options::default() });
    assert_eq!(ready(&here, "ledger").await.0, StatusCode::SERVICE_UNAVAILABLE);
    let there = with(&ledger, Options::default());
    there.push("d-1", "main").await;
    let began = std::time::Instant::now();
    while ready(&here, "ledger").await.0 != StatusCode::OK {
        assert!(began.elapsed() < Duration::from_secs(20), "the follower does not see it");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn b11_a_panic_in_the_task_that_follows_the_ledger() {
    use futures_util::StreamExt;

    let ledger = Ledger::new();
    let gateway = with(&ledger, Options::default());
    let mut feed = gateway.get("/api/v1/devhub/feed").await.into_body().into_data_stream();
    assert!(feed.next().await.unwrap().unwrap().starts_with(b"retry"));
    ledger.is(Mood::PanicsOnce);
    gateway.push("d-1", "main").await;
    let began = std::time::Instant::now();
    let event = tokio::time::timeout(Duration::from_secs(20), feed.next()).await.unwrap();
    assert!(event.unwrap().unwrap().starts_with(b"id: 1\n"));
    assert!(!ledger.still(Mood::PanicsOnce), "it did panic");
    assert!(began.elapsed() < Duration::from_secs(5));
}
