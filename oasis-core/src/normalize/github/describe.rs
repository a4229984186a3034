//! The one road from the facts of a payload to the fields of its event.

use std::borrow::Cow;

use super::super::note::{Noted, moment_at, shown};
use super::super::place::{Place, Seek, assign_vtid};
use super::super::{git_ref, template};
use super::rule::{self, Compiled, Rule};
use crate::event::{Event, Title};
use crate::json::{Facts, clipped};
use crate::time::Timestamp;

/// Fills an event with what its rule finds in the payload.
pub(super) fn fill(event: &mut Event, compiled: &Compiled, facts: &Facts<'_>, seek: &mut Seek<'_>) {
    let rule = compiled.rule;
    event.meta = Noted::kept(&compiled.meta, facts);
    for (given, name, path) in rule.meta_given {
        if given.holds(facts) {
            Noted::new(name, path).keep(&mut event.meta, facts);
        }
    }
    for (name, path) in rule.counts {
        event.meta.insert((*name).into(), facts.count(path).into());
    }
    let places = places(event, compiled, facts);
    assign_vtid(event, seek, places, facts);
    event.reference = template::fill_first(rule.reference, facts)
        .map(|name| clipped(git_ref::short(&name)))
        .filter(|name| !name.is_empty());
    event.link = template::fill_first(rule.link, facts)
        .or_else(|| facts.text("repository.html_url").map(Cow::Borrowed))
        .and_then(|link| link.parse().ok());
    if let Some(at) = moment(rule, facts) {
        event.ts = at;
    }
    event.status = rule.status.of(facts, &mut event.meta);
    let action = rule.action.of(facts, event.status, &event.kind);
    event.title = Title::new(&event.layer, &event.module, &action);
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
        event.meta.insert(place.as_str().into(), name);
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
    told.find_map(|(path, _)| moment_at(facts, path))
}
