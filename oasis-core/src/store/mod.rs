//! The ledger's contract: what a store must do, and what users may count on.

mod checkpoint;
mod cursor;
mod error;
mod ext;
mod follow;
mod group_commit;
mod memory;
mod presence;
mod query;

use std::fmt::Debug;

use async_trait::async_trait;

use crate::event::{Event, EventId, Position, Recorded};

pub use checkpoint::CheckpointStore;
pub use cursor::{Cursor, InvalidCursor};
pub use error::{StoreError, StoreErrorKind};
pub use ext::EventStoreExt;
pub use follow::Follow;
pub use group_commit::GroupCommit;
pub use memory::MemoryStore;
pub use presence::{AgentState, Presence, PresenceStore};
pub use query::{EventFilter, Order, Page, Query};

/// A ledger of events.
///
/// Whatever implements this keeps four promises:
///
/// 1. **Durable.** [`append`](Self::append) returns only when the rows would survive a power cut
///    (a store in memory says of itself that it has no such rows).
/// 2. **Once.** One row for each (`source`, `delivery_id`), however many writers bring it at the
///    same moment; the others get the first row. The same holds of an event's id, where its
///    delivery is none that the ledger has: who brings the same event again finds its row.
/// 3. **Dense positions in the order of commit.** 1, 2, 3 …; a reader that has seen position *n*
///    never later meets a new row at or below *n*.
/// 4. **The same answer everywhere.** A query gives the rows that
///    [`EventFilter::matches`] says, in the order of their positions.
///
/// The methods have no defaults, so that a store in front of another can't forget one; what is
/// convenient stands in [`EventStoreExt`]. The feature `conformance` puts the promises as tests to
/// whatever implements this.
///
/// ```
/// use oasis_core::{Arrival, Event, EventFilter, EventStore, MemoryStore, Query, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), oasis_core::StoreError> {
/// let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
/// let arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]);
/// let event = Event::new(arrival, "oasis.events", "note");
/// let first = store.append(vec![event.clone()]).await?.remove(0);
/// let again = store.append(vec![event]).await?.remove(0);
/// assert!(again.duplicate && again.recorded == first.recorded);
///
/// assert_eq!(store.head().await?, Some(first.recorded.position));
/// assert_eq!(store.count(&EventFilter::default()).await?, 1);
/// let page = store.query(&Query::after(EventFilter::default(), None, 200)).await?;
/// assert_eq!(page.events, [first.recorded]);
/// # Ok(()) }
/// ```
#[async_trait]
pub trait EventStore: Debug + Send + Sync + 'static {
    /// Records these events in their order, all or none, and answers for each.
    ///
    /// # Errors
    /// [`StoreError`] when nothing was recorded, or when it isn't known whether it was: bring the
    /// same events again, the second promise makes that safe.
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError>;

    /// A page of the events that match, in the order asked for.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read. An error never is an empty page.
    async fn query(&self, query: &Query) -> Result<Page, StoreError>;

    /// How many events match.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError>;

    /// The event with this id.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError>;

    /// The position of the newest event; `None` in an empty ledger.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    async fn head(&self) -> Result<Option<Position>, StoreError>;

    /// Returns as soon as the ledger may hold an event after this position.
    ///
    /// It may return early; who waits looks again. It may be dropped at any time.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be watched just now.
    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError>;
}

/// What became of an event that was brought.
///
/// ```
/// use oasis_core::{Appended, Arrival, Event, Position, Recorded, Timestamp};
///
/// let event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [7; 10]), "oasis.events", "note");
/// let row = Recorded::new(Position::FIRST, Timestamp::UNIX_EPOCH, event);
/// assert!(!Appended::new(row.clone()).duplicate);
/// assert!(Appended::duplicate_of(row).duplicate);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Appended {
    /// The row that the ledger holds: of a duplicate the first one that came.
    pub recorded: Recorded,
    /// Whether the ledger had the delivery, or the event, already.
    pub duplicate: bool,
}

impl Appended {
    /// For stores: this row is new.
    #[must_use]
    pub const fn new(recorded: Recorded) -> Self {
        Self { recorded, duplicate: false }
    }

    /// For stores: the ledger had this row already.
    #[must_use]
    pub const fn duplicate_of(first: Recorded) -> Self {
        Self { recorded: first, duplicate: true }
    }
}
