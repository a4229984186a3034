//! A ledger whose appends are driven by a thread of their own.

use std::sync::Arc;

use async_trait::async_trait;
use oasis_core::{
    Appended, Event, EventFilter, EventId, EventStore, Page, Position, Query, Recorded, StoreError,
    StoreErrorKind,
};
use tokio::runtime::{Builder, Handle, Runtime};

/// A commit is a dozen short steps, and between two of them it stands in line with everything else that
/// its runtime has to do. Where thousands of connections have something to say at once, that line is
/// long, and the commits, which all of them wait for, would take their turn behind each of them. So
/// they have a line of their own; only an event that comes alone, when there is no line, is spared the
/// way to the other thread and back, which costs it a sixth of its time.
#[derive(Debug)]
pub(crate) struct Apart {
    store: Arc<dyn EventStore>,
    there: Handle,
}

impl Apart {
    /// The same store, whose appends are driven by that runtime.
    pub(crate) fn new(store: Arc<dyn EventStore>, there: Handle) -> Self {
        Self { store, there }
    }
}

/// A runtime that drives appends: one thread is enough, a ledger takes one commit after the other.
pub(crate) fn appends() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().worker_threads(1).thread_name("ledger").enable_all().build()
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl EventStore for Apart {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        if batch.len() == 1 {
            return self.store.append(batch).await;
        }
        let store = Arc::clone(&self.store);
        let task = self.there.spawn(async move { store.append(batch).await });
        task.await.unwrap_or_else(|ended| {
            let stopped = StoreError::new(StoreErrorKind::Unavailable, "the append was stopped");
            Err(stopped.because(ended))
        })
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
