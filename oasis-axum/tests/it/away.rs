//! A ledger in memory that can be away, slow, or refuse some events.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use async_trait::async_trait;
use oasis_core::{
    Appended, Event, EventFilter, EventId, EventStore, MemoryStore, Page, Position, Query,
    Recorded, StoreError, StoreErrorKind,
};

#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(crate) store: Arc<MemoryStore>,
    mood: Arc<AtomicU8>,
}

/// What becomes of an append.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(crate) enum Mood {
    /// It is recorded; but an event of the kind `poison` is refused for good.
    Well,
    /// It fails, and so do reads.
    Away,
    /// It fails, after two seconds in which nobody knew.
    Silent,
    /// It is never answered.
    Hangs,
    /// It is recorded and said to have failed.
    Forgets,
    /// It is refused for good, and reads work: no right to write.
    ReadOnly,
    /// It is a bug.
    AppendPanics,
    /// It is recorded, and pages can't be read.
    Unread,
    /// It is recorded, and the next page that is read is a bug.
    PanicsOnce,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self { store: Arc::new(MemoryStore::new(oasis_axum::now)), mood: Arc::default() }
    }

    pub(crate) fn is(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    /// Whether it is so still.
    pub(crate) fn still(&self, mood: Mood) -> bool {
        self.fails(mood)
    }

    fn fails(&self, mood: Mood) -> bool {
        self.mood.load(Ordering::SeqCst) == mood as u8
    }

    fn there(&self) -> Result<&MemoryStore, StoreError> {
        match self.fails(Mood::Away) {
            true => Err(StoreError::new(StoreErrorKind::Unavailable, "away")),
            false => Ok(&self.store),
        }
    }
}

#[async_trait]
impl EventStore for Ledger {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        let store = self.there()?;
        assert!(!self.fails(Mood::AppendPanics), "a bug of these tests");
        if self.fails(Mood::Silent) {
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            return Err(StoreError::new(StoreErrorKind::Unavailable, "no answer"));
        }
        if self.fails(Mood::Hangs) {
            std::future::pending::<()>().await;
        }
        if self.fails(Mood::ReadOnly) || batch.iter().any(|event| event.kind == "poison") {
            return Err(StoreError::new(StoreErrorKind::Misconfigured, "refused"));
        }
        let appended = store.append(batch).await?;
        match self.fails(Mood::Forgets) {
            true => Err(StoreError::new(StoreErrorKind::Unavailable, "the connection was lost")),
            false => Ok(appended),
        }
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        if self.fails(Mood::Unread) {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "it can't be read"));
        }
        if self.fails(Mood::PanicsOnce) {
            self.is(Mood::Well);
            panic!("a bug of these tests");
        }
        self.there()?.query(query).await
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        self.there()?.count(filter).await
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        self.there()?.get(id).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        self.there()?.head().await
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        self.there()?.changed(after).await
    }
}
