//! What is in the file, and which files are refused.

use oasis_core::{EventFilter, EventStore, EventStoreExt, Query, StoreErrorKind};
use oasis_sqlx::SqliteStore;
use sqlx::AssertSqlSafe;

use crate::{event, fresh, leave, stranger};

#[tokio::test]
async fn reopening_the_file_keeps_everything() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("oasis.db");
    let store = SqliteStore::open(&path).await.unwrap();
    let appended = store.append_one(event(1)).await.unwrap();
    drop(store);

    // As a URL this time, and twice: the tables are up to date.
    for _ in 0..2 {
        let url = format!("sqlite://{}", path.display());
        let store = SqliteStore::open(url).await.unwrap();
        let page = store.query(&Query::newest(EventFilter::default(), 10)).await.unwrap();
        assert_eq!(page.events, std::slice::from_ref(&appended.recorded));
        let again = store.append_one(event(1)).await.unwrap();
        assert!(again.duplicate);
        assert_eq!(again.recorded, appended.recorded);
        assert_eq!(store.head().await.unwrap(), Some(appended.recorded.position));
    }
}

#[tokio::test]
async fn the_file_is_in_wal_mode_and_has_the_contract_s_columns() {
    let (store, dir) = fresh().await;
    store.append_one(event(1)).await.unwrap();
    let mut connection = stranger(&dir.path().join("oasis.db")).await;
    let mode: String =
        sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
    assert_eq!(mode, "wal");
    let columns: Vec<String> =
        sqlx::query_scalar("SELECT name FROM pragma_table_info('oasis_events')")
            .fetch_all(&mut connection)
            .await
            .unwrap();
    let wanted = "position id created_at occurred_at vtid layer module source kind status title \
                  ref link meta delivery_id";
    assert_eq!(columns.join(" "), wanted);
}

#[tokio::test]
async fn rows_can_be_neither_changed_nor_deleted() {
    let (store, dir) = fresh().await;
    store.append_one(event(1)).await.unwrap();
    let mut connection = stranger(&dir.path().join("oasis.db")).await;
    for statement in ["UPDATE oasis_events SET title = 'A-B'", "DELETE FROM oasis_events"] {
        let refused = sqlx::query(statement).execute(&mut connection).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
    assert_eq!(store.count(&EventFilter::default()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_row_that_no_ledger_writes_is_an_error_and_no_event() {
    for (column, value) in [
        ("meta", "'['"),
        ("title", "'no title'"),
        ("vtid", "'no vtid'"),
        ("link", "'javascript:alert(1)'"),
        ("id", "'no id'"),
    ] {
        let (store, dir) = fresh().await;
        store.append_one(event(1)).await.unwrap();
        let mut connection = stranger(&dir.path().join("oasis.db")).await;
        let spoil = format!("UPDATE oasis_events SET {column} = {value}");
        for statement in ["DROP TRIGGER oasis_events_no_update", &spoil] {
            let statement = AssertSqlSafe(statement.to_owned());
            sqlx::query(statement).execute(&mut connection).await.unwrap();
        }
        leave(connection).await;
        let error = store.query(&Query::newest(EventFilter::default(), 1)).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{column}: {error:?}");
    }
}

#[tokio::test]
async fn a_file_without_what_the_promises_stand_on_is_refused_by_name() {
    // A table that was copied keeps its rows and nothing else.
    let copied = "CREATE TABLE copy AS SELECT * FROM oasis_events; DROP TABLE oasis_events; \
         ALTER TABLE copy RENAME TO oasis_events; CREATE UNIQUE INDEX oasis_events_delivery \
         ON oasis_events (source, delivery_id); \
         CREATE INDEX oasis_events_vtid ON oasis_events (vtid); \
         CREATE INDEX oasis_events_status ON oasis_events (status); \
         CREATE TRIGGER oasis_events_no_update BEFORE UPDATE ON oasis_events BEGIN SELECT 1; END; \
         CREATE TRIGGER oasis_events_no_delete BEFORE DELETE ON oasis_events BEGIN SELECT 1; END;";
    for (spoil, named) in [
        ("DROP INDEX oasis_events_delivery", "oasis_events_delivery"),
        (
            "DROP INDEX oasis_events_delivery; \
             CREATE INDEX oasis_events_delivery ON oasis_events (source, delivery_id)",
            "oasis_events_delivery",
        ),
        ("DROP INDEX oasis_events_vtid", "oasis_events_vtid"),
        ("DROP INDEX oasis_events_status", "oasis_events_status"),
        ("DROP TRIGGER oasis_events_no_update", "oasis_events_no_update"),
        ("DROP TRIGGER oasis_events_no_delete", "oasis_events_no_delete"),
        ("DROP TABLE oasis_agents", "oasis_agents"),
        ("DROP TABLE oasis_checkpoints", "oasis_checkpoints"),
        ("DROP TABLE oasis_events", "oasis_events"),
        (copied, "position and id"),
    ] {
        let (store, dir) = fresh().await;
        store.append_one(event(1)).await.unwrap();
        drop(store);
        let path = dir.path().join("oasis.db");
        let mut connection = stranger(&path).await;
        sqlx::raw_sql(AssertSqlSafe(spoil.to_owned())).execute(&mut connection).await.unwrap();
        leave(connection).await;
        let opened = SqliteStore::open(&path).await.unwrap_err();
        assert_eq!(opened.kind(), StoreErrorKind::Misconfigured, "{spoil}: {opened:?}");
        assert!(opened.to_string().contains(named), "{spoil}: {opened}");
        let inspected = SqliteStore::inspect(&path).await.unwrap_err();
        assert!(inspected.to_string().contains(named), "{spoil}: {inspected}");
    }
}

#[tokio::test]
async fn what_can_t_be_a_durable_ledger_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let absent = format!("sqlite://{}/absent.db?mode=rw", dir.path().display());
    for file in ["sqlite::memory:", "sqlite:?mode=nonsense", absent.as_str()] {
        let error = SqliteStore::open(file).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Misconfigured, "{file}: {error:?}");
    }
    let no_database = dir.path().join("text");
    std::fs::write(&no_database, "not a database, but longer than a header of one ".repeat(9))
        .unwrap();
    let error = SqliteStore::open(no_database).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{error:?}");
}

#[tokio::test]
async fn looking_at_a_database_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("oasis.db");
    let missing = SqliteStore::inspect(&path).await.unwrap_err();
    assert_eq!(missing.kind(), StoreErrorKind::Unavailable);
    assert!(!path.exists());
    std::fs::write(&path, b"").unwrap();
    let found = SqliteStore::inspect(&path).await.unwrap();
    assert!(found.server.starts_with("SQLite 3."), "{found:?}");
    assert_eq!(found.pending.first().map(String::as_str), Some("events"));
    assert_eq!(std::fs::metadata(&path).unwrap().len(), 0);
    SqliteStore::open(&path).await.unwrap().append_one(event(1)).await.unwrap();
    let found = SqliteStore::inspect(format!("sqlite://{}", path.display())).await.unwrap();
    assert_eq!((found.pending.len(), found.clock), (0, None));
}
