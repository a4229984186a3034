//! How much is committed together, and how long that takes.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use oasis_core::{
    Appended, Event, EventFilter, EventId, EventStore, Page, Position, Query, Recorded, StoreError,
};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// Measures the commits of a ledger, for [`Options::commits`](crate::Options::commits). It stands
/// between a [`GroupCommit`](oasis_core::GroupCommit) and its store: what reaches it is one commit.
///
/// ```
/// use std::sync::Arc;
/// use oasis_axum::{CommitMeter, Oasis, Options};
/// use oasis_core::{GroupCommit, KeyRing, MemoryStore, Secret};
///
/// let commits = CommitMeter::new();
/// let store = commits.around(Arc::new(MemoryStore::new(oasis_axum::now)));
/// let options = Options { commits: Some(commits), ..Options::default() };
/// let ring = KeyRing::new(Secret::new("It's a Secret to Everybody")?);
/// let oasis = Oasis::with(Arc::new(GroupCommit::new(store)), &ring, options);
/// # Ok::<(), oasis_core::EmptySecret>(())
/// ```
#[derive(Clone)]
pub struct CommitMeter {
    events: Histogram,
    seconds: Histogram,
    failed: Counter,
}

/// Upper bounds of the number of events in a commit.
const EVENTS: [f64; 11] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0];

/// Upper bounds of the time that a commit takes, in seconds.
const SECONDS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];

impl CommitMeter {
    /// One that has measured nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            events: Histogram::new(EVENTS),
            seconds: Histogram::new(SECONDS),
            failed: Counter::default(),
        }
    }

    /// The same store, measured.
    #[must_use]
    pub fn around(&self, store: Arc<dyn EventStore>) -> Arc<dyn EventStore> {
        Arc::new(Measured { meter: self.clone(), store })
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Events that were committed together";
        registry.register("events", help, self.events.clone());
        let help = "How long a commit took";
        registry.register_with_unit("duration", help, Unit::Seconds, self.seconds.clone());
        registry.register("failed", "Commits that failed", self.failed.clone());
    }
}

impl Default for CommitMeter {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for CommitMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommitMeter").finish_non_exhaustive()
    }
}

#[derive(Debug)]
struct Measured {
    meter: CommitMeter,
    store: Arc<dyn EventStore>,
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl EventStore for Measured {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        let (count, started) = (batch.len(), Instant::now());
        let done = self.store.append(batch).await;
        match &done {
            Ok(_) => {
                self.meter.events.observe(f64::from(u32::try_from(count).unwrap_or(u32::MAX)));
                self.meter.seconds.observe(started.elapsed().as_secs_f64());
            }
            Err(_) => drop(self.meter.failed.inc()),
        }
        done
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
