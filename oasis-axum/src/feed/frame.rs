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
    Bytes::from(format!("id: {}\ndata: {json}\n\n", recorded.position))
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

#[cfg(test)]
mod tests {
    use super::*;
    use eventsource_stream::Eventsource;
    use futures_util::StreamExt;
    use futures_util::stream::iter;
    use oasis_core::{Arrival, Event};
    use proptest::prelude::*;

    /// What a payload holds ends no line of a frame: a reader that follows the standard gets one
    /// message with the event as it is, wherever the stream is cut.
    #[test]
    fn d6_line_breaks_in_a_frame() {
        proptest!(|(texts in proptest::collection::vec("(\\PC|[\r\n\u{0}\u{85}\u{2028}:]|id: 7|\ndata: x){0,12}", 4), cut in any::<prop::sample::Index>())| {
            let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
            let mut event = Event::new(arrival, "crew.one", &texts[0]);
            event.reference = Some(texts[1].clone());
            event.meta.insert(texts[2].clone().into(), texts[3].clone().into());
            let recorded = Recorded::new(Position::FIRST, Timestamp::UNIX_EPOCH, event);
            let frame = super::event(&recorded);
            let cut = cut.index(frame.len());
            let pieces = [frame.slice(..cut), frame.slice(cut..)].map(Ok::<_, std::io::Error>);
            let read = futures_util::FutureExt::now_or_never(iter(pieces).eventsource().collect::<Vec<_>>());
            let read = read.unwrap();
            prop_assert_eq!(read.len(), 1);
            let message = read[0].as_ref().unwrap();
            prop_assert_eq!(&*message.id, "1");
            prop_assert_eq!(&message.data, &serde_json::to_string(&recorded).unwrap());
            prop_assert_eq!(frame.iter().filter(|byte| b"\r\n".contains(byte)).count(), 3);
        });
    }
}
