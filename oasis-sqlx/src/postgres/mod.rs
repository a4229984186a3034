//! The ledger in a Postgres database.

mod agents;
mod checkpoints;
mod connect;
mod inspect;
mod lone;
mod migrate;
mod moment;
mod prune;
mod read;
mod schema;
mod select;
mod session;
mod text;
mod watch;
mod write;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use oasis_core::{
    Appended, CheckpointStore, Event, EventFilter, EventId, EventStore, Page, Position, Presence,
    PresenceStore, Query, Recorded, StoreError, StoreErrorKind, Timestamp,
};
use sqlx::postgres::PgPool;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use self::session::{Connections, DEADLINE, Kept, Session};
use self::watch::Newest;
use crate::error::while_doing;

/// How many appends are under way at once. The server takes one after the other, so one works and
/// one is there when it ends; more would only keep connections from readers.
const APPENDS: usize = 2;

/// A ledger in a Postgres database (12 or newer), for any number of processes on any number of
/// machines.
///
/// A batch is one call of the function `oasis_append`, which locks the ledger's head, finds the
/// deliveries that are known and numbers the others. It needs nothing of the session, so it works
/// behind PgBouncer in transaction mode.
///
/// A clone is the same ledger.
///
/// ```
/// use oasis_core::{EventStore, StoreError, StoreErrorKind};
/// use oasis_sqlx::PostgresStore;
///
/// async fn newest(url: &str) -> Result<u64, StoreError> {
///     let store = PostgresStore::connect(url).await?;
///     Ok(store.head().await?.map_or(0, |position| position.get()))
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// // Nothing listens there. What can work later by itself says so; the rest is for a person to mend.
/// let away = newest("postgres://oasis@127.0.0.1:1/oasis").await.unwrap_err();
/// assert_eq!(away.kind(), StoreErrorKind::Unavailable);
/// let wrong = newest("postgres://oasis@127.0.0.1:1/oasis?sslmode=sometimes").await.unwrap_err();
/// assert_eq!(wrong.kind(), StoreErrorKind::Misconfigured);
/// # }
/// ```
#[derive(Clone)]
pub struct PostgresStore {
    ledger: Arc<Ledger>,
}

/// Whose pool it is.
enum Owner {
    Store,
    /// A program that counts its connections.
    Host,
}

struct Ledger {
    session: Session,
    appends: Semaphore,
    newest: Newest,
}

impl PostgresStore {
    /// Opens the ledger in the database of this URL, and brings its tables up to date. It has ten
    /// connections at most, two more that are kept for appending, the first of them from now on, and
    /// one that listens for what other processes append, as long as somebody waits for it.
    ///
    /// The URL is `postgres://user:password@host:port/database?parameters`. Of the parameters,
    /// `sslmode` and `sslrootcert` mean what they do for `psql`, and `pgbouncer=true` says that
    /// PgBouncer is in front of the server, in transaction mode: nothing is prepared or set on a
    /// connection then, and what others append is looked for instead of listened for.
    ///
    /// # Errors
    /// [`Misconfigured`](StoreErrorKind::Misconfigured) when this can't be a ledger: the URL, the
    /// password or a right is wrong, the tables are of a newer version or lack what the promises
    /// stand on. [`Unavailable`](StoreErrorKind::Unavailable) when the server can't be reached.
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        let (options, pooled) = connect::options(url)?;
        Self::open(connect::pool(options), pooled, Owner::Store).await
    }

    /// The ledger in the database of a program that has a pool already: its tables are `oasis_…`,
    /// its migrations are noted in `_oasis_migrations`, and it touches nothing else. They stand in
    /// the schema that comes first in the `search_path`.
    ///
    /// One more connection with the same options listens for what other processes append, as long
    /// as somebody waits for it.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn new(pool: PgPool) -> Result<Self, StoreError> {
        Self::open(pool, false, Owner::Host).await
    }

    /// The same for a pool whose connections lead to PgBouncer in transaction mode.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn behind_pgbouncer(pool: PgPool) -> Result<Self, StoreError> {
        Self::open(pool, true, Owner::Host).await
    }

    /// Removes the oldest events: those before the first one that was recorded at this moment or
    /// later. The newest stays, whatever its age. Gives how many were removed.
    ///
    /// It goes in small transactions, between which others append; when it is dropped, what it
    /// has removed is gone. Where the ledger is partitioned, partitions that are old as a whole are
    /// dropped first, if the store's role owns the tables. What stays keeps its positions, so they are dense above the oldest
    /// one. A reader that goes on from a place below it gets the oldest event there is, and is
    /// told by its position: it isn't the next one. A delivery whose event is gone is new when it
    /// comes again, so keep at least as much as senders may send again (GitHub: three days).
    ///
    /// # Errors
    /// As [`EventStore::append`].
    pub async fn prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut removed = 0;
        while let Some(gone) = prune::partition(&self.ledger.session, before).await? {
            removed += gone;
        }
        loop {
            let gone = prune::batch(&self.ledger.session, before).await?;
            removed += gone;
            if gone == 0 {
                return Ok(removed);
            }
            // Whoever waits for the database comes first.
            tokio::task::yield_now().await;
        }
    }

    /// How many events [`prune`](Self::prune) would remove now.
    ///
    /// # Errors
    /// As [`EventStore::query`].
    pub async fn prunable(&self, before: Timestamp) -> Result<u64, StoreError> {
        prune::old(&self.ledger.session, before).await
    }

    async fn open(pool: PgPool, pooled: bool, owner: Owner) -> Result<Self, StoreError> {
        // One connection for all of it: one that is given back is not there at once, and another one
        // would have to be opened.
        let mut first = connect::first(&pool).await?;
        let broken = while_doing("the database can't be reached");
        let connection = first.get().map_err(&broken)?;
        let connections = Connections::of(connection, pooled).await?;
        migrate::migrate(connection).await?;
        schema::check(connection).await?;
        let kept = match owner {
            Owner::Store => {
                let first = first.take().ok_or(sqlx::Error::PoolClosed).map_err(broken)?;
                Some(Arc::new(Kept::beginning_with(first, connections).await))
            }
            Owner::Host => {
                first.give_back();
                None
            }
        };
        let session = Session { pool, connections, kept };
        let appends = Semaphore::new(APPENDS);
        Ok(Self { ledger: Arc::new(Ledger { session, appends, newest: Newest::new() }) })
    }
}

