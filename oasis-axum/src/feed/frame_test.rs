//! What is written to a feed, as a reader that follows the standard reads it.

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use futures_util::stream::iter;
use oasis_core::{Arrival, Event, Position, Recorded, Timestamp};
use proptest::prelude::*;

use super::frame;

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
        let frame = frame::event(&recorded);
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
