//! The ledger on SQLite.

use oasis_core::{Arrival, Event, EventFilter, EventStore, EventStoreExt, Query, Timestamp};
use oasis_sqlx::SqliteStore;

#[tokio::test]
async fn reopening_the_file_keeps_everything() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("oasis.db");
    let mut event = Event::new(
        Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]),
        "oasis.events",
        "note",
    );
    event.delivery_id = Some("one".to_owned());
    let store = SqliteStore::open(&path).await.unwrap();
    let appended = store.append_one(event.clone()).await.unwrap();
    drop(store);

    let store = SqliteStore::open(&path).await.unwrap();
    let page = store
        .query(&Query::newest(EventFilter::default(), 10))
        .await
        .unwrap();
    assert_eq!(page.events, std::slice::from_ref(&appended.recorded));
    let again = store.append_one(event).await.unwrap();
    assert!(again.duplicate);
    assert_eq!(again.recorded, appended.recorded);
    assert_eq!(
        store.get(appended.recorded.event.id).await.unwrap(),
        Some(appended.recorded)
    );
}
