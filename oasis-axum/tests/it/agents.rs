use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use oasis_axum::{Oasis, Options, Token};
use oasis_core::{EventStore, MemoryStore, Presence, PresenceStore};
use serde_json::{Value, json};
use tower::ServiceExt;

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
async fn of_a_crew_that_has_gone_at_once_each_is_told_once() {
    let (gateway, store) = gateway();
    let long_ago = oasis_axum::now().saturating_add_millis(-600_000);
    for n in 0..250 {
        let gone = Presence::new(format!("crew-{n}"), "worker".to_owned(), long_ago);
        store.note(gone).await.unwrap();
    }
    let mut follow = oasis_core::EventStoreExt::follow(&*store, None);
    let watcher = tokio::spawn(gateway.oasis.watch_agents(Arc::clone(&store) as _));
    let mut told = BTreeSet::new();
    while told.len() < 250 {
        for row in follow.next().await.unwrap() {
            assert_eq!(row.event.title.as_str(), "AGTL-WORKER-OFFLINE");
            assert!(told.insert(row.event.meta["agent"].to_string()), "told twice");
        }
    }
    gateway.oasis.close_feeds();
    watcher.await.unwrap();
    assert_eq!(store.head().await.unwrap().unwrap().get(), 250);
}

#[tokio::test]
async fn an_agent_that_signs_off_is_offline_at_once_and_told_once() {
    let (gateway, store) = gateway();
    let said = |status: &str, vtid: &str| {
        json!({ "agent": "crew-7", "role": "worker", "status": status, "vtid": vtid,
            "interval_seconds": 1, "meta": { "signed_off": "not for a client to say" } })
    };
    beat(&gateway, said("ok", "DEV-CICDL-0031")).await;
    let last = beat(&gateway, said("offline", "DEV-CICDL-0031")).await;
    assert_eq!(last["state"], "offline");
    assert!(last["position"].is_u64(), "{last}");
    // Brought again, because its answer was lost.
    let again = beat(&gateway, said("Offline", "DEV-CICDL-0031")).await;
    assert_eq!((&again["state"], &again["position"]), (&json!("offline"), &Value::Null));

    let listed = gateway.get_json("/api/v1/agents").await;
    assert_eq!((&listed[0]["state"], &listed[0]["status"]), (&json!("offline"), &json!("info")));
    let event = gateway.get_json("/events?limit=1").await[0].clone();
    assert_eq!(
        (&event["title"], &event["status"]),
        (&json!("CICDL-WORKER-OFFLINE"), &json!("info"))
    );
    assert_eq!(
        (&event["vtid"], &event["meta"]["signed_off"]),
        (&json!("DEV-CICDL-0031"), &json!(true))
    );

    // The watcher tells of who is silent, and not of who signed off.
    let silent = oasis_axum::now().saturating_add_millis(-600_000);
    store.note(Presence::new("crew-8".to_owned(), "worker".to_owned(), silent)).await.unwrap();
    let mut follow = oasis_core::EventStoreExt::follow(&*store, None);
    follow.next().await.unwrap();
    let watcher = tokio::spawn(gateway.oasis.watch_agents(Arc::clone(&store) as _));
    follow.next().await.unwrap();
    gateway.oasis.close_feeds();
    watcher.await.unwrap();
    let titles = titles(&gateway).await;
    let gone: Vec<_> = titles.iter().filter(|title| title.ends_with("OFFLINE")).collect();
    assert_eq!(gone, ["CICDL-WORKER-OFFLINE", "AGTL-WORKER-OFFLINE"]);
}

#[tokio::test]
async fn who_comes_back_is_told_with_the_task_of_now() {
    let (gateway, store) = gateway();
    let long_ago = oasis_axum::now().saturating_add_millis(-600_000);
    let mut gone = Presence::new("crew-7".to_owned(), "worker".to_owned(), long_ago);
    gone.vtid = Some("DEV-CICDL-0031".parse().unwrap());
    store.note(gone).await.unwrap();
    beat(&gateway, json!({ "agent": "crew-7", "role": "worker", "vtid": "OPS-INFRA-0007" })).await;
    let events = gateway.get_json("/events?order=asc").await;
    let told: Vec<_> =
        events.as_array().unwrap().iter().map(|e| (&e["title"], &e["vtid"])).collect();
    assert_eq!(told[0], (&json!("INFRA-WORKER-ONLINE"), &json!("OPS-INFRA-0007")));

    // And where it has none, that of before is not told again.
    beat(&gateway, json!({ "agent": "crew-7", "role": "worker", "status": "offline" })).await;
    beat(&gateway, json!({ "agent": "crew-7", "role": "worker" })).await;
    let events = gateway.get_json("/events?order=desc&limit=2").await;
    assert_eq!(
        (&events[1]["title"], &events[1]["vtid"]),
        (&json!("AGTL-WORKER-ONLINE"), &json!("UNSET"))
    );
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

#[cfg(feature = "openapi")]
#[tokio::test]
async fn each_word_of_health_that_the_document_lists_is_taken() {
    let (gateway, _) = gateway();
    let request = Request::get("/openapi.json").body(Body::empty()).unwrap();
    let document = gateway.oasis.openapi(&[oasis_axum::AGENT_ROUTES]).oneshot(request).await;
    let document = body_json(document.unwrap()).await;
    let heartbeat = &document["components"]["schemas"]["NewHeartbeat"]["properties"]["status"];
    let mut words = Vec::new();
    listed(heartbeat, &mut words);
    assert!(words.len() > 8 && words.contains(&"offline"), "{words:?}");
    for word in words {
        let answer = beat(&gateway, json!({ "agent": word, "role": "worker", "status": word }));
        let state = if word == "offline" { "offline" } else { "online" };
        assert_eq!(answer.await["state"], state, "{word}");
    }
}

/// What the enumerations of a schema list.
#[cfg(feature = "openapi")]
fn listed<'a>(schema: &'a Value, words: &mut Vec<&'a str>) {
    words.extend(schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str));
    for one in schema["oneOf"].as_array().into_iter().flatten() {
        listed(one, words);
    }
}
