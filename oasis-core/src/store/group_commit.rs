//! Many appends, one commit.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::Shared;

use super::{Appended, EventFilter, EventStore, Page, Query, StoreError, StoreErrorKind};
use crate::event::{Event, EventId, Position, Recorded};

/// A store that gathers the appends that come while a commit is under way into the next one.
///
/// A commit costs a write to the disk, whether it holds one event or a hundred. Behind this wrapper
/// a store makes one at a time; who comes meanwhile goes along with the next. An append that finds
/// no commit under way starts one at once, so an idle ledger is as fast as without it. Each caller
/// is answered when its own rows are durable.
///
/// There is no task and no timer: whoever waits drives the commit on, and if one caller goes away,
/// the others do. Once its turn has come, a group is committed as long as anybody of it, or of a
/// later group, still waits.
///
/// ```
/// use std::sync::Arc;
/// use oasis_core::{Arrival, Event, EventStoreExt, GroupCommit, MemoryStore, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), oasis_core::StoreError> {
/// let store = GroupCommit::new(Arc::new(MemoryStore::new(|| Timestamp::UNIX_EPOCH)));
/// let event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]), "oasis.events", "note");
/// assert_eq!(store.append_one(event).await?.recorded.position.get(), 1);
/// # Ok(()) }
/// ```
pub struct GroupCommit {
    store: Arc<dyn EventStore>,
    limit: usize,
    /// The group that takes newcomers; the one before it may be under way.
    open: Mutex<Group>,
}

/// What a group's commit comes to, for each of those who wait for it.
type Outcome = Result<Arc<[Appended]>, StoreError>;
type Commit = Shared<Pin<Box<dyn Future<Output = Outcome> + Send>>>;

/// Events that are committed together.
struct Group {
    /// `None` once the commit has started: who comes then opens the next group.
    events: Arc<Mutex<Option<Vec<Event>>>>,
    commit: Commit,
}

impl GroupCommit {
    /// How many events wait at most for the next commit, unless
    /// [`with_limit`](Self::with_limit) says otherwise.
    pub const DEFAULT_LIMIT: usize = 1024;

    /// Gathers the appends of this store.
    #[must_use]
    pub fn new(store: Arc<dyn EventStore>) -> Self {
        Self::with_limit(store, Self::DEFAULT_LIMIT)
    }

    /// The same with a limit of one's own on how many events wait for the next commit. An append
    /// that comes on top of them fails at once as [`Unavailable`](StoreErrorKind::Unavailable): a
    /// longer line would only make everybody wait longer.
    #[must_use]
    pub fn with_limit(store: Arc<dyn EventStore>, limit: usize) -> Self {
        let nothing = async { Ok(Arc::from(Vec::new())) };
        let first = Group::after(nothing.boxed().shared(), Arc::clone(&store));
        Self { store, limit: limit.max(1), open: Mutex::new(first) }
    }

    /// Puts events into the group that takes newcomers; where they stand in it, and its commit.
    fn join(&self, mut events: Vec<Event>) -> Result<(usize, Commit), StoreError> {
        let mut open = lock(&self.open);
        {
            let mut waiting = lock(&open.events);
            if let Some(waiting) = waiting.as_mut() {
                let start = waiting.len();
                if start > 0 && start + events.len() > self.limit {
                    return Err(StoreError::new(
                        StoreErrorKind::Unavailable,
                        "too many events wait for the next commit",
                    ));
                }
                waiting.append(&mut events);
                return Ok((start, open.commit.clone()));
            }
        }
        let next = Group::after(open.commit.clone(), Arc::clone(&self.store));
        lock(&next.events).get_or_insert_default().append(&mut events);
        *open = next;
        Ok((0, open.commit.clone()))
    }
}

impl Group {
    /// A group that is committed when the one before it is.
    fn after(before: Commit, store: Arc<dyn EventStore>) -> Self {
        let events = Arc::new(Mutex::new(Some(Vec::new())));
        let gathered = Arc::clone(&events);
        let commit = async move {
            // How the group before ended is for those in it.
            let _ = before.await;
            let events = lock(&gathered).take().unwrap_or_default();
            store.append(events).await.map(Arc::from)
        };
        Self { events, commit: commit.boxed().shared() }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it is held; were it so, the list of events is whole all the same.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl EventStore for GroupCommit {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        let count = batch.len();
        let (start, commit) = self.join(batch)?;
        let answers = commit.await?;
        let mine = answers.get(start..start + count);
        mine.map(<[_]>::to_vec).ok_or(StoreError::new(
            StoreErrorKind::Corrupt,
            "the store did not answer for each event",
        ))
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        self.store.query(query).await
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        self.store.count(filter).await
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        self.store.get(id).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        self.store.head().await
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        self.store.changed(after).await
    }
}

impl fmt::Debug for GroupCommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupCommit").field("store", &self.store).finish_non_exhaustive()
    }
}
