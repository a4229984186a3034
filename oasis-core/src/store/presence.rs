//! Who of the agents is there: a table that is updated, beside the ledger that never is.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Serialize, Serializer};

use super::StoreError;
use crate::arrival::Arrival;
use crate::event::{Event, Meta, Status};
use crate::normalize::{Heartbeat, Normalizer};
use crate::time::Timestamp;
use crate::vtid::{UNSET, Vtid};

/// What is known of an agent since its last heartbeat.
///
/// ```
/// use oasis_core::{AgentState, Arrival, Normalizer, Presence, Timestamp};
///
/// let noon = Timestamp::from_unix_seconds(1_761_739_200);
/// let body = br#"{"agent":"crew-7","role":"worker","interval_seconds":30}"#;
/// let beat = Normalizer::default().heartbeat(body, Arrival::new(noon, [0; 10]))?;
/// let presence = Presence::of(&beat);
/// let state = |seconds: i64| presence.state(noon.saturating_add_millis(seconds * 1000));
/// assert_eq!(state(60), AgentState::Online);
/// assert_eq!(state(61), AgentState::Late);
/// assert_eq!(state(151), AgentState::Offline);
/// # Ok::<(), oasis_core::PayloadError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Presence {
    /// The agent's name.
    pub agent: String,
    /// What it does.
    pub role: String,
    /// The task it last worked on.
    pub vtid: Option<Vtid>,
    /// How it felt.
    pub status: Status,
    /// How long until its next heartbeat.
    pub interval: Duration,
    /// When its last heartbeat was received.
    pub seen: Timestamp,
    /// What else it said.
    pub meta: Meta,
}

/// Whether an agent is there, by its own interval.
///
/// ```
/// use oasis_core::{AgentState, Presence, Timestamp};
///
/// let noon = Timestamp::from_unix_seconds(1_761_739_200);
/// let presence = Presence::new("crew-7".to_owned(), "worker".to_owned(), noon);
/// assert_eq!(presence.state(noon), AgentState::Online);
/// assert_eq!(AgentState::Offline.as_str(), "offline");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the contract fixes these three")]
pub enum AgentState {
    /// Its next heartbeat is not due, or has just become so.
    Online,
    /// More than two of its intervals have passed.
    Late,
    /// More than five of its intervals have passed.
    Offline,
}

/// The name in `meta` under which it stands that an agent said that it goes.
const SIGNED_OFF: &str = "signed_off";

/// The interval of an agent that gives none.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(60);

impl Presence {
    /// An agent of which nothing is known but when it was seen.
    #[must_use]
    pub const fn new(agent: String, role: String, seen: Timestamp) -> Self {
        Self {
            agent,
            role,
            vtid: None,
            status: Status::Info,
            interval: DEFAULT_INTERVAL,
            seen,
            meta: Meta::new(),
        }
    }

    /// What a heartbeat tells. Seen is when it was received: the agent's own clock may be wrong.
    #[must_use]
    pub fn of(beat: &Heartbeat) -> Self {
        let mut meta = beat.meta.clone();
        // Nobody else says so.
        meta.remove(SIGNED_OFF);
        if beat.signs_off {
            meta.insert(SIGNED_OFF.into(), true.into());
        }
        Self {
            vtid: beat.vtid.clone(),
            status: beat.status,
            interval: beat.interval.unwrap_or(DEFAULT_INTERVAL),
            meta,
            ..Self::new(beat.agent.clone(), beat.role.clone(), beat.received_at())
        }
    }

    /// Whether the agent said that it goes. It stands in [`meta`](Self::meta) as `signed_off`, so a
    /// store keeps it like all that the agent said.
    #[must_use]
    pub fn has_signed_off(&self) -> bool {
        self.meta.get(SIGNED_OFF).is_some_and(|said| *said == true)
    }

    /// Whether the agent is there at this moment; one that signed off is not.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> AgentState {
        if self.has_signed_off() {
            return AgentState::Offline;
        }
        let quiet = now.unix_millis().saturating_sub(self.seen.unix_millis());
        let intervals = |count: u32| {
            i64::try_from(self.interval.saturating_mul(count).as_millis()).unwrap_or(i64::MAX)
        };
        if quiet <= intervals(2) {
            AgentState::Online
        } else if quiet <= intervals(5) {
            AgentState::Late
        } else {
            AgentState::Offline
        }
    }
}

