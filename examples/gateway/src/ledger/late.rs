//! A ledger that is reached when its database is there.

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use oasis_core::{
    Appended, CheckpointStore, Event, EventFilter, EventId, EventStore, Page, Position, Presence,
    PresenceStore, Query, Recorded, StoreError, StoreErrorKind, Timestamp,
};
use tokio_util::sync::CancellationToken;

use super::{Retention, Stores};

/// Until the ledger is reached, it is away as one is that was lost.
#[derive(Debug, Clone, Default)]
pub(super) struct Late {
    found: Arc<OnceLock<Stores>>,
    reached: CancellationToken,
}

impl Late {
    /// From now on these are what is asked.
    pub(super) fn reach(&self, stores: Stores) {
        // Only one task looks for it.
        let _ = self.found.set(stores);
        self.reached.cancel();
    }

    fn there(&self) -> Result<&Stores, StoreError> {
        let away = StoreError::new(StoreErrorKind::Unavailable, "the ledger was not reached yet");
        self.found.get().ok_or(away)
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl EventStore for Late {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        self.there()?.events.append(batch).await
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        self.there()?.events.query(query).await
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        self.there()?.events.count(filter).await
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        self.there()?.events.get(id).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        self.there()?.events.head().await
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        match self.found.get() {
            Some(stores) => stores.events.changed(after).await,
            // It may return early: what is new is looked for then.
            None => {
                self.reached.cancelled().await;
                Ok(())
            }
        }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl PresenceStore for Late {
    async fn note(&self, presence: Presence) -> Result<(), StoreError> {
        self.there()?.presence.note(presence).await
    }

    async fn agent(&self, name: &str) -> Result<Option<Presence>, StoreError> {
        self.there()?.presence.agent(name).await
    }

    async fn agents(&self) -> Result<Vec<Presence>, StoreError> {
        self.there()?.presence.agents().await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl CheckpointStore for Late {
    async fn reached(&self, source: &str, at: Timestamp) -> Result<(), StoreError> {
        self.there()?.checkpoints.reached(source, at).await
    }

    async fn checkpoint(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        self.there()?.checkpoints.checkpoint(source).await
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Retention for Late {
    async fn prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.there()?.retention.prune(before).await
    }

    async fn prunable(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.there()?.retention.prunable(before).await
    }
}
