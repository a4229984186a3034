//! The ledger from a position on, without an end.

use super::{EventStore, EventStoreExt, StoreError, StoreErrorKind};
use crate::event::{EventId, Position, Recorded};

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
    /// The event there.
    last: Option<EventId>,
}

impl<'s, S: EventStore + ?Sized> Follow<'s, S> {
    pub(super) const fn new(store: &'s S, after: Option<Position>) -> Self {
        Self { store, after, last: None }
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
    /// [`StoreError`] when the ledger can't be read just now. The same call may be made again, but for
    /// [`Replaced`](StoreErrorKind::Replaced): the event that was given last is no longer the ledger's,
    /// which was put back to an earlier state. What is there now must be followed anew.
    pub async fn next(&mut self) -> Result<Vec<Recorded>, StoreError> {
        loop {
            // The last one is read again with what comes after it, so that nobody goes on in a ledger
            // that he doesn't know.
            let from = self.after.and_then(|after| Position::new(after.get() - 1));
            let mut rows = self.store.read_after(from, PAGE).await?;
            self.recognise(&mut rows)?;
            if let Some(last) = rows.last() {
                self.after = Some(last.position);
                self.last = Some(last.event.id);
                return Ok(rows);
            }
            self.store.changed(self.after).await?;
        }
    }

    /// Takes the event that was given last off these rows.
    fn recognise(&mut self, rows: &mut Vec<Recorded>) -> Result<(), StoreError> {
        let there = match rows.first() {
            Some(first) if Some(first.position) == self.after => Some(first.event.id),
            // It was pruned meanwhile.
            Some(_) => return Ok(()),
            // The newest is never pruned.
            None => None,
        };
        if self.last.is_some() && self.last != there {
            let replaced = "the ledger was put back to an earlier state";
            return Err(StoreError::new(StoreErrorKind::Replaced, replaced));
        }
        if there.is_some() {
            self.last = there;
            rows.remove(0);
        }
        Ok(())
    }
}
