//! The patterns that every event keeps, read from its JSON and not from the types that made it.

use oasis_core::{Event, Recorded, Timestamp, UNSET};
use serde_json::Value;

const STATUSES: [&str; 8] =
    ["queued", "in_progress", "success", "failure", "cancelled", "info", "warning", "error"];

/// Panics, with `what` in the message, where an event breaks the contract.
pub(crate) fn check(event: &Event, what: &str) -> Value {
    let json = serde_json::to_value(event).unwrap();
    let text = |name: &str| json[name].as_str().unwrap_or_default();

    let title = text("title");
    let words: Vec<_> = title.split('-').collect();
    let capitals = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase());
    assert!(words.len() >= 2 && words.iter().all(capitals), "{what}: {title}");
    let (layer, module) = (text("layer"), text("module"));
    assert!(title.starts_with(&format!("{layer}-{module}-")), "{what}: {title}");

    assert!(STATUSES.contains(&text("status")), "{what}: {json}");
    let source = text("source");
    let lower = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
    };
    assert!(source.split('.').all(lower), "{what}: {source}");
    let default_layer = match source.split('.').next().unwrap() {
        "github" | "gcp" => "CICDL",
        "agent" => "AGTL",
        _ => "SYSTEM",
    };
    assert!(json.get("position").is_none() && json.get("recorded_at").is_none());

    let vtid = text("vtid");
    let words: Vec<_> = vtid.split('-').collect();
    let number = words.last().unwrap();
    let is_number = (4..=6).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let wanted = match words.as_slice() {
        [UNSET] => default_layer,
        ["VTID", _] if is_number => default_layer,
        [_, layer, .., _] if is_number && words.iter().rev().skip(2).all(capitals) => layer,
        _ => panic!("{what}: {vtid} is no task id"),
    };
    // A label or a client may give another layer than the id.
    if json["meta"]["layer_source"].is_null() {
        assert_eq!(layer, wanted, "{what}: {vtid}");
    }
    assert_eq!(vtid == UNSET, json["meta"]["vtid_source"].is_null(), "{what}");

    assert_ne!(json["ref"], "", "{what}");
    if let Some(link) = json["link"].as_str() {
        let web = link.starts_with("https://") || link.starts_with("http://");
        assert!(web && !link.contains(char::is_whitespace), "{what}: {link}");
    }
    let meta = json["meta"].as_object().unwrap();
    assert!(source != "github.actions" || meta.contains_key("repository"), "{what}");
    for name in ["branch", "base_branch"] {
        let branch = meta.get(name).map_or("main", |name| name.as_str().unwrap());
        assert!(!branch.is_empty() && !branch.starts_with("refs/"), "{what}: {branch}");
    }
    if let Some(sha) = meta.get("sha") {
        assert!(sha.as_str().unwrap().bytes().any(|b| b != b'0'), "{what}: {sha}");
    }
    let moment: Timestamp = text("ts").parse().unwrap();
    assert_eq!(moment.to_string(), text("ts"), "{what}");

    let written = serde_json::to_string(event).unwrap();
    let read: Event = serde_json::from_str(&written).unwrap();
    assert_eq!(&read, event, "{what}");
    assert_eq!(serde_json::to_string(&read).unwrap(), written, "{what}");
    let recorded = Recorded::new(oasis_core::Position::FIRST, event.ts, read);
    let written = serde_json::to_string(&recorded).unwrap();
    assert_eq!(serde_json::from_str::<Recorded>(&written).unwrap(), recorded, "{what}");
    json
}
