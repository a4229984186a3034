//! The sign of life of an agent, in the form of today and in two older ones.

use std::time::Duration;

use serde_json::{Map, Value};

use super::fields::Fields;
use super::{PayloadError, shape};
use crate::arrival::Arrival;
use crate::event::{Event, Meta, Status};
use crate::time::Timestamp;
use crate::vtid::{Found, Vtid, VtidSearch};

/// The sign of life of an agent.
///
/// ```
/// use oasis_core::{Arrival, Normalizer, Timestamp};
///
/// let noon = Timestamp::from_unix_seconds(1_761_739_200);
/// let body = br#"{"agent":"crew-7","role":"worker","vtid":"DEV-AGTL-0012"}"#;
/// let beat = Normalizer::default().heartbeat(body, Arrival::new(noon, [0; 10]))?;
/// assert_eq!((beat.agent.as_str(), beat.received_at()), ("crew-7", noon));
/// assert_eq!(beat.event().title.as_str(), "AGTL-WORKER-HEARTBEAT");
/// # Ok::<(), oasis_core::PayloadError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Heartbeat {
    /// The agent's name.
    pub agent: String,
    /// What it does: `worker`, `planner` …
    pub role: String,
    /// The task it works on; `None` where it is idle.
    pub vtid: Option<Vtid>,
    /// How it feels; `info` says that all is well.
    pub status: Status,
    /// Whether it is the last one: its status is `offline`.
    pub signs_off: bool,
    /// How long until its next one, if it says so; from a second to a day.
    pub interval: Option<Duration>,
    /// When it was sent; the time of receipt where it doesn't say.
    pub ts: Timestamp,
    /// What else it says.
    pub meta: Meta,
    layer: Option<String>,
    delivery_id: Option<String>,
    arrival: Arrival,
}

pub(super) const SOURCE: &str = "agent.ping";
pub(super) const KIND: &str = "heartbeat";

/// The word of the last heartbeat of an agent that goes as it should.
const SIGN_OFF: &str = "offline";

/// The words of health that agents send beside the eight statuses.
pub(super) const HEALTH: &[(&str, Status)] = &[
    ("healthy", Status::Info),
    ("ok", Status::Info),
    ("online", Status::Info),
    ("idle", Status::Info),
    ("busy", Status::Info),
    ("working", Status::Info),
    ("running", Status::Info),
    ("starting", Status::Info),
    ("stopping", Status::Info),
    ("degraded", Status::Warning),
    ("blocked", Status::Warning),
    ("unhealthy", Status::Error),
    ("down", Status::Error),
    (SIGN_OFF, Status::Info),
];

impl Heartbeat {
    pub(super) fn read(
        mut fields: Fields,
        search: &VtidSearch,
        arrival: Arrival,
    ) -> Result<Self, PayloadError> {
        let mut meta = shape::meta(&mut fields)?;
        fields.lift(&mut meta, &["vtid", "agent_role", "timestamp"]);
        let found = fields.vtid(search)?;
        let ts = fields.moment("ts")?.or(fields.moment("timestamp")?);
        let beat = Self {
            agent: fields.needed(&["agent", "agent_id", "service"])?,
            role: fields.needed(&["role", "agent_role"])?,
            vtid: found.as_ref().map(|found| found.vtid().clone()),
            signs_off: fields.says_word("status", SIGN_OFF),
            status: fields.status(HEALTH)?.unwrap_or(Status::Info),
            interval: interval(&mut fields)?,
            ts: ts.unwrap_or(arrival.at()),
            meta: Meta::new(),
            layer: found.as_ref().and_then(Found::layer).map(str::to_owned),
            delivery_id: fields.delivery_id()?,
            arrival,
        };
        // The event says these itself.
        for name in ["event", "kind", "source"] {
            fields.take(name);
        }
        Ok(Self { meta: fields.into_meta(meta)?, ..beat })
    }

    /// An event of an agent with this role that came or went.
    pub(crate) fn turn(role: &str, arrival: Arrival) -> Event {
        let mut event = Event::new(arrival, SOURCE, KIND);
        shape::default_layer(SOURCE).clone_into(&mut event.layer);
        event.module = module(role);
        event
    }

    /// When it was received.
    #[must_use]
    pub const fn received_at(&self) -> Timestamp {
        self.arrival.at()
    }

    /// The event that tells of it.
    #[must_use]
    pub fn event(&self) -> Event {
        let mut event = Event::new(self.arrival, SOURCE, KIND);
        event.ts = self.ts;
        event.vtid.clone_from(&self.vtid);
        event.layer = self.layer.clone().unwrap_or_else(|| shape::default_layer(SOURCE).to_owned());
        event.module = module(&self.role);
        event.status = self.status;
        event.meta.clone_from(&self.meta);
        event.meta.insert("agent".into(), self.agent.clone().into());
        event.meta.insert("role".into(), self.role.clone().into());
        if let Some(interval) = self.interval {
            event.meta.insert("interval_seconds".into(), interval.as_secs().into());
        }
        shape::note_source(&mut event.meta, self.vtid.is_some().then_some("field"));
        event.delivery_id.clone_from(&self.delivery_id);
        event.retitle(KIND);
        event
    }
}

/// The role in capitals, its letters only.
fn module(role: &str) -> String {
    let letters = role.chars().filter(char::is_ascii_alphabetic);
    let module: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    if module.is_empty() { "AGENT".to_owned() } else { module }
}

fn interval(fields: &mut Fields) -> Result<Option<Duration>, PayloadError> {
    let Some(value) = fields.take("interval_seconds") else { return Ok(None) };
    let seconds = value.as_u64().filter(|seconds| (1..=86_400).contains(seconds));
    seconds
        .map(|seconds| Some(Duration::from_secs(seconds)))
        .ok_or_else(|| PayloadError::new("interval_seconds", "a whole number from 1 to 86400"))
}

/// Whether this is one, by what it says of itself.
pub(super) fn is_one(members: &Fields, named: &Map<String, Value>) -> bool {
    members.says("event", KIND) && (members.has_text("service") || named.contains_key("agent_role"))
}

/// Whether an event tells of one.
pub(super) fn is_told_by(event: &Event) -> bool {
    event.source == SOURCE && event.kind == KIND
}
