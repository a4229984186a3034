//! The ledger from a position on, without an end.

use super::{EventStore, EventStoreExt, StoreError};
use crate::event::{Position, Recorded};

/// How many events are read in one go.
const PAGE: usize = 500;

/// Follows a ledger: history, then live, with no seam between them.
///
/// It asks one question over and over, what comes after a position, and waits only when nothing
/// does. So it can't miss an event and can't give one twice.
///
/// ```
/// use oasis_core::{Arrival, Event, EventStoreExt, MemoryStore, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), oasis_core::StoreError> {
/// let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
/// let event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]), "oasis.events", "note");
/// store.append_one(event).await?;
/// let mut follow = store.follow(None);
/// for recorded in follow.next().await? {
///     println!("{} {}", recorded.position, recorded.event.title);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Follow<'s, S: ?Sized> {
    store: &'s S,
    after: Option<Position>,
}

impl<'s, S: EventStore + ?Sized> Follow<'s, S> {
    pub(super) const fn new(store: &'s S, after: Option<Position>) -> Self {
        Self { store, after }
    }

    /// The position of the last event that was given.
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        self.after
    }

    /// The next events, from the oldest on: at least one, waiting for it if need be.
    ///
    /// It may be dropped at any time; nothing is lost by that.
    ///
    /// # Errors
    /// [`StoreError`] when the ledger can't be read just now. The same call may be made again.
    pub async fn next(&mut self) -> Result<Vec<Recorded>, StoreError> {
        loop {
            let rows = self.store.read_after(self.after, PAGE).await?;
            if let Some(last) = rows.last() {
                self.after = Some(last.position);
                return Ok(rows);
            }
            self.store.changed(self.after).await?;
        }
    }
}
