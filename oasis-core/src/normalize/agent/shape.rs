//! Events in the shape of the contract, and in the two that came before it.

use serde_json::{Map, Value};

use super::fields::{Fields, MAX_ID};
use super::heartbeat::{self, Heartbeat};
use super::{PayloadError, SOURCE, claimed_delivery_id};
use crate::arrival::Arrival;
use crate::event::{Event, Meta, Status, Title};
use crate::vtid::{Found, VtidSearch};

/// The words that stood for a status before.
pub(super) const OLDER: &[(&str, Status)] =
    &[("start", Status::InProgress), ("fail", Status::Failure), ("blocked", Status::Warning)];

/// The longest action that becomes part of a title, in bytes.
const MAX_ACTION: usize = 128;

/// Reads an event in any of the three shapes.
pub(super) fn read(
    mut fields: Fields,
    search: &VtidSearch,
    arrival: Arrival,
) -> Result<Event, PayloadError> {
    let is_older = !fields.has_text("kind");
    let mut named = meta(&mut fields)?;
    if heartbeat::is_one(&fields, &named) {
        fields.put("meta", named);
        return claimed(Heartbeat::read(fields, search, arrival)?.event());
    }
    // The ledger gives these.
    for name in ["id", "position", "recorded_at"] {
        fields.take(name);
    }
    if is_older {
        fields.lift(&mut named, &["vtid", "link", "source", "ref", "layer", "module"]);
    }

    let kind = fields.kind(is_older)?;
    let source = fields.source(is_older)?.unwrap_or_else(|| SOURCE.to_owned());
    let mut event = Event::new(arrival, &source, &kind);
    let layer = fields.layer()?;
    event.module = module(&fields.name("module")?.unwrap_or(kind));
    event.reference = fields.reference()?;
    event.link = fields.link()?;
    event.status = fields.status(OLDER)?.unwrap_or(Status::Info);
    for name in ["created_at", "timestamp", "ts"] {
        if let Some(at) = fields.moment(name)? {
            event.ts = at;
        }
    }
    let title = fields.title()?;
    event.delivery_id = delivery_id(&mut fields, &event, is_older)?;
    if is_older && let Some(sha) = fields.name("git_sha")? {
        named.insert("sha".to_owned(), sha.into());
    }
    let said = fields.vtid(search)?;
    event.meta = fields.into_meta(named)?;
    if event.source == "github.actions" {
        // Readers join GitHub's events by it, whoever brought them.
        event.meta.entry("repository".into()).or_insert(Value::Null);
    }

    let (found, place) = match said {
        Some(found) => (Some(found), Some("field")),
        // An agent says its task itself, or has none: so it stays when a ledger's row is sent again.
        None if heartbeat::is_told_by(&event) => (None, None),
        None => searched(&event, search),
    };
    event.vtid = found.as_ref().map(|found| found.vtid().clone());
    default_layer(&event.source).clone_into(&mut event.layer);
    match (found.as_ref().and_then(Found::layer), layer) {
        (Some(own), _) => own.clone_into(&mut event.layer),
        (None, Some(given)) if given != event.layer => {
            event.layer = given;
            event.meta.insert("layer_source".into(), "field".into());
        }
        (None, _) => {}
    }
    note_source(&mut event.meta, place);
    match title {
        Some(title) => event.title = title,
        None => {
            let action = event.meta.get("action").and_then(Value::as_str);
            let action = action.filter(|action| action.len() <= MAX_ACTION).map(str::to_owned);
            event.retitle(&action.unwrap_or_else(|| event.status.to_string()));
        }
    }
    claimed(event)
}

/// The event under a delivery id that is its client's to give.
fn claimed(mut event: Event) -> Result<Event, PayloadError> {
    let id = event.delivery_id.take();
    event.delivery_id = id.map(|id| claimed_delivery_id(&event.source, id));
    if event.delivery_id.as_ref().is_some_and(|id| id.len() > MAX_ID) {
        // Or what the ledger tells of it would be refused.
        let expected = "a text of at most 505 bytes under a source that proves its deliveries";
        return Err(PayloadError::new("delivery_id", expected));
    }
    Ok(event)
}

/// What else a client says, under any of the names that it had.
pub(super) fn meta(fields: &mut Fields) -> Result<Map<String, Value>, PayloadError> {
    let mut meta = fields.object("meta")?;
    for name in ["metadata", "payload"] {
        for (name, value) in fields.object(name)? {
            meta.entry(name).or_insert(value);
        }
    }
    Ok(meta)
}

/// The layer of an event that has none of its own.
pub(super) fn default_layer(source: &str) -> &'static str {
    match source.split('.').next() {
        Some("github" | "gcp") => "CICDL",
        Some("agent") => "AGTL",
        _ => "SYSTEM",
    }
}

/// Notes where the task id was found; a client that passes on what a ledger told keeps its word.
pub(super) fn note_source(meta: &mut Meta, place: Option<&str>) {
    const NAME: &str = "vtid_source";
    match place {
        None => drop(meta.remove(NAME)),
        Some("field") if meta.get(NAME).is_some_and(Value::is_string) => {}
        Some(place) => drop(meta.insert(NAME.into(), place.into())),
    }
}

/// The id that a text of the event names, where no field does.
fn searched(event: &Event, search: &VtidSearch) -> (Option<Found>, Option<&'static str>) {
    if let Some(found) = event.reference.as_deref().and_then(|name| search.find(name)) {
        return (Some(found), Some("branch"));
    }
    let texts = ["message", "notes"].iter().filter_map(|name| event.meta.get(*name)?.as_str());
    let found = texts.filter_map(|text| search.find_in_body(text).next()).next();
    let place = found.is_some().then_some("body");
    (found, place)
}

/// The words of a name, in capitals and joined by `-`, as they stand in a title.
fn module(name: &str) -> String {
    let title = Title::new("X", name, "X");
    let module = title.as_str().get(2..title.as_str().len() - 2);
    module.unwrap_or("OTHER").to_owned()
}

/// The client's own id. The older `rid` is that of a request, which may tell of more than one
/// step: with the step it is the id of one delivery.
fn delivery_id(
    fields: &mut Fields,
    event: &Event,
    is_older: bool,
) -> Result<Option<String>, PayloadError> {
    if let Some(id) = fields.delivery_id()? {
        return Ok(Some(id));
    }
    if !is_older {
        return Ok(None);
    }
    let rid = fields.name("rid")?;
    let id = rid.map(|rid| {
        let id = format!("{rid}#{}#{}", event.kind, event.status);
        fields.put("rid", rid);
        id
    });
    Ok(id)
}
