//! CloudEvents, as Eventarc delivers them: in the headers (binary), or whole in the body
//! (structured).

use std::borrow::Cow;

use super::Unreadable;
use super::pubsub::{self, decoded};
use crate::json::{Facts, Shape, Unparsed};
use crate::verify::GcpHeaders;

/// What a delivery says of itself as a CloudEvent, and what is in it. A delivery that is none has
/// no attributes, and all of it is the data.
#[derive(Debug)]
pub(super) struct CloudEvent<'a> {
    /// In the order of [`ATTRIBUTES`].
    attributes: [Option<Cow<'a, str>>; ATTRIBUTES.len()],
    pub(super) data: Result<Cow<'a, [u8]>, Unreadable>,
}

/// An attribute's name in a body, in the headers, and as a fact.
const ATTRIBUTES: [(&str, &str, &str); 5] = [
    ("id", "ce-id", "context.id"),
    ("source", "ce-source", "context.source"),
    ("type", "ce-type", "context.type"),
    ("time", "ce-time", "context.time"),
    ("subject", "ce-subject", "context.subject"),
];

/// What is read of a body that may be a CloudEvent.
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    let names = ATTRIBUTES.iter().map(|(name, ..)| *name);
    names.chain(["specversion", "data", "data!", "data_base64"])
}

/// The facts that it tells.
pub(super) fn facts() -> impl Iterator<Item = &'static str> {
    ATTRIBUTES.iter().map(|(_, _, fact)| *fact).chain(["context.resource", "context.event"])
}

impl<'a> CloudEvent<'a> {
    pub(super) fn open(shape: &'a Shape, headers: &GcpHeaders<'a>, body: &'a [u8]) -> Self {
        let in_headers = ATTRIBUTES.map(|(_, header, _)| headers.value(header).map(Cow::Borrowed));
        if in_headers.iter().any(Option::is_some) {
            return Self { attributes: in_headers, data: Ok(Cow::Borrowed(body)) };
        }
        if headers.value(pubsub::ID_HEADER).is_some() {
            return Self { attributes: in_headers, data: Ok(Cow::Borrowed(body)) };
        }
        let whole = match shape.pick(body) {
            Ok(facts) => facts,
            Err(fault) => return Self { attributes: in_headers, data: Err(fault.into()) },
        };
        let named = ["specversion", "source", "type"];
        if !headers.is_structured() && named.iter().any(|name| whole.text(name).is_none()) {
            return Self { attributes: in_headers, data: Ok(Cow::Borrowed(body)) };
        }
        let owned = |name: &str| whole.text(name).map(|text| Cow::Owned(text.to_owned()));
        Self { attributes: ATTRIBUTES.map(|(name, ..)| owned(name)), data: data(&whole) }
    }

    /// What was fetched, with the attributes that a delivery of it has.
    pub(super) fn of(id: String, source: String, of_type: &'a str, data: &'a [u8]) -> Self {
        let attributes = [Some(id.into()), Some(source.into()), Some(of_type.into()), None, None];
        Self { attributes, data: Ok(Cow::Borrowed(data)) }
    }

    pub(super) fn tell(&self, facts: &mut Facts<'_>) {
        for ((_, _, path), value) in ATTRIBUTES.iter().zip(&self.attributes) {
            if let Some(value) = value {
                facts.put(path, value.clone().into_owned());
            }
        }
        // Google names its events `google.cloud.deploy.rollout.v1.created`.
        let [_, _, Some(event_type), ..] = &self.attributes else { return };
        let mut words = event_type.rsplit('.');
        for path in ["context.event", "", "context.resource"] {
            if let (Some(word), false) = (words.next(), path.is_empty()) {
                facts.put(path, word.to_owned());
            }
        }
    }
}

/// The data of an event that stands whole in a body.
fn data<'a>(whole: &Facts<'a>) -> Result<Cow<'a, [u8]>, Unreadable> {
    if let Some(object) = whole.object("data!") {
        return Ok(Cow::Borrowed(object.as_bytes()));
    }
    match (whole.text("data_base64"), whole.text("data")) {
        (Some(encoded), _) => Ok(Cow::Owned(decoded("data_base64", encoded)?)),
        (None, Some(text)) => Ok(Cow::Owned(text.as_bytes().to_vec())),
        (None, None) => Err(Unparsed::Empty.into()),
    }
}
