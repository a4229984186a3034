//! Old events are removed, and what stays is as it was.

use oasis_core::{EventFilter, EventStore, EventStoreExt, Position, Query, Timestamp};

use crate::{event, fresh, leave, stranger};

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_go_the_newest_stays_and_appends_go_on() {
    let (store, dir) = fresh().await;
    assert_eq!(store.prunable(Timestamp::MAX).await.unwrap(), 0);
    assert_eq!(store.prune(Timestamp::MAX).await.unwrap(), 0);
    store.append((0..1200).map(event).collect()).await.unwrap();
    let old = store.read_after(Position::new(1199), 1).await.unwrap()[0].recorded_at;
    let mut connection = stranger(&dir.path().join("oasis.db")).await;
    // The first 700 are of yesterday, and one in the middle of the rest is too: clocks jump.
    let yesterday = old.saturating_add_millis(-86_400_000).unix_millis();
    let open = "DROP TRIGGER oasis_events_no_update";
    sqlx::query(open).execute(&mut connection).await.unwrap();
    sqlx::query("UPDATE oasis_events SET created_at = ? WHERE position <= 700 OR position = 900")
        .bind(yesterday)
        .execute(&mut connection)
        .await
        .unwrap();
    leave(connection).await;

    assert_eq!(store.prunable(old).await.unwrap(), 700);
    let beside = store.clone();
    let appends = tokio::spawn(async move {
        for n in 1200..1220 {
            beside.append_one(event(n)).await.unwrap();
        }
    });
    assert_eq!(store.prune(old).await.unwrap(), 700);
    appends.await.unwrap();
    let rows = store.read_after(Position::new(300), Query::MAX_LIMIT).await.unwrap();
    assert!(rows.iter().map(|row| row.position.get()).eq(701..=1220), "dense above the floor");

    assert_eq!(store.prunable(Timestamp::MAX).await.unwrap(), 519);
    assert_eq!(store.prune(Timestamp::MAX).await.unwrap(), 519);
    assert_eq!(store.prunable(Timestamp::MAX).await.unwrap(), 0);
    assert_eq!(store.count(&EventFilter::default()).await.unwrap(), 1);
    assert_eq!(store.head().await.unwrap(), Position::new(1220));
    assert_eq!(store.append_one(event(1)).await.unwrap().recorded.position.get(), 1221);
    let mut connection = stranger(&dir.path().join("oasis.db")).await;
    let refused = sqlx::query("DELETE FROM oasis_events").execute(&mut connection).await;
    assert!(refused.unwrap_err().to_string().contains("append-only"), "for everybody else");
}
