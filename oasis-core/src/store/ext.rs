//! What is convenient and follows from the contract.

use super::follow::Follow;
use super::{Appended, EventFilter, EventStore, Query, StoreError, StoreErrorKind};
use crate::event::{Event, Position, Recorded};

/// Conveniences for every [`EventStore`]; nobody overrides them.
///
/// ```
/// use oasis_core::{Arrival, Event, EventStoreExt, MemoryStore, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
/// let event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [7; 10]), "oasis.events", "note");
/// let appended = store.append_one(event).await?;
/// assert_eq!(store.read_after(None, 200).await?, [appended.recorded]);
/// # Ok(()) }
/// ```
pub trait EventStoreExt: EventStore {
    /// Records one event.
    ///
    /// # Errors
    /// As [`EventStore::append`].
    fn append_one(
        &self,
        event: Event,
    ) -> impl Future<Output = Result<Appended, StoreError>> + Send {
        async {
            let answer = self.append(vec![event]).await?.pop();
            answer
                .ok_or(StoreError::new(StoreErrorKind::Corrupt, "the store answered for no event"))
        }
    }

    /// The events after a position, from the oldest on, up to this many.
    ///
    /// # Errors
    /// As [`EventStore::query`].
    fn read_after(
        &self,
        after: Option<Position>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Recorded>, StoreError>> + Send {
        async move {
            let query = Query::after(EventFilter::default(), after, limit);
            Ok(self.query(&query).await?.events)
        }
    }

    /// Follows the ledger from a position on: first what is there, then what comes.
    fn follow(&self, after: Option<Position>) -> Follow<'_, Self> {
        Follow::new(self, after)
    }
}

impl<S: EventStore + ?Sized> EventStoreExt for S {}
