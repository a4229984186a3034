//! What is asked of a ledger.

use crate::event::{Event, Position, Recorded, Status};
use crate::store::Cursor;
use crate::time::Timestamp;
use crate::vtid::Vtid;

/// Which events are meant; what is `None` doesn't matter.
///
/// ```
/// use oasis_core::{EventFilter, Status};
///
/// let failures = EventFilter { status: Some(Status::Failure), ..EventFilter::default() };
/// assert!(!failures.is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "written with `..EventFilter::default()`")]
pub struct EventFilter {
    /// Events of this task; `Some(None)` means events without one.
    pub vtid: Option<Option<Vtid>>,
    /// Events of this layer, exactly.
    pub layer: Option<String>,
    /// Events of this module, exactly.
    pub module: Option<String>,
    /// Events of this source, exactly.
    pub source: Option<String>,
    /// Events of this kind, exactly.
    pub kind: Option<String>,
    /// Events with this status.
    pub status: Option<Status>,
    /// Events that happened at this moment or later.
    pub since: Option<Timestamp>,
    /// Events that happened before this moment.
    pub until: Option<Timestamp>,
    /// Events with this text in their title, task, reference, link or delivery id; ASCII letters
    /// in any case.
    pub text: Option<String>,
}

impl EventFilter {
    /// Whether every event is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an event is meant: the law that every store's query follows.
    #[must_use]
    pub fn matches(&self, event: &Event) -> bool {
        fn is<T: PartialEq + ?Sized>(wanted: Option<&T>, found: &T) -> bool {
            wanted.is_none_or(|wanted| wanted == found)
        }
        is(self.vtid.as_ref(), &event.vtid)
            && is(self.layer.as_deref(), &event.layer)
            && is(self.module.as_deref(), &event.module)
            && is(self.source.as_deref(), &event.source)
            && is(self.kind.as_deref(), &event.kind)
            && is(self.status.as_ref(), &event.status)
            && self.since.is_none_or(|since| event.ts >= since)
            && self.until.is_none_or(|until| event.ts < until)
            && self.text.as_deref().is_none_or(|text| holds(event, text))
    }
}

fn holds(event: &Event, text: &str) -> bool {
    let wanted = text.to_ascii_lowercase();
    let searched = [
        Some(event.title.as_str()),
        Some(event.vtid.as_ref().map_or(crate::vtid::UNSET, Vtid::as_str)),
        event.reference.as_deref(),
        event.link.as_ref().map(crate::event::Link::as_str),
        event.delivery_id.as_deref(),
    ];
    searched.into_iter().flatten().any(|field| field.to_ascii_lowercase().contains(&wanted))
}

/// In which order events are read.
///
/// ```
/// use oasis_core::{EventFilter, Order, Query};
///
/// assert_eq!(Query::newest(EventFilter::default(), 200).order, Order::Descending);
/// assert_eq!(Query::after(EventFilter::default(), None, 200).order, Order::Ascending);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::exhaustive_enums, reason = "there are two directions")]
pub enum Order {
    /// From the oldest to the newest position.
    Ascending,
    /// From the newest to the oldest position.
    #[default]
    Descending,
}

/// A page that is asked for.
///
/// ```
/// use oasis_core::{Arrival, Event, EventFilter, EventStore, MemoryStore, Query, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
/// let event = |n| Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [n; 10]), "oasis.events", "note");
/// store.append(vec![event(1), event(2), event(3)]).await?;
/// let query = Query::newest(EventFilter::default(), 2);
/// let newest = store.query(&query).await?;
/// let rest = store.query(&query.from_cursor(newest.next.unwrap())).await?;
/// assert_eq!((newest.events.len(), rest.events.len()), (2, 1));
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// Which events.
    pub filter: EventFilter,
    /// In which order.
    pub order: Order,
    /// How many at most.
    pub limit: usize,
    /// The page starts after this position in the order; `None` starts at the order's start.
    pub after: Option<Position>,
    /// How many matching events are passed over first. It costs time with each: prefer a cursor.
    pub offset: u64,
}

impl Query {
    /// The most events that one page holds.
    pub const MAX_LIMIT: usize = 1000;

    /// The newest events that match, up to this many (at least 1, at most
    /// [`MAX_LIMIT`](Self::MAX_LIMIT)).
    #[must_use]
    pub fn newest(filter: EventFilter, limit: usize) -> Self {
        let limit = limit.clamp(1, Self::MAX_LIMIT);
        Self { filter, order: Order::Descending, limit, after: None, offset: 0 }
    }

    /// The events that match after a position, from the oldest on.
    #[must_use]
    pub fn after(filter: EventFilter, after: Option<Position>, limit: usize) -> Self {
        Self { order: Order::Ascending, after, ..Self::newest(filter, limit) }
    }

    /// The same query where an earlier page ended; the cursor brings its order along.
    #[must_use]
    pub fn from_cursor(mut self, cursor: Cursor) -> Self {
        self.order = cursor.order();
        self.after = Some(cursor.position());
        self
    }

    /// For stores: the page that these rows make. Read one row more than `limit`, so that it is
    /// known whether there is a next page.
    #[must_use]
    pub fn page(&self, mut rows: Vec<Recorded>) -> Page {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().map(|row| row.position);
        Page { next: last.filter(|_| more).map(|at| Cursor::new(self.order, at)), events: rows }
    }
}

/// A page of events.
///
/// ```
/// use oasis_core::{Arrival, Event, EventFilter, EventStore, MemoryStore, Query, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
/// let event = |n| Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [n; 10]), "oasis.events", "note");
/// store.append(vec![event(1), event(2), event(3)]).await?;
/// let page = store.query(&Query::newest(EventFilter::default(), 200)).await?;
/// assert_eq!(page.events[0].position.get(), 3);
/// assert!(page.next.is_none());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The events, in the order asked for.
    pub events: Vec<Recorded>,
    /// Where the next page starts; `None` when there is none.
    pub next: Option<Cursor>,
}
