//! The event: the one shape that everything becomes.

mod id;
mod link;
mod status;
mod title;
mod wire;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::arrival::Arrival;
use crate::time::Timestamp;
use crate::vtid::Vtid;

pub use id::{EventId, InvalidEventId};
pub use link::{InvalidLink, Link};
pub use status::{InvalidStatus, Status};
pub use title::{InvalidTitle, Title};

/// What else an event carries, by name; the names are sorted, so that its JSON is always the same.
/// Most names stand in the program's text and cost no memory of their own.
///
/// ```
/// use oasis_core::{Arrival, Event, Timestamp};
///
/// let mut event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]), "oasis.events", "note");
/// event.meta.insert("pr_number".into(), 22.into());
/// event.meta.insert(format!("{}_url", "build").into(), "https://ci.example/7".into());
/// assert_eq!(serde_json::to_string(&event.meta)?, r#"{"build_url":"https://ci.example/7","pr_number":22}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub type Meta = BTreeMap<Cow<'static, str>, Value>;

/// Something that happened, in the one shape that all sources become.
///
/// As JSON it is the object of the contract's first section, without `position` and
/// `recorded_at`, which it gets when a store [records](Recorded) it.
///
/// ```
/// use oasis_core::{Arrival, Event, Status, Timestamp, Title};
///
/// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
/// let mut event = Event::new(arrival, "oasis.events", "note");
/// event.status = Status::Warning;
/// event.retitle("OBSERVED");
/// assert_eq!(event.title.as_str(), "SYSTEM-NOTE-OBSERVED");
/// let json = serde_json::to_value(&event)?;
/// assert_eq!(json["vtid"], "UNSET");
/// assert_eq!(serde_json::from_value::<Event>(json)?, event);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// Made once, when the event is normalised.
    pub id: EventId,
    /// When it happened at its source; the time of receipt where the source gives none.
    pub ts: Timestamp,
    /// The task; `None` is written `UNSET`.
    pub vtid: Option<Vtid>,
    /// The word after the id's prefix, or the source's default layer.
    pub layer: String,
    /// What part of the work it is about, in capitals: `WORKFLOW`, `PR`, `DEPLOY` …
    pub module: String,
    /// Where it comes from: `github.actions`, `gcp.deploy`, `agent.ping` …; lower-case, dotted.
    pub source: String,
    /// The source's own name for it: `workflow_run`, `pull_request` …
    pub kind: String,
    /// How the thing it tells of stands.
    pub status: Status,
    /// `LAYER-MODULE-ACTION`.
    pub title: Title,
    /// Branch, tag or revision; `ref` in JSON.
    pub reference: Option<String>,
    /// A page that shows more.
    pub link: Option<Link>,
    /// What else the kind carries.
    pub meta: Meta,
    /// The source's id for the delivery; a ledger keeps one row for each (`source`, `delivery_id`).
    pub delivery_id: Option<String>,
}

impl Event {
    /// An event of this source and kind that says nothing yet: no task, status `info`, the layer
    /// `SYSTEM`, the kind as its module.
    #[must_use]
    pub fn new(arrival: Arrival, source: &str, kind: &str) -> Self {
        let mut event = Self::untitled(arrival, source, kind, "SYSTEM", kind.to_ascii_uppercase());
        event.retitle("");
        event
    }

    /// The same with this layer and module, for who gives it its title when the action is known.
    pub(crate) fn untitled(
        arrival: Arrival,
        source: &str,
        kind: &str,
        layer: &str,
        module: impl Into<String>,
    ) -> Self {
        Self {
            id: arrival.event_id(),
            ts: arrival.at(),
            vtid: None,
            layer: layer.to_owned(),
            module: module.into(),
            source: source.to_owned(),
            kind: kind.to_owned(),
            status: Status::Info,
            title: Title::none(),
            reference: None,
            link: None,
            meta: Meta::new(),
            delivery_id: None,
        }
    }

    /// Makes the title anew of the event's layer and module and this action.
    pub fn retitle(&mut self, action: &str) {
        self.title = Title::new(&self.layer, &self.module, action);
    }
}

// Here and not beside `Arrival`, because the core's imports only point down.
impl Arrival {
    /// The id of the event that this delivery becomes: a UUIDv7 (RFC 9562, section 5.7).
    #[must_use]
    pub fn event_id(&self) -> EventId {
        EventId::v7(self.at(), self.entropy())
    }
}

/// An event's place in a ledger: 1, 2, 3 …, without a gap and in the order of commit.
///
/// ```
/// use oasis_core::Position;
///
/// let first = Position::new(1).unwrap();
/// assert_eq!(first.next().get(), 2);
/// assert!(Position::new(0).is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(NonZeroU64);

impl Position {
    /// The first place of every ledger.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// The place with this number, which starts at 1.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The place after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// An event as a ledger holds it.
///
/// As JSON it is the whole object of the contract's first section.
///
/// ```
/// use oasis_core::{Arrival, Event, Position, Recorded, Timestamp};
///
/// let event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]), "oasis.events", "note");
/// let row = Recorded::new(Position::FIRST, Timestamp::UNIX_EPOCH, event);
/// let json = serde_json::to_value(&row)?;
/// assert_eq!(json["position"], 1);
/// assert_eq!(json["recorded_at"], "1970-01-01T00:00:00.000Z");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Recorded {
    /// Its place in the ledger.
    pub position: Position,
    /// When the ledger stored it.
    pub recorded_at: Timestamp,
    /// What happened.
    pub event: Event,
}

impl Recorded {
    /// For stores: this event stands at this place since that moment.
    #[must_use]
    pub const fn new(position: Position, recorded_at: Timestamp, event: Event) -> Self {
        Self { position, recorded_at, event }
    }
}
