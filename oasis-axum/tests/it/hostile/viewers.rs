use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::BodyDataStream;
use futures_util::StreamExt;
use futures_util::future::join_all;
use oasis_axum::Oasis;
use oasis_core::{
    Appended, Event, EventFilter, EventId, EventStore, MemoryStore, Page, Position, Query,
    Recorded, StoreError,
};

use crate::{Gateway, ring};

/// A ledger that counts what is asked of it.
#[derive(Debug, Clone)]
struct Counting {
    store: Arc<MemoryStore>,
    asked: Arc<AtomicUsize>,
    pages: Arc<AtomicUsize>,
    /// How many pages are being read, and how many there were at once at most.
    reading: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Counting {
    fn new() -> Self {
        Self {
            store: Arc::new(MemoryStore::new(oasis_axum::now)),
            asked: Arc::default(),
            pages: Arc::default(),
            reading: Arc::default(),
            most: Arc::default(),
        }
    }
}

#[async_trait]
impl EventStore for Counting {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        self.store.append(batch).await
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        self.asked.fetch_add(1, SeqCst);
        self.pages.fetch_add(1, SeqCst);
        self.most.fetch_max(self.reading.fetch_add(1, SeqCst) + 1, SeqCst);
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
        let page = self.store.query(query).await;
        self.reading.fetch_sub(1, SeqCst);
        page
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        self.store.count(filter).await
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        self.store.get(id).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        self.asked.fetch_add(1, SeqCst);
        self.store.head().await
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        self.asked.fetch_add(1, SeqCst);
        self.store.changed(after).await
    }
}

/// Reads a feed at least up to this event; each must be the one after the last. Gives the last.
async fn follow(feed: &mut BodyDataStream, mut last: u64, to: u64) -> u64 {
    while last < to {
        let piece = tokio::time::timeout(Duration::from_secs(60), feed.next()).await.unwrap();
        let piece = piece.unwrap().unwrap();
        for id in
            std::str::from_utf8(&piece).unwrap().lines().filter_map(|l| l.strip_prefix("id: "))
        {
            assert_eq!(id.parse::<u64>().unwrap(), last + 1);
            last += 1;
        }
    }
    last
}

async fn open(gateway: &Gateway, last: u64) -> BodyDataStream {
    let feed = gateway.get(&format!("/api/v1/devhub/feed?last_event_id={last}")).await;
    assert_eq!(feed.status(), 200);
    feed.into_body().into_data_stream()
}

/// What forty events cost the ledger that so many viewers get.
async fn cost(viewers: usize) -> usize {
    let ledger = Counting::new();
    let gateway = Gateway::over(Oasis::new(Arc::new(ledger.clone()), &ring()));
    gateway.push("d-1", "main").await;
    let mut feeds = Vec::new();
    for _ in 0..viewers {
        let mut feed = open(&gateway, 0).await;
        follow(&mut feed, 0, 1).await;
        feeds.push(feed);
    }
    let before = ledger.asked.load(SeqCst);
    for n in 2..=41 {
        gateway.push(&format!("d-{n}"), "main").await;
        join_all(feeds.iter_mut().map(|feed| follow(feed, n - 1, n))).await;
    }
    ledger.asked.load(SeqCst) - before
}

#[tokio::test]
async fn g8_what_viewers_cost_the_ledger() {
    let (one, many) = (cost(1).await, cost(200).await);
    assert!(many <= one + one / 20 && one <= 40 * 4, "1 viewer: {one} questions, 200: {many}");
}

#[tokio::test]
async fn g4_a_storm_of_clients_that_come_back() {
    let ledger = Counting::new();
    let gateway = Gateway::over(Oasis::new(Arc::new(ledger.clone()), &ring()));
    for n in 1..=300 {
        gateway.push(&format!("d-{n}"), "main").await;
    }
    // The follower starts here, so that the others are behind what it keeps.
    let mut feeds = join_all((0..100).map(|_| open(&gateway, 0))).await;
    ledger.most.store(0, SeqCst);
    let opened = ledger.pages.load(SeqCst);
    let storm = join_all(feeds.iter_mut().map(|feed| follow(feed, 0, 300)));
    let bringing = async {
        for n in 301..=320 {
            gateway.push(&format!("d-{n}"), "main").await;
        }
    };
    let (lasts, ()) = tokio::join!(storm, bringing);
    // The follower's own, beside four turns.
    assert!(ledger.most.load(SeqCst) <= 5, "{} pages at once", ledger.most.load(SeqCst));
    // 320 events are five pages, which four may read at once, and not a hundred times as many.
    let read = ledger.pages.load(SeqCst) - opened;
    assert!(read <= 60, "{read} pages for a hundred who are behind");
    let rest = feeds.iter_mut().zip(lasts).map(|(feed, last)| follow(feed, last, 320));
    assert!(join_all(rest).await.iter().all(|last| *last == 320));
}
