use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use oasis_axum::{Oasis, Options, Token};
use oasis_core::{MemoryStore, Presence, PresenceStore};
use serde_json::{Value, json};

use crate::{Gateway, json as body_json, problem, ring};

const TOKEN: &str = "an-ingest-token-of-these-tests";

fn gateway() -> (Gateway, Arc<MemoryStore>) {
    let store = Arc::new(MemoryStore::new(oasis_axum::now));
    let ingest_tokens = vec![Token::new(TOKEN).unwrap()];
    let options = Options { ingest_tokens, ..Options::default() };
    let mut gateway = Gateway::over(Oasis::with(Arc::clone(&store) as _, &ring(), options));
    gateway.router = gateway.router.merge(gateway.oasis.agents(Arc::clone(&store) as _));
    (gateway, store)
}

async fn beat(gateway: &Gateway, body: Value) -> Value {
    let request = Request::post("/api/v1/agents/heartbeat")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json");
    let response = gateway.call(request.body(Body::from(body.to_string())).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    body_json(response).await
}

async fn titles(gateway: &Gateway) -> Vec<String> {
    let events = gateway.get_json("/events?order=asc&source=agent.ping").await;
    let title = |event: &Value| event["title"].as_str().unwrap().to_owned();
    events.as_array().unwrap().iter().map(title).collect()
}

#[tokio::test]
async fn idle_heartbeats_are_one_row_and_a_change_is_another() {
    let (gateway, store) = gateway();
    let idle =
        json!({ "agent": "crew-7", "role": "worker", "vtid": "IDLE", "interval_seconds": 30 });
    let answer = beat(&gateway, idle.clone()).await;
    assert_eq!((&answer["state"], &answer["ok"]), (&json!("online"), &json!(true)));
    for _ in 0..10 {
        beat(&gateway, idle.clone()).await;
    }
    let mut busy = idle.clone();
    busy["vtid"] = json!("DEV-CICDL-0031");
    beat(&gateway, busy.clone()).await;
    beat(&gateway, busy).await;
    let titles = titles(&gateway).await;
    // A minute may have ended meanwhile, which gives one more of each.
    let count = |end: &str| titles.iter().filter(|title| title.ends_with(end)).count();
    assert_eq!(count("-ONLINE"), 1, "{titles:?}");
    assert!((2..=3).contains(&count("-HEARTBEAT")), "{titles:?}");

    let agents = gateway.get_json("/api/v1/agents").await;
    assert_eq!(agents[0]["agent"], "crew-7");
    assert_eq!(agents[0]["state"], "online");
    assert_eq!(agents[0]["vtid"], "DEV-CICDL-0031");
    assert_eq!(agents[0]["interval_seconds"], 30);
    assert_eq!(store.agents().await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_agent_that_has_gone_and_comes_back_is_told_once_by_many_replicas() {
    let (gateway, store) = gateway();
    let long_ago = oasis_axum::now().saturating_add_millis(-600_000);
    let gone = Presence::new("crew-7".to_owned(), "worker".to_owned(), long_ago);
    store.note(gone.clone()).await.unwrap();
    assert_eq!(gateway.get_json("/api/v1/agents").await[0]["state"], "offline");

    // Two watchers, as two replicas have, and one more after a restart.
    let mut follow = oasis_core::EventStoreExt::follow(&*store, None);
    let watchers: Vec<_> =
        (0..3).map(|_| tokio::spawn(gateway.oasis.watch_agents(Arc::clone(&store) as _))).collect();
    follow.next().await.unwrap();
    let answer = beat(&gateway, json!({ "agent": "crew-7", "role": "worker" })).await;
    assert_eq!(answer["state"], "online");
    gateway.oasis.close_feeds();
    for watcher in watchers {
        watcher.await.unwrap();
    }
    let titles = titles(&gateway).await;
    assert_eq!(titles, ["AGTL-WORKER-OFFLINE", "AGTL-WORKER-ONLINE", "AGTL-WORKER-HEARTBEAT"]);
}

#[tokio::test]
async fn a_heartbeat_needs_a_token_and_its_fields() {
    let (gateway, store) = gateway();
    let post = |token: &str, body: &'static str| {
        Request::post("/api/v1/agents/heartbeat")
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body))
            .unwrap()
    };
    let refused = problem(gateway.call(post("wrong", "{}")).await).await;
    assert_eq!(refused.0, StatusCode::UNAUTHORIZED);
    let response =
        gateway.call(post(TOKEN, r#"{"agent":"a","role":"r","interval_seconds":0}"#)).await;
    let (status, detail) = problem(response).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(detail.contains("interval_seconds"), "{detail}");
    assert_eq!(store.agents().await.unwrap(), []);
}
