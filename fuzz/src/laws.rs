//! What holds of every event, wherever it comes from.

use oasis_core::{Event, Position, Recorded, Timestamp};
use serde_json::Value;

/// The members of an event's JSON, as the contract lists them; a row has its place and its time too.
const MEMBERS: [&str; 13] = [
    "id",
    "ts",
    "vtid",
    "layer",
    "module",
    "source",
    "kind",
    "status",
    "title",
    "ref",
    "link",
    "meta",
    "delivery_id",
];

/// Checks that a row of this event has the contract's form, and is the same when it is read again.
pub fn check_event(event: &Event) {
    check_title(event.title.as_str());
    if let Some(link) = &event.link {
        let scheme = link.as_str().split("://").next().unwrap_or_default();
        assert!(
            scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"),
            "a link of another scheme: {link}"
        );
    }

    let recorded = Recorded::new(Position::FIRST, Timestamp::MAX, event.clone());
    let json = serde_json::to_string(&recorded).expect("a row is always JSON");
    check_members(&json, MEMBERS.len() + 2);
    let again: Recorded = serde_json::from_str(&json).expect("its JSON is a row");
    assert_eq!(again, recorded);
}

/// Checks that an event alone, as a client brings it, has that form too, and is written the same
/// again. It is the whole of what one target does, so the others leave it to that one.
pub fn check_alone(event: &Event) {
    let json = serde_json::to_string(event).expect("an event is always JSON");
    check_members(&json, MEMBERS.len());
    let again: Event = serde_json::from_str(&json).expect("its JSON is an event");
    assert_eq!(&again, event);
    assert_eq!(serde_json::to_string(&again).expect("an event is always JSON"), json);
}

/// Checks that there are so many members, an event's among them.
fn check_members(json: &str, count: usize) {
    let value: Value = serde_json::from_str(json).expect("its JSON is valid");
    let members = value.as_object().expect("its JSON is an object");
    assert_eq!(members.len(), count, "{json}");
    for name in MEMBERS {
        assert!(members.contains_key(name), "{name} is not in {json}");
    }
}

/// `^[A-Z]+(-[A-Z]+)+$`, spelled out.
fn check_title(title: &str) {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
    assert!(title.contains('-') && title.split('-').all(is_word), "not a title: {title}");
}
