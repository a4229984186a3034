//! The ledger in the database of a program that has its own tables, migrations and pool.

use oasis_core::{EventStoreExt, StoreErrorKind};
use oasis_sqlx::SqliteStore;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Acquire, SqlSafeStr};

use crate::event;

#[tokio::test]
async fn a_host_keeps_its_migrations_its_settings_and_its_pool() {
    let dir = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(dir.path().join("app.db"))
        .create_if_missing(true)
        .synchronous(SqliteSynchronous::Normal);
    // One connection, and the host holds on to it.
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let migrations = Migrator::with_migrations(vec![Migration::new(
        1,
        "the host's own".into(),
        MigrationType::Simple,
        "CREATE TABLE things (n INTEGER)".into_sql_str(),
        false,
    )]);
    migrations.run(&pool).await.unwrap();

    let store = SqliteStore::new(pool.clone()).await.unwrap();
    store.append_one(event(1)).await.unwrap();
    let mut held = pool.acquire().await.unwrap();
    store.append_one(event(2)).await.unwrap();
    sqlx::query("INSERT INTO things VALUES (1)").execute(&mut *held).await.unwrap();
    let synchronous: i64 =
        sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *held).await.unwrap();
    assert_eq!(synchronous, 1, "the host's connection keeps its setting");
    drop(held);

    migrations.run(&pool).await.unwrap();
    let again = SqliteStore::new(pool.clone()).await.unwrap();
    assert_eq!(again.append_one(event(3)).await.unwrap().recorded.position.get(), 3);
    let noted = |table: &'static str| sqlx::query_scalar::<_, String>(table).fetch_all(&pool);
    let own = noted("SELECT description FROM _sqlx_migrations").await.unwrap();
    assert_eq!(own, ["the host's own"]);
    let ledger = noted("SELECT description FROM _oasis_migrations").await.unwrap();
    assert_eq!(ledger, ["events", "agents", "checkpoints"]);
}

#[tokio::test]
async fn a_transaction_of_the_host_s_only_delays_an_append() {
    let dir = tempfile::tempdir().unwrap();
    let options =
        SqliteConnectOptions::new().filename(dir.path().join("app.db")).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let store = SqliteStore::new(pool.clone()).await.unwrap();
    sqlx::query("CREATE TABLE things (n INTEGER)").execute(&pool).await.unwrap();

    let mut held = pool.acquire().await.unwrap();
    let mut transaction = held.begin().await.unwrap();
    sqlx::query("INSERT INTO things VALUES (1)").execute(&mut *transaction).await.unwrap();
    let append = tokio::spawn(async move { store.append_one(event(1)).await });
    tokio::task::yield_now().await;
    transaction.commit().await.unwrap();
    assert_eq!(append.await.unwrap().unwrap().recorded.position.get(), 1);
}

#[tokio::test]
async fn a_pool_that_takes_the_file_out_of_wal_mode_or_has_no_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let on_file =
        SqliteConnectOptions::new().filename(dir.path().join("app.db")).create_if_missing(true);
    for options in [
        on_file.journal_mode(SqliteJournalMode::Delete),
        SqliteConnectOptions::new().in_memory(true),
    ] {
        let pool = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options.clone());
        let error = SqliteStore::new(pool).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Misconfigured, "{options:?}: {error:?}");
        assert!(error.to_string().contains("WAL"), "{error}");
    }
}

#[tokio::test]
async fn tables_of_a_newer_version_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("app.db");
    drop(SqliteStore::open(&path).await.unwrap());
    let mut connection = crate::stranger(&path).await;
    let newer = "INSERT INTO _oasis_migrations VALUES (9999, 'newer', '', TRUE, x'00', 0)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    crate::leave(connection).await;
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Misconfigured, "{error:?}");
}
