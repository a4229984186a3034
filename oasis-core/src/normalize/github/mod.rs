//! GitHub's events: a table of rules, and one road that reads it.

mod ci;
mod pull_request;
mod push;
mod rule;
mod webhook;

use std::borrow::Cow;
use std::collections::HashMap;

use rule::{Compiled, Rule};
use serde_json::Value;

use super::Normalizer;
use super::place::assign_vtid;
use super::template;
use crate::arrival::Arrival;
use crate::event::{Event, Status};
use crate::json::Facts;
use crate::time::Timestamp;
use crate::verify::{Packing, Verified};

/// `source` of every event that GitHub sends.
pub(crate) const SOURCE: &str = "github.actions";

/// The layer of an event without a task id that has a layer word.
const LAYER: &str = "CICDL";

const FAMILIES: [&[Rule]; 4] = [ci::RULES, pull_request::RULES, push::RULES, webhook::RULES];

#[derive(Debug)]
pub(super) struct GithubRules {
    known: HashMap<&'static str, Compiled>,
    /// For the events that GitHub adds next month.
    other: Compiled,
}

impl GithubRules {
    pub(super) fn compile() -> Self {
        let rules = FAMILIES.iter().copied().flatten();
        Self {
            known: rules
                .map(|rule| (rule.event, Compiled::new(rule)))
                .collect(),
            other: Compiled::new(&rule::OTHER),
        }
    }

    fn of(&self, event: &str) -> &Compiled {
        self.known.get(event).unwrap_or(&self.other)
    }
}

impl Normalizer {
    /// The event that a delivery of GitHub's becomes. There is always one: an event that no rule
    /// knows has the module `GITHUB` and the status `info`, and a body that is no JSON object
    /// becomes a `warning` whose title ends in `UNPARSED`, with the reason in `meta.unparsed`.
    #[must_use]
    pub fn github(&self, verified: &Verified<'_>, arrival: Arrival) -> Event {
        let compiled = self.github.of(verified.kind);
        let mut event = Event::new(arrival, SOURCE, verified.kind);
        LAYER.clone_into(&mut event.layer);
        compiled.rule.module.clone_into(&mut event.module);
        event.delivery_id = Some(verified.delivery_id.to_owned());
        event.meta.insert("repository".to_owned(), Value::Null);

        let body = match verified.packing {
            Packing::Json => Some(Cow::Borrowed(verified.body)),
            Packing::Form => form_payload(verified.body),
        };
        let Some(body) = body else {
            unparsed(&mut event, "the form has no field `payload`".to_owned());
            return event;
        };
        match compiled.shape.pick(&body) {
            Ok(facts) => describe(&mut event, compiled, &facts, self),
            Err(fault) => unparsed(&mut event, fault.to_string()),
        }
        event
    }
}

/// Fills an event with what its rule finds in the payload.
fn describe(event: &mut Event, compiled: &Compiled, facts: &Facts<'_>, normalizer: &Normalizer) {
    let rule = compiled.rule;
    for (name, path) in rule::META.iter().chain(rule.meta) {
        if let Some(value) = facts.value(path) {
            event.meta.insert((*name).to_owned(), value);
        }
    }
    for (name, path) in rule.counts {
        event
            .meta
            .insert((*name).to_owned(), facts.count(path).into());
    }
    assign_vtid(event, &normalizer.search, &compiled.places, facts);
    event.reference = template::fill_first(rule.reference, facts).map(|name| short_ref(&name));
    event.link = template::fill_first(rule.link, facts)
        .or_else(|| facts.text("repository.html_url").map(str::to_owned))
        .and_then(|link| link.parse().ok());
    if let Some(at) = rule.time.iter().find_map(|path| moment(facts, path)) {
        event.ts = at;
    }
    event.status = rule.status.of(facts, &mut event.meta);
    let action = rule.action.of(facts, &event.kind).into_owned();
    event.retitle(&action);
}

fn unparsed(event: &mut Event, reason: String) {
    event.status = Status::Warning;
    event.meta.insert("unparsed".to_owned(), reason.into());
    event.retitle("UNPARSED");
}

/// The field `payload` of a form-encoded delivery, as bytes: what is no UTF-8 is for the reader of
/// JSON to say.
fn form_payload(body: &[u8]) -> Option<Cow<'_, [u8]>> {
    let field = body
        .split(|&b| b == b'&')
        .find_map(|field| field.strip_prefix(b"payload="))?;
    let spaced: Vec<u8> = field
        .iter()
        .map(|&b| if b == b'+' { b' ' } else { b })
        .collect();
    Some(Cow::Owned(
        percent_encoding::percent_decode(&spaced).collect(),
    ))
}

/// A branch or tag without its folder.
fn short_ref(name: &str) -> String {
    let short = name
        .strip_prefix("refs/heads/")
        .or_else(|| name.strip_prefix("refs/tags/"));
    crate::json::clipped(short.unwrap_or(name))
}

/// A moment in either of the two forms that GitHub writes: RFC 3339, or seconds since 1970.
fn moment(facts: &Facts<'_>, path: &str) -> Option<Timestamp> {
    match facts.text(path) {
        Some(text) => text.parse().ok(),
        None => facts
            .integer(path)
            .filter(|&s| s > 0)
            .map(Timestamp::from_unix_seconds),
    }
}