impl Ledger {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        let appended = async {
            // Nobody closes it.
            let _turn = self.appends.acquire().await;
            write::append(&self.session, batch).await
        };
        // For all of it: while the server is silent, whoever waits for a turn must not wait for the
        // end of everybody before.
        let appended = timeout(DEADLINE, appended).await.unwrap_or_else(|elapsed| {
            let silent = "the events can't be appended in time";
            Err(StoreError::new(StoreErrorKind::Unavailable, silent).because(elapsed))
        })?;
        let newest = appended.iter().filter(|one| !one.duplicate);
        if let Some(newest) = newest.map(|one| one.recorded.position).max() {
            self.newest.appended(&self.session, Some(newest));
        }
        Ok(appended)
    }
}

#[async_trait]
impl EventStore for PostgresStore {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        // A task of its own: if the caller is dropped (a client hung up, a deadline passed), the
        // call still ends as it would have, and its connection is not thrown away.
        let ledger = Arc::clone(&self.ledger);
        let task = tokio::spawn(async move { ledger.append(batch).await });
        task.await.unwrap_or_else(|ended| {
            let stopped = StoreError::new(StoreErrorKind::Unavailable, "the append was stopped");
            Err(stopped.because(ended))
        })
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        read::page(&self.ledger.session, query).await
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        read::count(&self.ledger.session, filter).await
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        read::by_id(&self.ledger.session, id).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        let head = read::head(&self.ledger.session).await?;
        self.ledger.newest.note(head);
        Ok(head)
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        // First watch, then look: what is appended in between is news.
        let news = self.ledger.newest.watch(&self.ledger.session);
        if self.head().await? <= after {
            news.after(after).await;
        }
        Ok(())
    }
}

#[async_trait]
impl PresenceStore for PostgresStore {
    async fn note(&self, presence: Presence) -> Result<(), StoreError> {
        agents::note(&self.ledger.session, &presence).await
    }

    async fn agent(&self, name: &str) -> Result<Option<Presence>, StoreError> {
        agents::by_name(&self.ledger.session, name).await
    }

    async fn agents(&self) -> Result<Vec<Presence>, StoreError> {
        agents::all(&self.ledger.session).await
    }
}

#[async_trait]
impl CheckpointStore for PostgresStore {
    async fn reached(&self, source: &str, at: Timestamp) -> Result<(), StoreError> {
        checkpoints::reached(&self.ledger.session, source, at).await
    }

    async fn checkpoint(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        checkpoints::by_source(&self.ledger.session, source).await
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the pool: its options hold the password.
        f.debug_struct("PostgresStore")
            .field("newest", &self.ledger.newest.known())
            .finish_non_exhaustive()
    }
}
