//! What is convenient and follows from the contract.

use super::{Appended, EventFilter, EventStore, Query, StoreError, StoreErrorKind};
use crate::event::{Event, Position, Recorded};

/// Conveniences for every [`EventStore`]; nobody overrides them.
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
            answer.ok_or(StoreError::new(
                StoreErrorKind::Corrupt,
                "the store answered for no event",
            ))
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
}

impl<S: EventStore + ?Sized> EventStoreExt for S {}
