//! The event as JSON: one spelling for [`Event`] and [`Recorded`], read and written.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Event, EventId, Link, Meta, Position, Recorded, Status, Title};
use crate::time::Timestamp;
use crate::vtid::{UNSET, Vtid};

/// The fields in the contract's order.
#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    id: EventId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    ts: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded_at: Option<Timestamp>,
    vtid: Cow<'a, str>,
    layer: Cow<'a, str>,
    module: Cow<'a, str>,
    source: Cow<'a, str>,
    kind: Cow<'a, str>,
    status: Status,
    title: Cow<'a, Title>,
    #[serde(rename = "ref")]
    reference: Option<Cow<'a, str>>,
    link: Option<Cow<'a, Link>>,
    meta: Cow<'a, Meta>,
    delivery_id: Option<Cow<'a, str>>,
}

impl<'a> Wire<'a> {
    fn of(event: &'a Event, recorded: Option<(Position, Timestamp)>) -> Self {
        Self {
            id: event.id,
            position: recorded.map(|(position, _)| position),
            ts: event.ts,
            recorded_at: recorded.map(|(_, at)| at),
            vtid: Cow::Borrowed(event.vtid.as_ref().map_or(UNSET, Vtid::as_str)),
            layer: Cow::Borrowed(&event.layer),
            module: Cow::Borrowed(&event.module),
            source: Cow::Borrowed(&event.source),
            kind: Cow::Borrowed(&event.kind),
            status: event.status,
            title: Cow::Borrowed(&event.title),
            reference: event.reference.as_deref().map(Cow::Borrowed),
            link: event.link.as_ref().map(Cow::Borrowed),
            meta: Cow::Borrowed(&event.meta),
            delivery_id: event.delivery_id.as_deref().map(Cow::Borrowed),
        }
    }

    fn into_event<E: de::Error>(self) -> Result<Event, E> {
        let vtid = match &*self.vtid {
            UNSET => None,
            text => Some(text.parse().map_err(E::custom)?),
        };
        Ok(Event {
            id: self.id,
            ts: self.ts,
            vtid,
            layer: self.layer.into_owned(),
            module: self.module.into_owned(),
            source: self.source.into_owned(),
            kind: self.kind.into_owned(),
            status: self.status,
            title: self.title.into_owned(),
            reference: self.reference.map(Cow::into_owned),
            link: self.link.map(Cow::into_owned),
            meta: self.meta.into_owned(),
            delivery_id: self.delivery_id.map(Cow::into_owned),
        })
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire::of(self, None).serialize(serializer)
    }
}

impl Serialize for Recorded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire::of(&self.event, Some((self.position, self.recorded_at))).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Wire::deserialize(deserializer)?.into_event()
    }
}

impl<'de> Deserialize<'de> for Recorded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let position = wire.position.ok_or_else(|| de::Error::missing_field("position"))?;
        let recorded_at =
            wire.recorded_at.ok_or_else(|| de::Error::missing_field("recorded_at"))?;
        Ok(Self { position, recorded_at, event: wire.into_event()? })
    }
}
