//! Many appends, one commit.

use std::fmt;
use std::panic::AssertUnwindSafe;
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
/// Nobody pays for what another one brings: when the store refuses a group for anything but being
/// away, its callers' batches are brought one by one, and each caller gets the answer to its own.
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

/// The answer to one caller's batch.
type Answer = Result<Vec<Appended>, StoreError>;
/// What a group's commit comes to, for each of those who wait for it, in their order. Each takes its
/// own.
type Commit = Shared<Pin<Box<dyn Future<Output = Arc<[Mutex<Option<Answer>>]>> + Send>>>;

/// Batches that are committed together.
struct Group {
    /// `None` once the commit has started: who comes then opens the next group.
    batches: Arc<Mutex<Option<Batches>>>,
    commit: Commit,
}

/// What each caller brought.
#[derive(Default)]
struct Batches {
    batches: Vec<Vec<Event>>,
    events: usize,
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
        let nothing = async { Arc::from([]) };
        let first = Group::after(nothing.boxed().shared(), Arc::clone(&store));
        Self { store, limit: limit.max(1), open: Mutex::new(first) }
    }

    /// Puts a batch into the group that takes newcomers; its place among the others, and their
    /// commit.
    fn join(&self, batch: Vec<Event>) -> Result<(usize, Commit), StoreError> {
        let mut open = lock(&self.open);
        if let Some(waiting) = lock(&open.batches).as_mut() {
            if waiting.events > 0 && waiting.events + batch.len() > self.limit {
                return Err(StoreError::new(
                    StoreErrorKind::Unavailable,
                    "too many events wait for the next commit",
                ));
            }
            return Ok((waiting.push(batch), open.commit.clone()));
        }
        let next = Group::after(open.commit.clone(), Arc::clone(&self.store));
        let place = lock(&next.batches).get_or_insert_default().push(batch);
        *open = next;
        Ok((place, open.commit.clone()))
    }
}

impl Batches {
    fn push(&mut self, batch: Vec<Event>) -> usize {
        self.events += batch.len();
        self.batches.push(batch);
        self.batches.len() - 1
    }
}

impl Group {
    /// A group that is committed when the one before it is.
    fn after(before: Commit, store: Arc<dyn EventStore>) -> Self {
        let batches = Arc::new(Mutex::new(Some(Batches::default())));
        let gathered = Arc::clone(&batches);
        let commit = async move {
            // How the group before ended is for those in it.
            let _ = before.await;
            let gathered = lock(&gathered).take().unwrap_or_default();
            let callers = gathered.batches.len();
            // A panic would be everybody's: of those in this group, and of all groups behind it.
            let committed = AssertUnwindSafe(commit(&*store, gathered)).catch_unwind().await;
            let broken = StoreError::new(StoreErrorKind::Corrupt, "the store panicked");
            let answers = committed.unwrap_or_else(|_| vec![Err(broken); callers]);
            answers.into_iter().map(|answer| Mutex::new(Some(answer))).collect()
        };
        Self { batches, commit: commit.boxed().shared() }
    }
}

/// Appends what a group gathered, in one commit if the store takes it; an answer for each batch.
async fn commit(store: &dyn EventStore, gathered: Batches) -> Vec<Answer> {
    let mut batches = gathered.batches;
    if batches.len() < 2 {
        let Some(only) = batches.pop() else { return Vec::new() };
        return vec![store.append(only).await];
    }
    let together = batches.iter().flatten().cloned().collect();
    match store.append(together).await {
        Ok(answers) => {
            let mut answers = answers.into_iter();
            batches
                .iter()
                .map(|batch| answers.by_ref().take(batch.len()).collect())
                .map(Ok)
                .collect()
        }
        // It would be away for each of them too.
        Err(away) if away.kind() == StoreErrorKind::Unavailable => {
            batches.iter().map(|_| Err(away.clone())).collect()
        }
        Err(_refused) => {
            let mut answers = Vec::with_capacity(batches.len());
            for batch in batches {
                answers.push(store.append(batch).await);
            }
            answers
        }
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
        let (place, commit) = self.join(batch)?;
        let answers = commit.await;
        let unanswered =
            StoreError::new(StoreErrorKind::Corrupt, "the store did not answer for each event");
        match answers.get(place).and_then(|mine| lock(mine).take()) {
            Some(Ok(mine)) if mine.len() == count => Ok(mine),
            Some(Err(error)) => Err(error),
            _ => Err(unanswered),
        }
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
