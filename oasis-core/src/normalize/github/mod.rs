//! GitHub's events: a table of rules, and one road that reads it.

mod access;
mod app;
mod billing;
mod ci;
mod decide;
mod deployment;
mod discussion;
mod dispatch;
mod git_ref;
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

use rule::{Compiled, Rule};
use serde_json::Value;

use super::Normalizer;
use super::place::{Place, assign_vtid};
use super::template;
use crate::arrival::Arrival;
use crate::event::{Event, Meta, Status};
use crate::json::{Facts, clipped};
use crate::time::Timestamp;
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
        note(&mut event.meta, name, path, facts);
    }
    for (given, name, path) in rule.meta_given {
        if given.holds(facts) {
            note(&mut event.meta, name, path, facts);
        }
    }
    for (name, path) in rule.counts {
        event
            .meta
            .insert((*name).to_owned(), facts.count(path).into());
    }
    let places = places(event, compiled, facts);
    assign_vtid(event, &normalizer.search, places, facts);
    event.reference =
        template::fill_first(rule.reference, facts).map(|name| clipped(git_ref::short(&name)));
    event.link = template::fill_first(rule.link, facts)
        .or_else(|| facts.text("repository.html_url").map(str::to_owned))
        .and_then(|link| link.parse().ok());
    if let Some(at) = moment(rule, facts) {
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

/// Keeps what a place or a template gives under this name, unless something stands there already.
fn note(meta: &mut Meta, name: &str, path: &'static str, facts: &Facts<'_>) {
    if meta.get(name).is_some_and(|value| !value.is_null()) {
        return;
    }
    // The names that later link events have one form, whatever the payload wrote.
    let value = match name {
        "branch" | "base_branch" => facts.text(path).and_then(git_ref::branch).map(shown),
        "sha" => facts.text(path).and_then(git_ref::sha).map(shown),
        _ if path.contains('{') => template::fill_braces(path, facts).as_deref().map(shown),
        _ => facts.value(path),
    };
    if let Some(value) = value {
        meta.insert(name.to_owned(), value);
    }
}

fn shown(text: &str) -> Value {
    Value::from(clipped(text))
}

/// Where to look for a task id. The event's own ref is looked at once, as the branch or the tag
/// that it is, and noted as that.
fn places<'c>(
    event: &mut Event,
    compiled: &'c Compiled,
    facts: &Facts<'_>,
) -> impl Iterator<Item = (Place, &'static str)> + use<'c> {
    let git_ref = compiled.rule.git_ref.as_ref();
    let path = git_ref.map(|git_ref| git_ref.name);
    let told = git_ref.and_then(|git_ref| git_ref.place(facts));
    if let (Some(path), Some(place)) = (path, told)
        && let Some(name) = facts.text(path)
    {
        let name = shown(git_ref::short(name));
        event.meta.insert(place.as_str().to_owned(), name);
    }
    let own = told.unwrap_or(Place::Branch);
    let places = compiled.places.iter().copied();
    places.filter(move |(place, at)| Some(*at) != path || *place == own)
}

/// When it happened, if the payload tells.
fn moment(rule: &Rule, facts: &Facts<'_>) -> Option<Timestamp> {
    let action = facts.text("action").unwrap_or_default();
    let mut told = rule.time.iter().filter(|(_, actions)| match *actions {
        rule::EVERY => action != "deleted",
        named => named.contains(&action),
    });
    told.find_map(|(path, _)| timestamp(facts, path))
}

/// A moment in either of the two forms that GitHub writes: RFC 3339, or seconds since 1970. The
/// year 1 and the second 0 are how programs write that there is none.
fn timestamp(facts: &Facts<'_>, path: &str) -> Option<Timestamp> {
    let written = match facts.text(path) {
        Some(text) => text.parse().ok(),
        None => facts.integer(path).map(Timestamp::from_unix_seconds),
    };
    written.filter(|&at| at > Timestamp::UNIX_EPOCH)
}
