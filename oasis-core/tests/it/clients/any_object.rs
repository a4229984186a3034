//! Whatever a client sends, there is an event or the name of the field that is wrong.

use oasis_core::Normalizer;
use proptest::prelude::*;
use serde_json::Value;

use super::ARRIVAL;
use crate::contract;

/// Objects with the names that are read, and values that are seldom what they must be.
fn body() -> impl Strategy<Value = Value> {
    let names = [
        "id",
        "kind",
        "event",
        "type",
        "service",
        "source",
        "status",
        "vtid",
        "ts",
        "timestamp",
        "layer",
        "module",
        "title",
        "ref",
        "link",
        "meta",
        "metadata",
        "payload",
        "delivery_id",
        "rid",
        "git_sha",
        "agent",
        "role",
        "interval_seconds",
        "message",
        "notes",
    ];
    let word = prop::sample::select(vec![
        "",
        "x",
        "deploy",
        "heartbeat",
        "success",
        "start",
        "github.actions",
        "agent.x",
        "DEV-CICDL-0031",
        "VTID-03697",
        "IDLE",
        "2025-10-29T12:00:00Z",
        "CICDL-PR-MERGED",
        "https://a",
        "\u{0}\u{202e}",
        "vt/ops-infra-0001",
        "AGTL",
    ]);
    let leaf = prop_oneof![
        8 => word.prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<String>().prop_map(Value::from),
        1 => Just(Value::Null),
    ];
    let value = leaf.prop_recursive(2, 8, 4, move |inner| {
        prop::collection::hash_map(prop::sample::select(names.to_vec()), inner, 0..4).prop_map(
            |map| {
                map.into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<serde_json::Map<_, _>>()
                    .into()
            },
        )
    });
    prop::collection::hash_map(prop::sample::select(names.to_vec()), value, 0..5).prop_map(|map| {
        map.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<serde_json::Map<_, _>>()
            .into()
    })
}

proptest! {
    #[test]
    fn any_object_gives_an_event_or_names_a_field(mut body in body(), bytes: Vec<u8>, kind: bool) {
        if kind {
            body["kind"] = "deploy".into();
        }
        let normalizer = Normalizer::default();
        let text = body.to_string();
        match normalizer.ingest(text.as_bytes(), ARRIVAL) {
            Ok(event) => {
                if !body["title"].is_string() {
                    contract::check(&event, &text);
                }
                // What a ledger tells of an event is the event again.
                let told = serde_json::to_vec(&event).unwrap();
                prop_assert_eq!(normalizer.ingest(&told, ARRIVAL), Ok(event));
            }
            Err(error) => prop_assert!(!error.field().is_empty() && !error.expected().is_empty()),
        }
        match normalizer.heartbeat(text.as_bytes(), ARRIVAL) {
            Ok(beat) => drop(contract::check(&beat.event(), &text)),
            Err(error) => prop_assert!(!error.field().is_empty()),
        }
        prop_assert!(normalizer.ingest(&bytes, ARRIVAL).is_err());
    }
}
