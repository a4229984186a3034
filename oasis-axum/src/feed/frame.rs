//! What is written to a feed: the text of Server-Sent Events (WHATWG HTML, section 9.2).

use bytes::Bytes;
use oasis_core::{Position, Recorded, Timestamp};
use serde::Serialize;

/// How long a client waits before it comes back, in milliseconds.
const RETRY: u32 = 2000;

/// An event, encoded once for everybody.
pub(super) fn event(recorded: &Recorded) -> Bytes {
    // An event's JSON holds no line break, so it is one `data` line.
    let json = serde_json::to_string(recorded).unwrap_or_default();
    let head = format!("id: {}\ndata: ", recorded.position);
    // As large as it is: thousands of them are kept.
    Bytes::from([head.as_bytes(), json.as_bytes(), b"\n\n"].concat())
}

#[derive(Serialize)]
struct Message {
    r#type: &'static str,
    ts: Timestamp,
}

fn message(r#type: &'static str, ts: Timestamp) -> String {
    format!("data: {}\n\n", serde_json::to_string(&Message { r#type, ts }).unwrap_or_default())
}

/// The first message of a feed.
pub(super) fn connected(ts: Timestamp) -> Bytes {
    Bytes::from(format!("retry: {RETRY}\n{}", message("connected", ts)))
}

/// The end of a feed that was open long enough: where its client goes on. It is no message (there
/// is no data), but a client's last id becomes this position, also where a filter let nothing pass.
pub(super) fn parting(at: Option<Position>) -> Bytes {
    let at = at.map_or(0, Position::get);
    Bytes::from(format!("id: {at}\nretry: {RETRY}\n\n"))
}

/// Nothing new, but the feed is alive.
pub(super) fn heartbeat(ts: Timestamp) -> Bytes {
    Bytes::from(message("heartbeat", ts))
}

/// What follows doesn't go on where the client was: its position is none of this ledger's, or what
/// came after it is no longer kept.
pub(super) fn resync(ts: Timestamp) -> Bytes {
    Bytes::from(message("resync", ts))
}
