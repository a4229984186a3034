//! Connections that keep the promises, and the refusal of those that can't.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use oasis_core::{StoreError, StoreErrorKind};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqlSafeStr};

use super::write::Writer;
use crate::error::{while_doing, while_migrating};

/// How long a connection waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a reader waits for a connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
const MAX_READERS: u32 = 8;
/// How many pages the WAL gathers before they are copied into the database: 16 MiB. SQLite's own
/// 4 MiB costs a third of the throughput of large batches.
const WAL_AUTOCHECKPOINT: &str = "4096";

/// The options of a path or a URL.
pub(super) fn options(file: &Path) -> Result<SqliteConnectOptions, StoreError> {
    match file.to_str().filter(|text| text.starts_with("sqlite:")) {
        Some(url) => SqliteConnectOptions::from_str(url)
            .map(|options| {
                let mode_given = url.contains("mode=");
                if mode_given {
                    options
                } else {
                    options.create_if_missing(true)
                }
            })
            .map_err(while_doing("the SQLite URL can't be understood")),
        None => Ok(SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)),
    }
}

/// A pool for reading the file.
pub(super) fn readers(options: SqliteConnectOptions) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(MAX_READERS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A connection to a file doesn't break while it is idle.
        .test_before_acquire(false)
        .connect_lazy_with(
            options
                .create_if_missing(false)
                .busy_timeout(BUSY_TIMEOUT)
                .pragma("query_only", "ON"),
        )
}

/// The writer for the database of these options, with its tables up to date.
pub(super) async fn writer(options: &SqliteConnectOptions) -> Result<Writer, StoreError> {
    let options = options
        .clone()
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", WAL_AUTOCHECKPOINT);
    let mut connection = open(&options).await?;
    migrate(&mut connection).await?;
    Ok(Writer::new(options, connection))
}

/// A connection for appends.
pub(super) async fn open(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let mut connection = options
        .connect()
        .await
        .map_err(while_doing("the database file can't be opened"))?;
    // Asked first: in a file that is in WAL mode already, nothing has to be locked.
    if journal_mode("PRAGMA journal_mode", &mut connection).await? != "wal"
        && journal_mode("PRAGMA journal_mode = WAL", &mut connection).await? != "wal"
    {
        return Err(no_wal());
    }
    let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous")
        .fetch_one(&mut connection)
        .await
        .map_err(while_doing("the database's settings can't be read"))?;
    // FULL is 2, EXTRA is 3.
    if synchronous < 2 {
        return Err(StoreError::new(
            StoreErrorKind::Misconfigured,
            "SQLite does not accept `synchronous = FULL`, so a row could be lost in a power cut; \
             remove what sets another value",
        ));
    }
    Ok(connection)
}

/// Refuses a host's pool whose connections would take the file out of WAL mode.
pub(super) async fn check_reader(pool: &SqlitePool) -> Result<(), StoreError> {
    let context = "the pool can't be used";
    let mut connection = pool.acquire().await.map_err(while_doing(context))?;
    // A connection that was open before the switch tells the old mode until it reads the file.
    sqlx::query("SELECT 1 FROM oasis_events LIMIT 1")
        .fetch_optional(&mut *connection)
        .await
        .map_err(while_doing(context))?;
    if journal_mode("PRAGMA journal_mode", &mut connection).await? == "wal" {
        Ok(())
    } else {
        Err(no_wal())
    }
}

fn no_wal() -> StoreError {
    StoreError::new(
        StoreErrorKind::Misconfigured,
        "the database is not in WAL mode and can't be switched to it; use a file on a local disk \
         (not memory, not a network folder) and a pool that sets no other `journal_mode`",
    )
}

async fn journal_mode(
    pragma: &'static str,
    connection: &mut SqliteConnection,
) -> Result<String, StoreError> {
    sqlx::query_scalar(pragma)
        .fetch_one(connection)
        .await
        .map_err(while_doing("the database's journal mode can't be set"))
}

/// Brings the tables up to date; does nothing where they are.
async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let events = include_str!("../../migrations/sqlite/0001_events.sql").into_sql_str();
    let mut migrator = Migrator::with_migrations(vec![Migration::new(
        1,
        "events".into(),
        MigrationType::Simple,
        events,
        false,
    )]);
    // A host's own migrations stand in `_sqlx_migrations`.
    migrator.dangerous_set_table_name("_oasis_migrations");

    let context = "the ledger's tables can't be brought up to date";
    // The lock is taken before anything is read: two processes that open a new file at the same
    // moment must not both find it empty.
    let mut transaction = connection
        .begin_with("BEGIN IMMEDIATE")
        .await
        .map_err(while_doing(context))?;
    migrator
        .run(&mut *transaction)
        .await
        .map_err(while_migrating)?;
    transaction.commit().await.map_err(while_doing(context))
}
