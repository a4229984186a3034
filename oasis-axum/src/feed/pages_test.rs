//! Pages that all who are behind share.

use oasis_core::{Arrival, Event, EventStore, MemoryStore, Position};

use super::pages::{MAX_KEPT, Pages};
use super::write::MAX_WRITE;

/// A ledger of so many events, each with about so many bytes.
async fn ledger(events: u32, bytes: usize) -> MemoryStore {
    let store = MemoryStore::new(crate::now);
    let event = |n: u32| {
        let mut random = [0; 10];
        random[..4].copy_from_slice(&n.to_be_bytes());
        let mut event = Event::new(Arrival::new(crate::now(), random), "crew.one", "note");
        event.meta.insert("text".into(), "x".repeat(bytes).into());
        event
    };
    store.append((0..events).map(event).collect()).await.unwrap();
    store
}

/// Where each page ends, up to the last event.
async fn ends(pages: &Pages, store: &MemoryStore, start: u64, history: u64) -> Vec<u64> {
    let (mut at, mut ends) = (Position::new(start), Vec::new());
    while let Some(page) = pages.after(store, at, history).await.unwrap() {
        let text = std::str::from_utf8(&page.bytes).unwrap();
        let ids: Vec<u64> =
            text.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
        let next = at.map_or(1, |at| at.get() + 1);
        assert!(ids.iter().copied().eq(next..=page.last.get()), "{ids:?} after {at:?}");
        assert!(page.bytes.len() <= MAX_WRITE || ids.len() == 1, "{}", page.bytes.len());
        at = Some(page.last);
        ends.push(page.last.get());
        assert!(pages.bytes() <= MAX_KEPT);
    }
    ends
}

#[tokio::test]
async fn who_begins_elsewhere_meets_the_others_at_the_next_end() {
    let (pages, store) = (Pages::default(), ledger(200, 10).await);
    assert_eq!(ends(&pages, &store, 0, 0).await, [64, 128, 192, 200]);
    assert_eq!(ends(&pages, &store, 70, 0).await, [128, 192, 200]);
    // What comes later comes after the last page, which stays as it was.
    store
        .append(vec![Event::new(Arrival::new(crate::now(), [9; 10]), "crew.one", "note")])
        .await
        .unwrap();
    assert_eq!(ends(&pages, &store, 128, 0).await, [192, 200, 201]);
}

#[tokio::test]
async fn large_events_are_cut_into_writes_and_only_so_many_bytes_are_kept() {
    let (pages, store) = (Pages::default(), ledger(150, 60_000).await);
    assert_eq!(ends(&pages, &store, 0, 0).await.len(), 150, "one of them to a write");
    assert!(pages.bytes() > MAX_KEPT / 2, "{}", pages.bytes());
}

#[tokio::test]
async fn another_history_is_read_anew() {
    let (pages, store) = (Pages::default(), ledger(10, 10).await);
    assert_eq!(ends(&pages, &store, 0, 0).await, [10]);
    let restored = ledger(3, 10).await;
    assert_eq!(ends(&pages, &restored, 0, 1).await, [3]);
}