impl Presence {
    /// The event that tells that the agent came or went; the normaliser knows its task's layer. Its
    /// delivery id names the agent and when it was last seen, so however many replicas notice it, a
    /// ledger keeps one row.
    ///
    /// ```
    /// use oasis_core::{AgentState, Arrival, Normalizer, Presence, Timestamp};
    ///
    /// let noon = Timestamp::from_unix_seconds(1_761_739_200);
    /// let mut agent = Presence::new("crew-7".to_owned(), "worker".to_owned(), noon);
    /// agent.vtid = Some("DEV-CICDL-0031".parse()?);
    /// let arrival = Arrival::new(noon, [7; 10]);
    /// let event = agent.turned(AgentState::Online, &Normalizer::default(), arrival);
    /// assert_eq!(event.title.as_str(), "CICDL-WORKER-ONLINE");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn turned(&self, state: AgentState, normalizer: &Normalizer, arrival: Arrival) -> Event {
        let mut event = Heartbeat::turn(&self.role, arrival);
        event.vtid.clone_from(&self.vtid);
        if let Some(layer) = self.vtid.as_ref().and_then(|vtid| normalizer.layer_of(vtid)) {
            event.layer = layer;
        }
        event.status = match state {
            AgentState::Online => Status::Info,
            AgentState::Offline if self.has_signed_off() => Status::Info,
            AgentState::Late | AgentState::Offline => Status::Warning,
        };
        let word = state.as_str();
        event.delivery_id = Some(format!("{word}/{}/{}", self.agent, self.seen.unix_millis()));
        event.meta.insert("agent".into(), self.agent.clone().into());
        event.meta.insert("role".into(), self.role.clone().into());
        event.meta.insert("last_seen".into(), self.seen.to_string().into());
        if self.has_signed_off() {
            event.meta.insert(SIGNED_OFF.into(), true.into());
        }
        event.retitle(word);
        event
    }

    /// The event that tells that the agent came with this heartbeat, or went with it; `None` where it
    /// did neither. It names the task of the heartbeat, and is the same one as who notices it
    /// otherwise writes.
    ///
    /// ```
    /// use oasis_core::{Arrival, Normalizer, Presence, Status, Timestamp};
    ///
    /// let noon = Timestamp::from_unix_seconds(1_761_739_200);
    /// let normalizer = Normalizer::default();
    /// let beat = |status: &str, second: i64| {
    ///     let body = format!(r#"{{"agent":"crew-7","role":"worker","status":"{status}"}}"#);
    ///     let at = noon.saturating_add_millis(second * 1000);
    ///     normalizer.heartbeat(body.as_bytes(), Arrival::new(at, [0; 10]))
    /// };
    /// let arrival = Arrival::new(noon, [7; 10]);
    /// let came = Presence::turned_by(&beat("ok", 0)?, None, &normalizer, arrival).unwrap();
    /// assert_eq!(came.title.as_str(), "AGTL-WORKER-ONLINE");
    ///
    /// let before = Presence::of(&beat("ok", 0)?);
    /// let last = beat("offline", 5)?;
    /// let went = Presence::turned_by(&last, Some(&before), &normalizer, arrival).unwrap();
    /// assert_eq!((went.title.as_str(), went.status), ("AGTL-WORKER-OFFLINE", Status::Info));
    /// assert_eq!(Presence::recorded(&last, Some(&before)), None, "that is all it comes to");
    /// # Ok::<(), oasis_core::PayloadError>(())
    /// ```
    #[must_use]
    pub fn turned_by(
        beat: &Heartbeat,
        before: Option<&Self>,
        normalizer: &Normalizer,
        arrival: Arrival,
    ) -> Option<Event> {
        let there = |before: &Self| before.state(beat.received_at()) != AgentState::Offline;
        let state = match (before.is_some_and(there), beat.signs_off) {
            (false, false) => AgentState::Online,
            (true, true) => AgentState::Offline,
            (true, false) | (false, true) => return None,
        };
        let mut turned = Self::of(beat);
        if let Some(before) = before {
            turned.seen = before.seen;
        }
        Some(turned.turned(state, normalizer, arrival))
    }

    /// What a heartbeat comes to in the ledger: one event a minute where nothing changed, and one
    /// more for each change of task, status or role. `None` when that event is there already, and for
    /// the last one of an agent that signs off: [`turned_by`](Self::turned_by) tells of that.
    #[must_use]
    pub fn recorded(beat: &Heartbeat, before: Option<&Self>) -> Option<Event> {
        let now = Self::of(beat);
        let minute = |presence: &Self| presence.seen.unix_millis().div_euclid(60_000);
        let told = before.is_some_and(|before| {
            minute(before) == minute(&now)
                && !before.has_signed_off()
                && (&before.vtid, before.status, &before.role) == (&now.vtid, now.status, &now.role)
        });
        if told || beat.signs_off {
            return None;
        }
        let task = now.vtid.as_ref().map_or(UNSET, Vtid::as_str);
        let mut event = beat.event();
        event.delivery_id =
            Some(format!("beat/{}/{}/{task}/{}", now.agent, minute(&now), now.status));
        Some(event)
    }
}

impl AgentState {
    /// The word that stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Late => "late",
            Self::Offline => "offline",
        }
    }
}

impl Serialize for AgentState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Where it is kept who of the agents is there, for all replicas alike.
///
/// ```
/// use oasis_core::{MemoryStore, Presence, PresenceStore, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
/// let noon = Timestamp::from_unix_seconds(1_761_739_200);
/// store.note(Presence::new("crew-7".to_owned(), "worker".to_owned(), noon)).await?;
/// assert_eq!(store.agent("crew-7").await?.unwrap().seen, noon);
/// assert_eq!(store.agents().await?.len(), 1);
/// # Ok(()) }
/// ```
#[async_trait]
pub trait PresenceStore: Debug + Send + Sync + 'static {
    /// Notes that an agent was seen; where it was seen later already, that stays.
    ///
    /// # Errors
    /// [`StoreError`] when it was not noted.
    async fn note(&self, presence: Presence) -> Result<(), StoreError>;

    /// What is known of an agent; `None` when it was never seen.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    async fn agent(&self, name: &str) -> Result<Option<Presence>, StoreError>;

    /// The agents that were ever seen, by name.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    async fn agents(&self) -> Result<Vec<Presence>, StoreError>;
}
