//! All that a store has to say to be put to the laws, and what is its own beside them.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

use custom_store::LineStore;
use oasis_core::conformance::event_store_conformance;
use oasis_core::{Arrival, Event, EventStoreExt, Timestamp};
use tempfile::TempDir;

fn fresh() -> (LineStore, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (LineStore::open(dir.path().join("ledger.ndjson")).unwrap(), dir)
}

event_store_conformance!(
    #[tokio::test(flavor = "multi_thread")]
    tokio::spawn,
    fresh()
);

fn event(n: u8) -> Event {
    let mut event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [n; 10]), "a.b", "note");
    event.delivery_id = Some(n.to_string());
    event
}

#[tokio::test]
async fn what_a_crash_cut_off_is_gone_and_the_rest_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.ndjson");
    let store = LineStore::open(&path).unwrap();
    store.append_one(event(1)).await.unwrap();
    assert!(LineStore::open(&path).is_err(), "one process at a time");
    drop(store);
    let whole = std::fs::read(&path).unwrap();
    for cut in 1..40 {
        let torn = [&whole[..], &whole[..cut]].concat();
        std::fs::write(&path, torn).unwrap();
        let store = LineStore::open(&path).unwrap();
        assert!(store.append_one(event(1)).await.unwrap().duplicate);
        assert_eq!(store.append_one(event(2)).await.unwrap().recorded.position.get(), 2);
        drop(store);
        std::fs::write(&path, &whole).unwrap();
    }
}
