use oasis_core::{Event, Position, Recorded, Timestamp};

use crate::event_stream::EventStream;
use crate::frame;
use crate::road::ARRIVAL;

/// Texts, each up to a unit separator, in an event: whatever they hold, a reader of the feed gets one
/// message with the event as it is, wherever the stream is cut, and the position to come back with.
pub fn feed_frame(data: &[u8]) {
    let mut texts = data.split(|&byte| byte == 0x1F).map(String::from_utf8_lossy);
    let mut text = || texts.next().unwrap_or_default().into_owned();
    let mut event = Event::new(ARRIVAL, "crew.one", &text());
    event.reference = Some(text());
    event.delivery_id = Some(text());
    event.module = text();
    event.meta.insert(text().into(), text().into());
    let position = Position::new(data.len() as u64 + 1).expect("it is not zero");
    let recorded = Recorded::new(position, Timestamp::MAX, event);

    let ts = ARRIVAL.at();
    let written = [
        frame::connected(ts),
        frame::event(&recorded),
        frame::heartbeat(ts),
        frame::resync(ts),
        frame::parting(Some(position)),
    ]
    .concat();
    let (start, rest) = written.split_at(data.len() % written.len());
    let read = EventStream::of([start, rest]);
    let said = |word: &str| format!(r#"{{"type":"{word}","ts":"{ts}"}}"#);
    let json = serde_json::to_string(&recorded).expect("a row is always JSON");
    let data: Vec<_> = read.messages.iter().map(|message| message.data.as_str()).collect();
    assert_eq!(data, [&*said("connected"), &*json, &*said("heartbeat"), &*said("resync")]);
    let id = position.to_string();
    let ids: Vec<_> = read.messages.iter().map(|message| message.id.as_str()).collect();
    // Without an id of its own a message leaves a client where it is.
    assert_eq!(ids, ["", &*id, &*id, &*id]);
    assert_eq!((&*read.last_id, read.retry), (&*id, Some(2000)));

    let empty = EventStream::of([&*frame::parting(None)]);
    assert!(empty.messages.is_empty() && empty.last_id == "0");
}
