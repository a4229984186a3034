//! The contract in its plainest form: a list in memory.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use event_listener::Event as Bell;

use super::{Appended, EventFilter, EventStore, Order, Page, Query, StoreError};
use super::{CheckpointStore, Presence, PresenceStore};
use crate::event::{Event, EventId, Position, Recorded};
use crate::time::Timestamp;

/// A ledger in memory: for tests and for trying things out. It ends with its process.
///
/// ```
/// use oasis_core::{Arrival, Event, EventStoreExt, MemoryStore, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), oasis_core::StoreError> {
/// let store = MemoryStore::new(|| Timestamp::from_unix_seconds(1_761_739_200));
/// let event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]), "oasis.events", "note");
/// let appended = store.append_one(event).await?;
/// assert_eq!(appended.recorded.position.get(), 1);
/// # Ok(()) }
/// ```
pub struct MemoryStore {
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    ledger: Mutex<Ledger>,
    agents: Mutex<BTreeMap<String, Presence>>,
    checkpoints: Mutex<BTreeMap<String, Timestamp>>,
    appended: Bell,
}

#[derive(Default)]
struct Ledger {
    rows: Vec<Recorded>,
    by_delivery: HashMap<(String, String), usize>,
    by_id: HashMap<EventId, usize>,
}

impl MemoryStore {
    /// An empty ledger that takes its `recorded_at` from this clock.
    #[must_use]
    pub fn new(clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            clock: Box::new(clock),
            ledger: Mutex::default(),
            agents: Mutex::default(),
            checkpoints: Mutex::default(),
            appended: Bell::new(),
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        // A panic elsewhere leaves the list as it was: each push is one step.
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    fn head(&self) -> Option<Position> {
        self.rows.last().map(|row| row.position)
    }

    fn append(&mut self, event: Event, now: Timestamp) -> Appended {
        let key = event.delivery_id.clone().map(|id| (event.source.clone(), id));
        let first = key.as_ref().and_then(|key| self.by_delivery.get(key));
        let first = first.or_else(|| self.by_id.get(&event.id));
        if let Some(first) = first.and_then(|&n| self.rows.get(n)) {
            return Appended::duplicate_of(first.clone());
        }
        if let Some(key) = key {
            self.by_delivery.insert(key, self.rows.len());
        }
        self.by_id.insert(event.id, self.rows.len());
        let position = self.head().map_or(Position::FIRST, Position::next);
        let recorded = Recorded::new(position, now, event);
        self.rows.push(recorded.clone());
        Appended::new(recorded)
    }
}

#[async_trait]
impl EventStore for MemoryStore {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        let now = (self.clock)();
        let appended = {
            let mut ledger = self.ledger();
            batch.into_iter().map(|event| ledger.append(event, now)).collect()
        };
        self.appended.notify(usize::MAX);
        Ok(appended)
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        let ledger = self.ledger();
        let passed = |row: &&Recorded| match (query.order, query.after) {
            (_, None) => true,
            (Order::Ascending, Some(after)) => row.position > after,
            (Order::Descending, Some(after)) => row.position < after,
        };
        let matching = ledger.rows.iter().filter(|row| query.filter.matches(&row.event));
        let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
        let wanted = query.limit.saturating_add(1);
        let rows = match query.order {
            Order::Ascending => {
                matching.filter(passed).skip(offset).take(wanted).cloned().collect()
            }
            Order::Descending => {
                matching.rev().filter(passed).skip(offset).take(wanted).cloned().collect()
            }
        };
        Ok(query.page(rows))
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        let ledger = self.ledger();
        Ok(ledger.rows.iter().filter(|row| filter.matches(&row.event)).count() as u64)
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        let ledger = self.ledger();
        Ok(ledger.by_id.get(&id).and_then(|&n| ledger.rows.get(n)).cloned())
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        Ok(self.ledger().head())
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        loop {
            // First listen, then look: what is appended in between rings the bell.
            let ring = self.appended.listen();
            if self.ledger().head() > after {
                return Ok(());
            }
            ring.await;
        }
    }
}

#[async_trait]
impl PresenceStore for MemoryStore {
    async fn note(&self, presence: Presence) -> Result<(), StoreError> {
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        if agents.get(&presence.agent).is_none_or(|before| before.seen <= presence.seen) {
            agents.insert(presence.agent.clone(), presence);
        }
        Ok(())
    }

    async fn agent(&self, name: &str) -> Result<Option<Presence>, StoreError> {
        let agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(agents.get(name).cloned())
    }

    async fn agents(&self) -> Result<Vec<Presence>, StoreError> {
        let agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(agents.values().cloned().collect())
    }
}

#[async_trait]
impl CheckpointStore for MemoryStore {
    async fn reached(&self, source: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut reached = self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = reached.entry(source.to_owned()).or_insert(at);
        *newest = at.max(*newest);
        Ok(())
    }

    async fn checkpoint(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        let reached = self.checkpoints.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(reached.get(source).copied())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("head", &self.ledger().head()).finish_non_exhaustive()
    }
}
