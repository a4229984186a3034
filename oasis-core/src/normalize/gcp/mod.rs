//! What Google Cloud tells of builds and deployments, through Pub/Sub or Eventarc, or when its
//! logs are asked.
//!
//! A delivery is unpacked from the outside in: a CloudEvent, a message, the payload. One pass then
//! picks what any rule wants of the payload, and the first rule that the facts fit reads them.

mod audit;
mod cloud_build;
mod cloud_deploy;
mod cloud_run;
mod describe;
mod entry;
mod eventarc;
mod pubsub;
mod rule;

use eventarc::CloudEvent;
use pubsub::Message;
use rule::{DEFAULT, Rule};

use super::decide::{self, Given};
use super::place::Seek;
use super::{Normalizer, unparsed};
use crate::arrival::Arrival;
use crate::event::Event;
use crate::json::{Facts, Shape, Unparsed};
use crate::verify::{PulledEntry, VerifiedPush};

/// `source` of every event that Google sends.
pub(crate) const SOURCE: &str = "gcp.deploy";

/// The layer of an event without a task id that has a layer word.
const LAYER: &str = "CICDL";

/// Every rule; the first one that fits counts.
static RULES: [&Rule; 6] = [
    &cloud_build::RULE,
    &cloud_deploy::RULE,
    &cloud_run::OUTCOME,
    &cloud_run::REQUEST,
    &audit::RULE,
    &CLOUD_EVENT,
];

/// Any other CloudEvent.
static CLOUD_EVENT: Rule = Rule {
    kind: "cloud_event",
    given: &[&[Given::There("context.type"), Given::Absent(pubsub::ID)]],
    action: decide::Action::First(&[(&[], "{context.event}"), (&[], "event")]),
    reference: &["context.subject"],
    meta: &[("event_source", "context.source")],
    ..DEFAULT
};

/// Any other message.
static MESSAGE: Rule = Rule { kind: "pubsub", ..DEFAULT };

#[derive(Debug)]
pub(super) struct GcpRules {
    /// Of what may be wrapped around a payload.
    wrapping: Shape,
    /// Of what names a log entry.
    entry: Shape,
    /// Of everything that a rule reads.
    contents: Shape,
}

impl GcpRules {
    pub(super) fn compile() -> Self {
        let rules = RULES.into_iter().chain([&MESSAGE]).flat_map(Rule::paths);
        let known = rule::META.iter().map(|(_, path)| *path).chain(rule::TIME).chain(["method"]);
        let told = eventarc::facts().chain(pubsub::facts());
        Self {
            wrapping: Shape::of(eventarc::paths().chain(pubsub::paths())),
            entry: Shape::of(entry::paths()),
            contents: Shape::of(rules.chain(known).chain(told)),
        }
    }
}

impl Normalizer {
    /// The event that a delivery of Pub/Sub's or Eventarc's becomes. There is always one: what no
    /// rule knows is a message of the module `GCP` with the status `info`, and what can't be read
    /// becomes a `warning` whose title ends in `UNPARSED`, with the reason in `meta.unparsed`.
    ///
    /// `delivery_id` is the message's id where there is a message, wrapped, unwrapped or inside a
    /// CloudEvent, so that it is one delivery whichever way it comes; of a CloudEvent without a
    /// message it is its `source` and `id`, which together name an event.
    #[must_use]
    pub fn gcp(&self, verified: &VerifiedPush<'_>, arrival: Arrival) -> Event {
        self.gcp_with(verified, arrival, &mut Seek::quiet(&self.search))
    }

    pub(super) fn gcp_with(
        &self,
        verified: &VerifiedPush<'_>,
        arrival: Arrival,
        seek: &mut Seek<'_>,
    ) -> Event {
        let wrapping = &self.gcp.wrapping;
        let event = CloudEvent::open(wrapping, &verified.headers, verified.body);
        let message = match &event.data {
            Ok(data) => Message::open(wrapping, &verified.headers, data),
            Err(_) => Message::default(),
        };
        self.told(&event, &message, arrival, seek)
    }

    /// The event that a log entry becomes which Google was asked for; as with [`gcp`](Self::gcp)
    /// there is always one.
    ///
    /// It is the same event as if Eventarc had delivered the entry, with the same `delivery_id`, so
    /// an entry that comes both ways is one row.
    #[must_use]
    pub fn gcp_entry(&self, pulled: &PulledEntry<'_>, arrival: Arrival) -> Event {
        let event = entry::as_cloud_event(&self.gcp.entry, pulled.entry);
        self.told(&event, &Message::whole(pulled.entry), arrival, &mut Seek::quiet(&self.search))
    }

    fn told(
        &self,
        event: &CloudEvent<'_>,
        message: &Message<'_>,
        arrival: Arrival,
        seek: &mut Seek<'_>,
    ) -> Event {
        let mut facts = Facts::new(&self.gcp.contents);
        event.tell(&mut facts);
        let read = message.tell(&mut facts).map_err(Unreadable::from).and_then(|()| {
            let data = event.data.as_ref().and(message.payload.as_ref()).map_err(|&fault| fault)?;
            data.as_ref().map_or(Ok(()), |data| Ok(facts.read("data", data)?))
        });
        audit::name_method(&mut facts);

        let fits = |rule: &&Rule| rule.given.iter().any(|row| decide::holds(row, &facts));
        let rule = RULES.into_iter().find(fits).unwrap_or(&MESSAGE);
        let mut described = describe::event(rule, &facts, seek, arrival);
        if let Err(fault) = read {
            unparsed(&mut described, fault.to_string());
        }
        described
    }
}

/// The rules as the manual shows them.
#[cfg(test)]
pub(super) fn rules() -> impl Iterator<
    Item = (&'static str, &'static str, &'static decide::Action, &'static decide::StatusRule),
> {
    let rules = RULES.into_iter().chain([&MESSAGE]);
    rules.map(|rule| (rule.kind, rule.module, &rule.action, &rule.status))
}

/// Why a delivery can't be read.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum Unreadable {
    #[error(transparent)]
    Unparsed(#[from] Unparsed),
    #[error("{0} is not base64")]
    NotBase64(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Status;

    fn all() -> impl Iterator<Item = &'static Rule> {
        RULES.into_iter().chain([&MESSAGE])
    }

    #[test]
    fn what_no_row_names_is_no_success() {
        for rule in all() {
            let other = match &rule.status {
                decide::StatusRule::Always(status) => *status,
                decide::StatusRule::Word { other, .. }
                | decide::StatusRule::First { other, .. } => *other,
                decide::StatusRule::Ci { .. } => unreachable!("of GitHub's only"),
            };
            assert!(matches!(other, Status::Info | Status::Warning), "{}", rule.kind);
        }
    }

    #[test]
    fn places_are_searched_in_the_order_of_the_contract() {
        for rule in all() {
            assert!(rule.vtid.is_sorted_by_key(|(place, _)| *place), "{}", rule.kind);
        }
    }
}
