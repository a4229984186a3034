//! The ledger in one SQLite file.

mod agents;
mod checkpoints;
mod connect;
mod inspect;
mod migrate;
mod notes;
mod place;
mod prune;
mod read;
mod schema;
mod select;
mod write;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use oasis_core::{
    Appended, CheckpointStore, Event, EventFilter, EventId, EventStore, Page, Position, Presence,
    PresenceStore, Query, Recorded, StoreError, StoreErrorKind, Timestamp,
};
use sqlx::sqlite::SqlitePool;
use tokio::sync::watch;

use self::write::Writer;

/// How long a row of another process may stay unnoticed by [`EventStore::changed`].
const POLL: Duration = Duration::from_millis(250);

/// A ledger in one SQLite file, for one machine.
///
/// Appends go one after the other through a connection of the store's own, with
/// `synchronous = FULL` and `BEGIN IMMEDIATE`; readers run beside them on a pool, because the file
/// is in WAL mode. Several processes may open the same file. It must lie on a local disk: WAL does
/// not work over a network.
///
/// A clone is the same ledger.
#[derive(Clone)]
pub struct SqliteStore {
    readers: SqlitePool,
    writer: Arc<Writer>,
    /// The newest position that this process knows of; it wakes who waits for it.
    newest: Arc<watch::Sender<Option<Position>>>,
}

impl SqliteStore {
    /// Opens the ledger in this file, or makes one, and brings its tables up to date.
    ///
    /// The file is a path or a URL such as `sqlite:///var/lib/oasis.db?mode=rw`; without a `mode`
    /// it is made when it isn't there.
    ///
    /// # Errors
    /// [`Misconfigured`](StoreErrorKind::Misconfigured) when this can't be a durable ledger: the
    /// folder is missing or read-only, the database is in memory, the tables are of a newer
    /// version. [`Unavailable`](StoreErrorKind::Unavailable) when it is locked by somebody else
    /// for longer than five seconds.
    pub async fn open(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        let options = connect::options(file.as_ref())?;
        let writer = connect::writer(&options).await?;
        let readers = connect::readers(options);
        Ok(Self::assemble(readers, writer))
    }

    /// The ledger in the database of a program that has a pool already: its tables are `oasis_…`,
    /// its migrations are noted in `_oasis_migrations`, and it touches nothing else.
    ///
    /// The pool is used for reading. Beside it the store opens one connection with the same
    /// options for its appends, so that the program's own connections keep their settings and
    /// none of them is held back. The file is switched to WAL mode if it isn't in it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    ///
    /// ```
    /// use oasis_sqlx::SqliteStore;
    /// use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("app.db");
    /// let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    /// let pool = SqlitePool::connect_with(options).await?;
    /// let store = SqliteStore::new(pool.clone()).await?;
    /// # Ok(()) }
    /// ```
    pub async fn new(pool: SqlitePool) -> Result<Self, StoreError> {
        let writer = connect::writer(&pool.connect_options()).await?;
        connect::check_reader(&pool).await?;
        Ok(Self::assemble(pool, writer))
    }

    /// Removes the oldest events: those before the first one that was recorded at this moment or
    /// later. The newest stays, whatever its age. Gives how many were removed.
    ///
    /// It goes in small transactions, between which others append; when it is dropped, what it
    /// has removed is gone. What stays keeps its positions, so they are dense above the oldest
    /// one. A reader that goes on from a place below it gets the oldest event there is, and is
    /// told by its position: it isn't the next one. A delivery whose event is gone is new when it
    /// comes again, so keep at least as much as senders may send again (GitHub: three days).
    ///
    /// # Errors
    /// As [`EventStore::append`].
    pub async fn prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let (gone, took) = self.writer.prune(before).await?;
            removed += gone;
            if gone == 0 {
                return Ok(removed);
            }
            // Appends have the writer for themselves for two thirds of the time.
            tokio::time::sleep(2 * took).await;
        }
    }

    /// How many events [`prune`](Self::prune) would remove now.
    ///
    /// # Errors
    /// As [`EventStore::query`].
    pub async fn prunable(&self, before: Timestamp) -> Result<u64, StoreError> {
        prune::count(&self.readers, before).await
    }

    fn assemble(readers: SqlitePool, writer: Writer) -> Self {
        Self { readers, writer: Arc::new(writer), newest: Arc::new(watch::Sender::new(None)) }
    }

    /// Runs a write to its end in a task of its own: if the caller is dropped (a client hung up, a
    /// deadline passed), the transaction still ends as it would have, and the writer is never left
    /// in the middle of one for the next caller to wait on.
    async fn to_the_end<T: Send + 'static>(
        write: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        tokio::spawn(write).await.unwrap_or_else(|ended| {
            let stopped = StoreError::new(StoreErrorKind::Unavailable, "the write was stopped");
            Err(stopped.because(ended))
        })
    }

    fn note_newest(&self, position: Option<Position>) {
        self.newest.send_if_modified(|newest| {
            let newer = position > *newest;
            if newer {
                *newest = position;
            }
            newer
        });
    }
}

#[async_trait]
impl EventStore for SqliteStore {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        let store = self.clone();
        Self::to_the_end(async move {
            let appended = store.writer.append(batch, now).await?;
            let newest = appended.iter().map(|one| one.recorded.position).max();
            store.note_newest(newest);
            Ok(appended)
        })
        .await
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        read::page(&self.readers, query).await
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        read::count(&self.readers, filter).await
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        read::by_id(&self.readers, id).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        let head = read::head(&self.readers).await?;
        self.note_newest(head);
        Ok(head)
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        let mut newest = self.newest.subscribe();
        loop {
            if self.head().await? > after {
                return Ok(());
            }
            // An append of this process ends the wait at once; for one of another process the
            // file is looked at again, which is one step into the table's end.
            let wait = newest.wait_for(|newest| *newest > after);
            if let Ok(Ok(_)) = tokio::time::timeout(POLL, wait).await {
                return Ok(());
            }
        }
    }
}

#[async_trait]
impl PresenceStore for SqliteStore {
    async fn note(&self, presence: Presence) -> Result<(), StoreError> {
        let store = self.clone();
        Self::to_the_end(async move { store.writer.note(presence).await }).await
    }

    async fn agent(&self, name: &str) -> Result<Option<Presence>, StoreError> {
        agents::by_name(&self.readers, name).await
    }

    async fn agents(&self) -> Result<Vec<Presence>, StoreError> {
        agents::all(&self.readers).await
    }
}

#[async_trait]
impl CheckpointStore for SqliteStore {
    async fn reached(&self, source: &str, at: Timestamp) -> Result<(), StoreError> {
        let (store, source) = (self.clone(), source.to_owned());
        Self::to_the_end(async move { store.writer.reached(&source, at).await }).await
    }

    async fn checkpoint(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        checkpoints::by_source(&self.readers, source).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the options: a host's may hold the key of an encrypted file.
        f.debug_struct("SqliteStore")
            .field("newest", &*self.newest.borrow())
            .finish_non_exhaustive()
    }
}

/// When rows are recorded, by the system's clock. The order of the ledger never depends on it.
fn now() -> Timestamp {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(_) => 0,
    };
    Timestamp::from_unix_millis(millis)
}
