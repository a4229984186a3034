//! Connections that keep the promises, and the refusal of those that can't.

use std::path::Path;
use std::str::FromStr;
use std::time::{Duration, Instant};

use oasis_core::{Query, StoreError, StoreErrorKind};
use sqlx::ConnectOptions;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::migrate::migrate;
use super::write::Writer;
use super::{read, schema};
use crate::error::{is_busy, while_doing};

/// How long a connection waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a reader waits for a connection of the pool.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// After how long the switch to WAL mode is tried again.
const RETRY_AFTER: Duration = Duration::from_millis(10);
const MAX_READERS: u32 = 8;
/// How many rows a reader's thread may be ahead: a whole page, so that the two threads don't take
/// turns.
const ROW_BUFFER: usize = Query::MAX_LIMIT + 1;
/// How many pages the WAL gathers before they are copied into the database: 16 MiB. SQLite's own
/// 4 MiB costs a third of the throughput of large batches.
const WAL_AUTOCHECKPOINT: &str = "4096";
/// To how many bytes the WAL is cut when it is started anew: it grows beyond as long as somebody's read
/// stays open, and that is no reason to keep the place for ever.
const WAL_SIZE_LIMIT: &str = "33554432";

/// The options of a path or a URL.
pub(super) fn options(file: &Path) -> Result<SqliteConnectOptions, StoreError> {
    match file.to_str().filter(|text| text.starts_with("sqlite:")) {
        Some(url) => SqliteConnectOptions::from_str(url)
            .map(|options| {
                let mode_given = url.contains("mode=");
                if mode_given { options } else { options.create_if_missing(true) }
            })
            .map_err(while_doing("the SQLite URL can't be understood")),
        None => Ok(SqliteConnectOptions::new().filename(file).create_if_missing(true)),
    }
}

/// A pool for reading the file.
pub(super) fn readers(options: SqliteConnectOptions) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(MAX_READERS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A connection to a file doesn't break while it is idle or grow old. A new one has a thread of its
        // own, whose memory comes beside that of the thread before it: an hour showed it as a step of 14 MB.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(
            options
                .create_if_missing(false)
                .busy_timeout(BUSY_TIMEOUT)
                .row_buffer_size(ROW_BUFFER)
                .pragma("query_only", "ON"),
        )
}

/// The writer for the database of these options, with its tables up to date.
pub(super) async fn writer(options: &SqliteConnectOptions) -> Result<Writer, StoreError> {
    let options = options
        .clone()
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", WAL_AUTOCHECKPOINT)
        .pragma("journal_size_limit", WAL_SIZE_LIMIT);
    let mut connection = match open(&options).await {
        Err(error) if error.kind() == StoreErrorKind::Unavailable && !is_there(&options) => {
            return Err(not_there().because(error));
        }
        opened => opened?,
    };
    migrate(&mut connection).await?;
    schema::check(&mut connection).await?;
    Ok(Writer::new(options, connection))
}

fn is_there(options: &SqliteConnectOptions) -> bool {
    options.get_filename().exists()
}

/// At the start this is no accident that passes.
fn not_there() -> StoreError {
    StoreError::new(
        StoreErrorKind::Misconfigured,
        "the database file is not there and can't be made; check its folder",
    )
}

/// A connection for appends.
pub(super) async fn open(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let mut connection =
        options.connect().await.map_err(while_doing("the database file can't be opened"))?;
    enter_wal(&mut connection).await?;
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

/// Refuses a host's pool whose connections would take the file out of WAL mode, or that sees
/// another database than the writer.
pub(super) async fn check_reader(pool: &SqlitePool) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await.map_err(|error| {
        // The writer keeps nobody from opening the file, unless who opens it wants to leave WAL.
        if is_busy(&error) {
            no_wal().because(error)
        } else {
            while_doing("the pool can't be used")(error)
        }
    })?;
    // A connection notices with its first read that another one has switched the file.
    read::head(&mut *connection).await?;
    let mode = journal_mode(&mut connection, "PRAGMA journal_mode")
        .await
        .map_err(while_doing("the pool can't be used"))?;
    if mode == "wal" { Ok(()) } else { Err(no_wal()) }
}

fn no_wal() -> StoreError {
    StoreError::new(
        StoreErrorKind::Misconfigured,
        "the database is not in WAL mode and can't be switched to it; use a file on a local disk \
         (not memory, not a network folder) and a pool that sets no other `journal_mode`",
    )
}

async fn enter_wal(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    // Asked first: in a file that is in WAL mode already, nothing has to be locked.
    let doing = while_doing("the database's journal mode can't be set");
    let mut mode = journal_mode(connection, "PRAGMA journal_mode").await.map_err(&doing)?;
    let deadline = Instant::now() + BUSY_TIMEOUT;
    while mode != "wal" {
        match journal_mode(connection, "PRAGMA journal_mode = WAL").await {
            Ok(now) if now != "wal" => return Err(no_wal()),
            Ok(now) => mode = now,
            // This is the one lock that SQLite doesn't wait for by itself: somebody else opens
            // the new file at the same moment.
            Err(error) if is_busy(&error) && Instant::now() < deadline => {
                tokio::time::sleep(RETRY_AFTER).await;
            }
            Err(error) => return Err(doing(error)),
        }
    }
    Ok(())
}

async fn journal_mode(
    connection: &mut SqliteConnection,
    pragma: &'static str,
) -> Result<String, sqlx::Error> {
    sqlx::query_scalar(pragma).fetch_one(connection).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn readers_stay_as_long_as_the_store() {
        let readers = readers(options(Path::new("oasis.db")).unwrap());
        assert_eq!(readers.options().get_max_lifetime(), None);
        assert_eq!(readers.options().get_idle_timeout(), None);
    }
}
