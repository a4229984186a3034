//! The ledger in the database of a program that has its own tables, migrations and pool, and rows
//! that are not as a ledger writes them.

use oasis_core::{EventFilter, EventStore, EventStoreExt, Query, StoreErrorKind};
use oasis_sqlx::PostgresStore;
use serde_json::json;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::cluster::{Cluster, execute, stranger};
use crate::{bouncer, event, fresh};

#[tokio::test(flavor = "multi_thread")]
async fn a_host_keeps_its_migrations_its_schema_and_its_pool() {
    let url = Cluster::shared().database().await;
    execute(&mut stranger(&url).await, "CREATE SCHEMA app").await;
    // One connection, to a schema of the host's own.
    let url = format!("{url}?options=-csearch_path%3Dapp");
    let pool = PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    let migrations = Migrator::with_migrations(vec![Migration::new(
        1,
        "the host's own".into(),
        MigrationType::Simple,
        "CREATE TABLE things (n INTEGER)".into_sql_str(),
        false,
    )]);
    migrations.run(&pool).await.unwrap();

    let store = PostgresStore::new(pool.clone()).await.unwrap();
    let waiting = store.clone();
    let waiter = tokio::spawn(async move { waiting.changed(None).await });
    store.append_one(event(1)).await.unwrap();
    waiter.await.unwrap().unwrap();
    migrations.run(&pool).await.unwrap();
    let again = PostgresStore::new(pool.clone()).await.unwrap();
    assert_eq!(again.append_one(event(2)).await.unwrap().recorded.position.get(), 2);
    let noted = |table: &'static str| sqlx::query_scalar::<_, String>(table).fetch_all(&pool);
    let own = noted("SELECT description FROM app._sqlx_migrations").await.unwrap();
    assert_eq!(own, ["the host's own"]);
    let ledger = noted("SELECT title FROM app.oasis_events").await.unwrap();
    assert_eq!(ledger.len(), 2);
}

#[tokio::test]
async fn a_ledger_is_opened_over_one_connection() {
    let url = Cluster::shared().database().await;
    for what in ["made", "looked at"] {
        let pool = PgPoolOptions::new().connect_lazy(&url).unwrap();
        PostgresStore::new(pool.clone()).await.unwrap();
        assert_eq!(pool.size(), 1, "the tables are {what}");
    }
}

#[tokio::test]
async fn a_nul_in_any_field_is_replaced_and_nothing_fails() {
    let store = fresh().await;
    let mut odd = event(1);
    odd.source = "a\0b".to_owned();
    odd.kind = "\0".to_owned();
    odd.layer = "c\0".to_owned();
    odd.module = "\0d".to_owned();
    odd.reference = Some("e\0".to_owned());
    odd.delivery_id = Some("\0f".to_owned());
    odd.meta.insert("g\0".into(), json!([{"h\0": "\0i"}]));
    let first = store.append_one(odd.clone()).await.unwrap();
    assert_eq!(first.recorded.event.source, "a\u{fffd}b");
    assert_eq!(store.get(odd.id).await.unwrap().unwrap(), first.recorded);
    let again = store.append_one(odd.clone()).await.unwrap();
    assert!(again.duplicate && again.recorded == first.recorded);
    let filter = EventFilter {
        source: Some("a\0b".to_owned()),
        text: Some("\0".to_owned()),
        ..EventFilter::default()
    };
    assert_eq!(store.count(&filter).await.unwrap(), 0, "no row holds a NUL");
}

#[tokio::test]
async fn a_large_float_stays_a_float() {
    let store = fresh().await;
    let mut event = event(1);
    event.meta.insert("n".into(), json!([1e16, 1e18, -3e17, 1e300]));
    let appended = store.append_one(event.clone()).await.unwrap();
    let read = store.get(event.id).await.unwrap().unwrap();
    assert_eq!(read, appended.recorded);
    assert_eq!(read.event.meta, event.meta);
}

#[tokio::test]
async fn a_row_that_no_ledger_writes_is_an_error_and_no_event() {
    for (column, value) in [
        ("meta", "'[]'"),
        ("title", "'no title'"),
        ("vtid", "'no vtid'"),
        ("link", "'javascript:alert(1)'"),
    ] {
        let url = Cluster::shared().database().await;
        let store = PostgresStore::connect(&url).await.unwrap();
        store.append_one(event(1)).await.unwrap();
        let spoil = format!("UPDATE oasis_events SET {column} = {value}");
        execute(&mut stranger(&url).await, &spoil).await;
        let error = store.query(&Query::newest(EventFilter::default(), 1)).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{column}: {error:?}");
    }
}

#[tokio::test]
async fn rows_are_durable_though_the_server_s_default_is_not() {
    // The tests' server has `synchronous_commit = off`; what counts is the commit of the rows.
    let url = Cluster::shared().database().await;
    let store = PostgresStore::connect(&url).await.unwrap();
    let spy = "
        CREATE TABLE seen (setting text);
        CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO seen VALUES (current_setting('synchronous_commit'));
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER spy AFTER INSERT ON oasis_events DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION spy();";
    let mut connection = stranger(&url).await;
    execute(&mut connection, spy).await;
    store.append_one(event(1)).await.unwrap();
    let seen: String =
        sqlx::query_scalar("SELECT setting FROM seen").fetch_one(&mut connection).await.unwrap();
    assert_eq!(seen, "on", "at the commit, after the function has returned");
}

#[tokio::test]
async fn what_can_t_be_reached_or_understood_is_told_apart() {
    let url = Cluster::shared().database().await;
    let absent = Cluster::shared().url("absent");
    let nobody = url.replace("oasis@", "nobody:canary@");
    for (url, kind) in [
        (absent.as_str(), StoreErrorKind::Misconfigured),
        (&nobody, StoreErrorKind::Misconfigured),
        ("postgres://u:canary@127.0.0.1:1/d", StoreErrorKind::Unavailable),
        ("postgres://u:canary@127.0.0.1:port/d", StoreErrorKind::Misconfigured),
        ("nonsense canary", StoreErrorKind::Misconfigured),
    ] {
        let error = PostgresStore::connect(url).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{url}: {error:?}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    let store = PostgresStore::connect(&url.replace("oasis@", "oasis:canary@")).await.unwrap();
    assert!(!format!("{store:?}").contains("canary"));
}

#[tokio::test]
async fn a_pgbouncer_that_nobody_told_of_is_recognised() {
    let url = bouncer::database().await;
    let error = PostgresStore::connect(url.split('?').next().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Misconfigured, "{error:?}");
    assert!(error.to_string().contains("pgbouncer=true"), "{error}");

    // A host's own pool says it by another door.
    let options = url.split('?').next().unwrap().parse::<PgConnectOptions>().unwrap();
    let pool = PgPoolOptions::new().connect_lazy_with(options.extra_float_digits(None));
    let store = PostgresStore::behind_pgbouncer(pool).await.unwrap();
    assert_eq!(store.append_one(event(1)).await.unwrap().recorded.position.get(), 1);
}
