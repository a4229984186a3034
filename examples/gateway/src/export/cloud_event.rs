//! An event as a CloudEvent 1.0 in structured mode, <https://github.com/cloudevents/spec>.

use oasis_core::{EventId, Recorded, Timestamp, Vtid};
use serde::Serialize;

/// `source` and `id` together are unique, as the specification wants; both are the same whenever and
/// from wherever the event is exported.
#[derive(Debug, Serialize)]
pub(super) struct CloudEvent<'a> {
    specversion: &'static str,
    id: EventId,
    source: String,
    r#type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    time: Timestamp,
    datacontenttype: &'static str,
    /// Of the extension Sequence: orders by text as the ledger orders by number.
    sequence: String,
    /// Of the extension Recorded Time.
    recordedtime: Timestamp,
    data: &'a Recorded,
}

pub(super) fn of(recorded: &Recorded) -> CloudEvent<'_> {
    let event = &recorded.event;
    CloudEvent {
        specversion: "1.0",
        id: event.id,
        source: source(&event.source),
        r#type: format!("io.github.exafyltd.oasis.{}.{}", event.source, event.kind),
        subject: event.vtid.as_ref().map(Vtid::as_str),
        time: event.ts,
        datacontenttype: "application/json",
        sequence: format!("{:020}", recorded.position.get()),
        recordedtime: recorded.recorded_at,
        data: recorded,
    }
}

/// A source as a relative URI.
pub(super) fn source(source: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    format!("/oasis/{}", source.replace(|c| !fits(c), "-"))
}
