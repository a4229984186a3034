//! The one road from the facts of a delivery to the fields of its event.

use sha2::{Digest, Sha256};

use super::super::note::{Noted, moment_at};
use super::super::place::{Place, Seek, assign_vtid};
use super::super::{git_ref, template};
use super::rule::{self, Rule};
use super::{LAYER, SOURCE, pubsub};
use crate::arrival::Arrival;
use crate::event::{Event, Title};
use crate::json::{Facts, clipped};

/// The event that a rule makes of these facts.
pub(super) fn event(
    rule: &Rule,
    facts: &Facts<'_>,
    seek: &mut Seek<'_>,
    arrival: Arrival,
) -> Event {
    let mut event = Event::untitled(arrival, SOURCE, rule.kind, LAYER, rule.module);
    event.delivery_id = delivery_id(facts);
    for (name, place) in rule.meta.iter().chain(rule::META) {
        Noted::new(name, place).keep(&mut event.meta, facts);
    }
    for (name, places) in rule.meta_labels {
        for place in *places {
            Noted::new(name, place).keep(&mut event.meta, facts);
        }
    }
    let labels = rule.vtid_labels.iter().map(|path| (Place::Label, *path));
    assign_vtid(&mut event, seek, labels.chain(rule.vtid.iter().copied()), facts);
    if let Some(layer) = word_at(rule.layer_labels, facts) {
        event.layer = layer;
        event.meta.insert("layer_source".into(), Place::Label.as_str().into());
    }
    if let Some(module) = word_at(rule.module_labels, facts) {
        event.module = module;
    }
    event.reference = template::fill_first(rule.reference, facts)
        .map(|name| clipped(git_ref::short(&name)))
        .filter(|name| !name.is_empty());
    event.link = template::fill_first(rule.link, facts).and_then(|link| link.parse().ok());
    let mut times = rule.time.iter().chain(&rule::TIME);
    if let Some(at) = times.find_map(|path| moment_at(facts, path)) {
        event.ts = at;
    }
    event.status = rule.status.of(facts, &mut event.meta);
    let action = rule.action.of(facts, event.status, rule.kind);
    event.title = Title::new(&event.layer, &event.module, &action);
    event
}

/// The longest delivery id, in bytes: it becomes the key of an index, which no database lets grow
/// without end.
const MAX_ID: usize = 512;

/// What names the delivery, however often and whichever way it comes.
fn delivery_id(facts: &Facts<'_>) -> Option<String> {
    let event = || Some(format!("{}#{}", facts.text("context.source")?, facts.text("context.id")?));
    let id = facts.text(pubsub::ID).map(str::to_owned).or_else(event)?;
    if id.len() <= MAX_ID {
        return Some(id);
    }
    Some(format!("sha256:{}", base16ct::lower::encode_string(&Sha256::digest(id))))
}

/// The longest layer or module that a label may give, in letters.
const MAX_WORD: usize = 16;

/// The word that the first of these labels gives, in capitals; anything but a word is passed over,
/// because it becomes part of a title.
fn word_at(labels: &[&'static str], facts: &Facts<'_>) -> Option<String> {
    let mut words = labels.iter().filter_map(|path| facts.text(path)).filter(|text| {
        (2..=MAX_WORD).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphabetic())
    });
    words.next().map(str::to_ascii_uppercase)
}
