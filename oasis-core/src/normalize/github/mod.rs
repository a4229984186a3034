//! GitHub's events: a table of rules, and one road that reads it.

mod access;
mod app;
mod billing;
mod ci;
mod deployment;
mod describe;
mod discussion;
mod dispatch;
mod issues;
mod merge_group;
mod project;
mod protection;
mod pull_request;
mod push;
mod release;
mod repository;
mod review;
mod rule;
mod security;
mod server;
mod status;
mod webhook;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use rule::{Compiled, Rule};
use serde_json::Value;

#[cfg(test)]
use super::decide;
use super::place::Seek;
use super::{Normalizer, unparsed};
use crate::arrival::Arrival;
use crate::event::Event;
use crate::verify::{Packing, Verified};

/// `source` of every event that GitHub sends.
pub(crate) const SOURCE: &str = "github.actions";

/// The layer of an event without a task id that has a layer word.
const LAYER: &str = "CICDL";

/// Every rule, what tells of the work first.
const FAMILIES: [&[Rule]; 20] = [
    ci::RULES,
    status::RULES,
    deployment::RULES,
    pull_request::RULES,
    review::RULES,
    push::RULES,
    merge_group::RULES,
    release::RULES,
    dispatch::RULES,
    security::RULES,
    protection::RULES,
    issues::RULES,
    discussion::RULES,
    repository::RULES,
    app::RULES,
    webhook::RULES,
    access::RULES,
    project::RULES,
    billing::RULES,
    server::RULES,
];

#[derive(Debug)]
pub(super) struct GithubRules {
    known: HashMap<&'static str, Kept>,
    /// For the events that GitHub adds next month.
    other: Kept,
}

/// A rule, and what is made of it when its event comes first: few hosts ever see all of them, and a
/// start has no time for them.
#[derive(Debug)]
struct Kept {
    rule: &'static Rule,
    compiled: OnceLock<Compiled>,
}

impl GithubRules {
    pub(super) fn new() -> Self {
        let rules = FAMILIES.iter().copied().flatten();
        let kept = |rule| Kept { rule, compiled: OnceLock::new() };
        Self {
            known: rules.map(|rule| (rule.event, kept(rule))).collect(),
            other: kept(&rule::OTHER),
        }
    }

    fn of(&self, event: &str) -> &Compiled {
        let Kept { rule, compiled } = self.known.get(event).unwrap_or(&self.other);
        compiled.get_or_init(|| Compiled::new(rule))
    }
}

impl Normalizer {
    /// The name of an event of GitHub's that a rule knows, as it is spelled in that rule. The names
    /// are a closed set, so that they can be the label of a metric; what a sender writes can't.
    #[must_use]
    pub fn known_github_event(&self, name: &str) -> Option<&'static str> {
        self.github.known.get_key_value(name).map(|(name, _)| *name)
    }

    /// The event that a delivery of GitHub's becomes. There is always one: an event that no rule
    /// knows has the module `GITHUB` and the status `info`, and a body that is no JSON object
    /// becomes a `warning` whose title ends in `UNPARSED`, with the reason in `meta.unparsed`.
    #[must_use]
    pub fn github(&self, verified: &Verified<'_>, arrival: Arrival) -> Event {
        self.github_with(verified, arrival, &mut Seek::quiet(&self.search))
    }

    pub(super) fn github_with(
        &self,
        verified: &Verified<'_>,
        arrival: Arrival,
        seek: &mut Seek<'_>,
    ) -> Event {
        let compiled = self.github.of(verified.kind);
        let module = compiled.rule.module;
        let mut event = Event::untitled(arrival, SOURCE, verified.kind, LAYER, module);
        event.delivery_id = Some(verified.delivery_id.to_owned());

        let body = match verified.packing {
            Packing::Json => Some(Cow::Borrowed(verified.body)),
            Packing::Form => form_payload(verified.body),
        };
        let picked = body.as_deref().map(|body| compiled.shape.pick(body));
        let fault = match picked {
            Some(Ok(facts)) => {
                describe::fill(&mut event, compiled, &facts, seek);
                return event;
            }
            Some(Err(fault)) => fault.to_string(),
            None => "the form has no field `payload`".to_owned(),
        };
        event.meta.insert("repository".into(), Value::Null);
        unparsed(&mut event, fault);
        event
    }
}

