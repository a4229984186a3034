use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use eventsource_stream::{EventStream, Eventsource};
use futures_util::StreamExt;
use oasis_axum::{Limits, Oasis, Options};
use oasis_core::{
    Appended, Event, EventFilter, EventId, EventStore, MemoryStore, Page, Position, Query,
    Recorded, StoreError,
};
use serde_json::Value;

use crate::{Gateway, problem, ring};

/// A client of the feed that reads as a browser does.
struct Client(EventStream<BodyDataStream>);

impl Client {
    async fn open(gateway: &Gateway, query: &str, last_event_id: Option<&str>) -> Self {
        let mut request = Request::get(format!("/api/v1/devhub/feed{query}"));
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = gateway.call(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        let mut client = Self(response.into_body().into_data_stream().eventsource());
        assert_eq!(client.message().await.unwrap().1["type"], "connected");
        client
    }

    /// The next message, as (id, data); `None` when the feed has ended.
    async fn message(&mut self) -> Option<(String, Value)> {
        let next = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await;
        let event = next.expect("the feed said nothing for 20 s")?.unwrap();
        Some((event.id, serde_json::from_str(&event.data).unwrap()))
    }

    /// The positions of the next events.
    async fn positions(&mut self, count: usize) -> Vec<u64> {
        let mut positions = Vec::new();
        while positions.len() < count {
            let (id, event) = self.message().await.unwrap();
            if event["type"] == "heartbeat" {
                continue;
            }
            assert_eq!(event["position"].to_string(), id);
            positions.push(event["position"].as_u64().unwrap());
        }
        positions
    }
}

async fn pushes(gateway: &Gateway, ids: std::ops::RangeInclusive<u64>) {
    for id in ids {
        let branch = if id % 2 == 0 { "main" } else { "vt/DEV-CICDL-0031" };
        gateway.push(&format!("d-{id}"), branch).await;
    }
}

#[tokio::test]
async fn a_new_client_gets_the_last_twenty_and_then_each_new_event() {
    let gateway = Gateway::new();
    pushes(&gateway, 1..=25).await;
    let mut client = Client::open(&gateway, "", None).await;
    assert_eq!(client.positions(20).await, (6..=25).collect::<Vec<_>>());
    pushes(&gateway, 26..=28).await;
    assert_eq!(client.positions(3).await, [26, 27, 28]);
}

#[tokio::test]
async fn a_client_that_comes_back_gets_exactly_what_it_missed() {
    let gateway = Gateway::new();
    pushes(&gateway, 1..=50).await;
    for last in [0, 1, 3, 49, 50] {
        for by_header in [true, false] {
            let id = last.to_string();
            let query = format!("?last_event_id={}", if by_header { "50" } else { &id });
            let mut client = Client::open(&gateway, &query, by_header.then_some(&id)).await;
            let missed: Vec<_> = (last + 1..=50).collect();
            assert_eq!(client.positions(missed.len()).await, missed, "after {last}");
        }
    }
    let mut client = Client::open(&gateway, "", Some("50")).await;
    pushes(&gateway, 51..=51).await;
    assert_eq!(client.positions(1).await, [51]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_is_lost_or_doubled_where_history_meets_live() {
    let gateway = std::sync::Arc::new(Gateway::new());
    let writer = tokio::spawn({
        let gateway = std::sync::Arc::clone(&gateway);
        async move { pushes(&gateway, 1..=400).await }
    });
    let mut last = 0;
    while last < 400 {
        // Each time a few, then away and back again, while the writer goes on.
        let id = last.to_string();
        let mut client = Client::open(&gateway, "", Some(&id)).await;
        for _ in 0..7_u64.min(400 - last) {
            assert_eq!(client.positions(1).await, [last + 1]);
            last += 1;
        }
    }
    writer.await.unwrap();
}

#[tokio::test]
async fn filters_hold_for_history_and_for_live() {
    let gateway = Gateway::new();
    pushes(&gateway, 1..=10).await;
    let mut client = Client::open(&gateway, "?vtid=DEV-CICDL-0031", None).await;
    assert_eq!(client.positions(5).await, [1, 3, 5, 7, 9]);
    pushes(&gateway, 11..=14).await;
    assert_eq!(client.positions(2).await, [11, 13]);
    let mut back = Client::open(&gateway, "?vtid=DEV-CICDL-0031", Some("4")).await;
    assert_eq!(back.positions(5).await, [5, 7, 9, 11, 13]);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_feed_beats_every_fifteen_seconds() {
    let gateway = Gateway::new();
    let mut client = Client::open(&gateway, "", None).await;
    for _ in 0..3 {
        let before = tokio::time::Instant::now();
        let (_, message) = client.message().await.unwrap();
        assert_eq!(message["type"], "heartbeat");
        assert!(message["ts"].as_str().unwrap().ends_with('Z'));
        assert_eq!(before.elapsed().as_secs(), 15);
    }
}

#[tokio::test]
async fn a_position_of_another_ledger_starts_anew_and_says_so() {
    let gateway = Gateway::new();
    pushes(&gateway, 1..=2).await;
    let mut client = Client::open(&gateway, "", Some("1000")).await;
    assert_eq!(client.message().await.unwrap().1["type"], "resync");
    assert_eq!(client.positions(2).await, [1, 2]);
}

#[tokio::test]
async fn nonsense_is_refused_by_name() {
    let gateway = Gateway::new();
    for (query, named) in [
        ("?last_event_id=abc", "last_event_id"),
        ("?last_event_id=-1", "last_event_id"),
        ("?limit=5", "limit"),
        ("?status=done", "status"),
    ] {
        let (status, detail) =
            problem(gateway.get(&format!("/api/v1/devhub/feed{query}")).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        assert!(detail.contains(named), "{query}: {detail}");
    }
}

#[tokio::test]
async fn a_wrong_parameter_is_refused_also_beside_a_right_header() {
    let request = axum::http::Request::get("/api/v1/devhub/feed?last_event_id=-1")
        .header("last-event-id", "0")
        .body(axum::body::Body::empty());
    let response = Gateway::new().call(request.unwrap()).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn closing_ends_open_feeds_at_once() {
    let gateway = Gateway::new();
    let mut client = Client::open(&gateway, "", None).await;
    gateway.oasis.close_feeds();
    assert!(client.message().await.is_none());
}

fn with_limits(limits: Limits) -> Gateway {
    let store = Arc::new(MemoryStore::new(oasis_axum::now));
    Gateway::over(Oasis::with(store, &ring(), Options { limits, ..Options::default() }))
}

#[tokio::test(start_paused = true)]
async fn a_feed_ends_when_it_is_old_and_its_client_goes_on_without_a_gap() {
    let feed_age = Duration::from_secs(100);
    let gateway = with_limits(Limits { feed_age, ..Limits::default() });
    let mut last = 0;
    let mut ages = Vec::new();
    for round in 0..12 {
        let opened = tokio::time::Instant::now();
        let mut client = Client::open(&gateway, "", Some(&last.to_string())).await;
        pushes(&gateway, 2 * round + 1..=2 * round + 1).await;
        assert_eq!(client.positions(1).await, [last + 1]);
        last += 1;
        while let Some((_, message)) = client.message().await {
            assert_eq!(message["type"], "heartbeat");
        }
        ages.push(opened.elapsed());
        // What comes while it is away waits for it.
        pushes(&gateway, 2 * round + 2..=2 * round + 2).await;
        let mut back = Client::open(&gateway, "", Some(&last.to_string())).await;
        assert_eq!(back.positions(1).await, [last + 1]);
        last += 1;
    }
    for age in &ages {
        assert!((80..=100).contains(&age.as_secs()), "{age:?}");
    }
    ages.dedup();
    assert!(ages.len() > 1, "those who came together go one by one: {ages:?}");
}

#[tokio::test(start_paused = true)]
async fn a_feed_that_ends_tells_where_to_go_on_though_its_filter_let_nothing_pass() {
    let gateway = with_limits(Limits { feed_age: Duration::from_secs(60), ..Limits::default() });
    pushes(&gateway, 1..=3).await;
    let response = gateway.get("/api/v1/devhub/feed?vtid=DEV-OASIS-9999").await;
    let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(text.starts_with("retry: 2000\ndata: {\"type\":\"connected\""), "{text}");
    assert!(text.ends_with("\n\nid: 3\nretry: 2000\n\n"), "{text}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_written_to_in_bounded_pieces() {
    let gateway = Gateway::new();
    let behind = gateway.get("/api/v1/devhub/feed").await;
    let branch = "b".repeat(1000);
    for id in 1..=200 {
        gateway.push(&format!("d-{id}"), &branch).await;
    }
    let mut pieces = behind.into_body().into_data_stream();
    let mut text = String::new();
    while !text.contains("id: 200\n") {
        let piece = pieces.next().await.unwrap().unwrap();
        assert!(piece.len() <= 64 * 1024, "{} bytes at once", piece.len());
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
    assert_eq!(text.matches("\nid: ").count(), 200);
}

#[tokio::test]
async fn a_client_that_is_far_behind_is_written_to_in_bounded_pieces() {
    let gateway = Gateway::new();
    for id in 1..=300 {
        let length = if id == 150 { 100_000 } else { 3000 };
        gateway.push(&format!("d-{id}"), &"b".repeat(length)).await;
    }
    for (query, first) in [("?last_event_id=0", 1), ("?last_event_id=100", 101), ("", 281)] {
        let feed = gateway.get(&format!("/api/v1/devhub/feed{query}")).await;
        let mut pieces = feed.into_body().into_data_stream();
        let mut ids = Vec::new();
        while ids.last() != Some(&300) {
            let piece = pieces.next().await.unwrap().unwrap();
            let text = std::str::from_utf8(&piece).unwrap();
            let before = ids.len();
            let lines = text.lines().filter_map(|line| line.strip_prefix("id: "));
            ids.extend(lines.map(|id| id.parse::<u64>().unwrap()));
            let alone = ids.len() == before + 1;
            assert!(alone || piece.len() <= 64 * 1024, "{} bytes at once", piece.len());
        }
        assert_eq!(ids, (first..=300).collect::<Vec<_>>(), "{query}");
    }
}

#[tokio::test]
async fn open_feeds_are_bounded() {
    let gateway = with_limits(Limits { feeds: 1, ..Limits::default() });
    let only = Client::open(&gateway, "", None).await;
    let busy = gateway.get("/api/v1/devhub/feed").await;
    assert!(busy.headers().contains_key("retry-after"));
    assert_eq!(problem(busy).await.0, StatusCode::SERVICE_UNAVAILABLE);
    drop(only);
    Client::open(&gateway, "", None).await;
}

/// A ledger whose oldest events are no longer kept.
#[derive(Debug)]
struct Pruned {
    store: MemoryStore,
    floor: Position,
}

#[async_trait]
impl EventStore for Pruned {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        self.store.append(batch).await
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        let mut page = self.store.query(query).await?;
        page.events.retain(|row| row.position >= self.floor);
        if page.events.is_empty() && query.after < Some(self.floor) {
            let mut query = query.clone();
            query.after = Position::new(self.floor.get() - 1);
            page = self.store.query(&query).await?;
        }
        Ok(page)
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        self.store.count(filter).await
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        self.store.get(id).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        self.store.head().await
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        self.store.changed(after).await
    }
}

#[tokio::test]
async fn a_client_whose_next_event_is_no_longer_kept_is_told() {
    let floor = Position::new(6).unwrap();
    let store = Arc::new(Pruned { store: MemoryStore::new(oasis_axum::now), floor });
    let gateway = Gateway::over(Oasis::new(store, &ring()));
    pushes(&gateway, 1..=8).await;
    for last in ["0", "3", "4"] {
        let mut client = Client::open(&gateway, "", Some(last)).await;
        assert_eq!(client.message().await.unwrap().1["type"], "resync", "after {last}");
        assert_eq!(client.positions(3).await, [6, 7, 8], "after {last}");
    }
    let mut client = Client::open(&gateway, "", Some("5")).await;
    assert_eq!(client.positions(3).await, [6, 7, 8]);
}
