//! Pub/Sub's messages, as a push delivers them: wrapped in JSON, or unwrapped with what Pub/Sub
//! says of them in the headers.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Unreadable;
use crate::json::{Facts, Shape, Unparsed};
use crate::verify::GcpHeaders;

/// A message and what is in it. What is no message is the payload itself.
#[derive(Debug)]
pub(super) struct Message<'a> {
    /// Facts about the message, and the attributes of an unwrapped one.
    told: Vec<(&'static str, Cow<'a, str>)>,
    /// The attributes of a wrapped one, as JSON.
    attributes: Option<&'a str>,
    /// `None` where the attributes say all.
    pub(super) payload: Result<Option<Cow<'a, [u8]>>, Unreadable>,
}

/// What is read of a body that may be a message; Pub/Sub writes most of it in two spellings.
const MEMBERS: [(&str, &str); 5] = [
    ("message.messageId", ID),
    ("message.message_id", ID),
    ("message.publishTime", TIME),
    ("message.publish_time", TIME),
    ("subscription", SUBSCRIPTION),
];

const HEADERS: [(&str, &str); 3] = [
    (ID_HEADER, ID),
    ("x-goog-pubsub-publish-time", TIME),
    ("x-goog-pubsub-subscription-name", SUBSCRIPTION),
];

/// The header that says that the body is a message's data, unwrapped.
pub(super) const ID_HEADER: &str = "x-goog-pubsub-message-id";

/// The message's id.
pub(super) const ID: &str = "message.id";
const TIME: &str = "message.time";
const SUBSCRIPTION: &str = "message.subscription";

/// What is read of a body that may be a message.
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    let members = MEMBERS.iter().map(|(member, _)| *member);
    members.chain(["message.data", "message.attributes!"])
}

/// The facts that it tells.
pub(super) fn facts() -> impl Iterator<Item = &'static str> {
    [ID, TIME, SUBSCRIPTION].into_iter()
}

impl Default for Message<'_> {
    fn default() -> Self {
        Self::none(Ok(None))
    }
}

impl<'a> Message<'a> {
    pub(super) fn open(shape: &'a Shape, headers: &GcpHeaders<'a>, body: &'a [u8]) -> Self {
        if headers.value(ID_HEADER).is_some() {
            return Self::unwrapped(headers, body);
        }
        let whole = match shape.pick(body) {
            Ok(facts) => facts,
            Err(fault) => return Self::none(Err(fault.into())),
        };
        let attributes = whole.object("message.attributes!");
        let data = whole.text("message.data");
        let told: Vec<_> = MEMBERS
            .iter()
            .filter_map(|(member, fact)| Some((*fact, Cow::Owned(whole.text(member)?.to_owned()))))
            .collect();
        let is_message =
            attributes.is_some() || data.is_some() || told.iter().any(|(fact, _)| *fact == ID);
        if !is_message {
            return Self::whole(body);
        }
        let payload = data.map(|data| decoded("message.data", data).map(Cow::Owned)).transpose();
        Self { told, attributes, payload }
    }

    fn unwrapped(headers: &GcpHeaders<'a>, body: &'a [u8]) -> Self {
        let about =
            HEADERS.iter().filter_map(|(header, fact)| Some((*fact, headers.value(header)?)));
        let told = about.chain(headers.attributes());
        Self {
            told: told.map(|(fact, value)| (fact, Cow::Borrowed(value))).collect(),
            attributes: None,
            payload: Ok((!body.is_empty()).then_some(Cow::Borrowed(body))),
        }
    }

    /// What is no message: all of it is the payload.
    pub(super) fn whole(body: &'a [u8]) -> Self {
        Self::none(Ok(Some(Cow::Borrowed(body))))
    }

    fn none(payload: Result<Option<Cow<'a, [u8]>>, Unreadable>) -> Self {
        Self { told: Vec::new(), attributes: None, payload }
    }

    pub(super) fn tell<'f>(&'f self, facts: &mut Facts<'f>) -> Result<(), Unparsed> {
        for (fact, value) in &self.told {
            facts.put(fact, value.as_ref());
        }
        match self.attributes {
            Some(written) => facts.read("attributes", written.as_bytes()),
            None => Ok(()),
        }
    }
}

/// The bytes that stand as base64 in this member.
pub(super) fn decoded(member: &'static str, text: &str) -> Result<Vec<u8>, Unreadable> {
    /// Some clients leave the `=` at the end out.
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    LENIENT.decode(text).map_err(|_| Unreadable::NotBase64(member))
}