/// The rules as the manual shows them.
#[cfg(test)]
pub(super) fn rules() -> impl Iterator<
    Item = (&'static str, &'static str, &'static decide::Action, &'static decide::StatusRule),
> {
    let rules = FAMILIES.into_iter().flatten().chain([&rule::OTHER]);
    rules.map(|rule| (rule.event, rule.module, &rule.action, &rule.status))
}

/// The field `payload` of a form-encoded delivery, as bytes: what is no UTF-8 is for the reader of
/// JSON to say.
fn form_payload(body: &[u8]) -> Option<Cow<'_, [u8]>> {
    let field = body.split(|&b| b == b'&').find_map(|field| field.strip_prefix(b"payload="))?;
    let spaced: Vec<u8> = field.iter().map(|&b| if b == b'+' { b' ' } else { b }).collect();
    Some(Cow::Owned(percent_encoding::percent_decode(&spaced).collect()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::conclusion;
    use super::super::decide::StatusRule;
    use super::*;
    use crate::event::Status;
    use crate::time::Timestamp;
    use crate::verify::danger;

    fn all() -> impl Iterator<Item = &'static Rule> {
        FAMILIES.into_iter().flatten()
    }

    #[test]
    fn each_event_has_one_rule() {
        let mut events = HashSet::new();
        for rule in all() {
            assert!(events.insert(rule.event), "{} has two rules", rule.event);
            let capitals = rule.module.bytes().all(|b| b.is_ascii_uppercase());
            assert!(capitals && !rule.module.is_empty(), "{}", rule.event);
        }
        assert_eq!(events.len(), 80);
    }

    #[test]
    fn what_no_row_names_is_no_success() {
        for rule in all() {
            let other = match &rule.status {
                StatusRule::Always(status) => *status,
                StatusRule::Ci { .. } => conclusion::status(Some("new"), Some("new"), Some("new")),
                StatusRule::Word { other, .. } | StatusRule::First { other, .. } => *other,
            };
            assert!(matches!(other, Status::Info | Status::Warning), "{}", rule.event);
        }
    }

    #[test]
    fn each_name_in_meta_is_a_plain_one() {
        for rule in all() {
            let given = rule.meta_given.iter().map(|(_, name, _)| name);
            let named = rule.meta.iter().chain(rule.counts).map(|(name, _)| name);
            for name in named.chain(given) {
                let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
                let ours = ["repository", "vtid_source", "related_vtids", "unparsed", "waiting"];
                assert!(plain && !ours.contains(name), "{}: {name}", rule.event);
            }
        }
    }

    #[test]
    fn a_rule_reads_only_what_it_declares() {
        let normalizer = Normalizer::default();
        let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
        for rule in all().chain([&rule::OTHER]) {
            // Each condition on a word holds in one of these bodies, so that each row is read.
            for (given, body) in bodies(rule) {
                let trusted = danger::trust_github(rule.event, "d", body.as_bytes());
                let event = normalizer.github(&trusted, arrival);
                assert!(!event.meta.contains_key("unparsed"), "{given}: {body}");
            }
        }
    }

    /// For each row of a rule a body in which its conditions hold.
    fn bodies(rule: &Rule) -> Vec<(String, String)> {
        let mut rows: Vec<&[decide::Given]> = vec![&[]];
        if let decide::Action::First(told) = &rule.action {
            rows.extend(told.iter().map(|(given, _)| *given));
        }
        if let StatusRule::First { rows: told, .. } = &rule.status {
            rows.extend(told.iter().map(|(given, _)| *given));
        }
        rows.into_iter()
            .map(|row| {
                let mut body = serde_json::json!({ "action": null });
                for given in row {
                    let value: Value = match given {
                        decide::Given::Is(_, word) | decide::Given::Contains(_, word) => {
                            (*word).into()
                        }
                        decide::Given::Nonzero(_) => 1.into(),
                        decide::Given::True(_) => true.into(),
                        decide::Given::There(_) => "there".into(),
                        decide::Given::Absent(_) => Value::Null,
                    };
                    let mut place = &mut body;
                    for step in given.path().split('.') {
                        place = &mut place[step];
                    }
                    *place = value;
                }
                (format!("{}: {row:?}", rule.event), body.to_string())
            })
            .collect()
    }
}
