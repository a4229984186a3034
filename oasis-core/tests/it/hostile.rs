//! Whatever comes in, an event comes out.

use oasis_core::verify::{GcpHeaders, danger};
use oasis_core::{Arrival, Event, Normalizer, Timestamp, Vtid, VtidSearch};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::contract;
use crate::deliveries;
use crate::gcp;
use crate::mapping::MAPPING;

fn normalise(kind: &str, body: &[u8]) -> Event {
    thread_local! {
        static NORMALIZER: Normalizer = Normalizer::default();
    }
    let arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [3; 10]);
    NORMALIZER.with(|normalizer| normalizer.github(&danger::trust_github(kind, "d", body), arrival))
}

fn kind() -> impl Strategy<Value = String> {
    let known = (0..MAPPING.len()).prop_map(|n| MAPPING[n].0.to_owned());
    prop_oneof![9 => known, 1 => "[!-~]{1,40}"]
}

fn pushed(headers: &[(&str, &str)], body: &[u8]) -> Event {
    thread_local! {
        static NORMALIZER: Normalizer = Normalizer::default();
    }
    let arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [3; 10]);
    let pairs = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
    let headers = GcpHeaders::read(pairs).unwrap();
    NORMALIZER.with(|normalizer| normalizer.gcp(&danger::trust_gcp(&headers, body), arrival))
}

/// What a place of a payload may become.
#[derive(Debug, Clone)]
enum Change {
    Delete,
    Become(Value),
}

fn change() -> impl Strategy<Value = Change> {
    let odd = prop::sample::select(vec![
        Value::Null,
        true.into(),
        0.into(),
        (-1).into(),
        u64::MAX.into(),
        1e300.into(),
        "".into(),
        " ".into(),
        "refs/".into(),
        "refs/heads/".into(),
        "refs/tags/DEV-CICDL-0031".into(),
        "VTID: DEV-CICDL-0031".into(),
        "javascript:alert(1)".into(),
        "9999-99-99T99:99:99Z".into(),
        "\u{0}\u{7f}\u{202e}{action}".into(),
        "x".repeat(5_000).into(),
        json!([]),
        json!({}),
        json!([null, 1, "DEV-CICDL-0031"]),
        json!({ "ref": { "ref": [] }, "login": 7, "state": "SUCCESS" }),
    ]);
    prop_oneof![
        1 => Just(Change::Delete),
        4 => odd.prop_map(Change::Become),
        1 => any::<String>().prop_map(|text| Change::Become(text.into())),
    ]
}

/// Objects of the names that rules read, in any order and depth, with values that are seldom what
/// they must be.
fn object() -> impl Strategy<Value = Value> {
    let mut names: Vec<String> = Vec::new();
    for (_, payload) in deliveries::all() {
        gather(&payload, &mut names);
    }
    names.sort_unstable();
    names.dedup();
    let name = prop_oneof![9 => prop::sample::select(names), 1 => any::<String>()];
    let leaf = prop_oneof![
        4 => change().prop_map(|change| match change {
            Change::Delete => Value::Null,
            Change::Become(value) => value,
        }),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
    ];
    let members = |name, value| prop::collection::btree_map(name, value, 0..8);
    let named = name.clone();
    let value = leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            3 => members(named.clone().boxed(), inner.clone().boxed())
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
            1 => prop::collection::vec(inner, 0..4).prop_map(Value::from),
        ]
    });
    members(name.boxed(), value.boxed())
        .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into())
}

fn gather(value: &Value, names: &mut Vec<String>) {
    for (name, inner) in value.as_object().into_iter().flatten() {
        names.push(name.clone());
        gather(inner, names);
    }
    value.as_array().into_iter().flatten().for_each(|item| gather(item, names));
}

/// Changes the value that is `n`th below this one, counted from the top; what is left of `n`
/// otherwise.
fn apply(value: &mut Value, mut n: usize, change: &Change) -> Result<(), usize> {
    let here = |n: usize, inner: &mut Value| match (n, change) {
        (0, Change::Become(other)) => {
            *inner = other.clone();
            Ok(())
        }
        _ => apply(inner, n - 1, change),
    };
    let deletes = matches!(change, Change::Delete);
    match value {
        Value::Object(members) => {
            for name in members.keys().cloned().collect::<Vec<_>>() {
                if n == 0 && deletes {
                    members.remove(&name);
                    return Ok(());
                }
                match here(n, &mut members[&name]) {
                    Err(left) => n = left,
                    done => return done,
                }
            }
        }
        Value::Array(items) => {
            for at in 0..items.len() {
                if n == 0 && deletes {
                    items.remove(at);
                    return Ok(());
                }
                match here(n, &mut items[at]) {
                    Err(left) => n = left,
                    done => return done,
                }
            }
        }
        _ => {}
    }
    Err(n)
}

fn count(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(|inner| 1 + count(inner)).sum(),
        Value::Array(items) => items.iter().map(|inner| 1 + count(inner)).sum(),
        _ => 0,
    }
}

#[test]
fn each_place_of_a_payload_is_reached() {
    for (kind, payload) in deliveries::all() {
        for n in 0..count(&payload) {
            for change in [Change::Delete, Change::Become(json!({ "new": [0] }))] {
                let mut changed = payload.clone();
                assert_eq!(apply(&mut changed, n, &change), Ok(()), "{kind} {n}");
                assert_ne!(changed, payload, "{kind} {n}");
                let body = serde_json::to_vec(&changed).unwrap();
                let event = contract::check(&normalise(kind, &body), kind);
                assert!(event["meta"]["unparsed"].is_null(), "{kind}: {changed}");
            }
        }
        assert!(apply(&mut payload.clone(), count(&payload), &Change::Delete).is_err());
    }
}

#[test]
fn b10_a_body_that_is_no_object_is_kept_as_a_warning() {
    for body in ["", "[]", "null", "{", "{\"a\":1}}", "payload=%7B%7D", "\u{0}"] {
        for (kind, module, ..) in MAPPING {
            let event = contract::check(&normalise(kind, body.as_bytes()), body);
            assert_eq!(event["title"], format!("CICDL-{module}-UNPARSED"));
            assert_eq!(event["status"], "warning");
            assert!(event["meta"]["unparsed"].is_string());
        }
    }
}

/// Payloads of Google's, each as it stands in a message.
fn google_s() -> Vec<Value> {
    let run = "google.cloud.run.v2.Services.UpdateService";
    let ready = "/Services.ReplaceService";
    vec![
        gcp::build("SUCCESS"),
        gcp::log_entry("activity", run, "projects/p/locations/l/services/s"),
        gcp::log_entry("system_event", ready, "namespaces/p/services/s"),
    ]
}

proptest! {
    #[test]
    fn any_push_becomes_an_event(
        body: Vec<u8>,
        names in prop::collection::hash_set(prop::sample::select(vec!["ce-id", "ce-type", "ce-source", "x-goog-pubsub-message-id", "Action", "status"]), 0..4),
        value in "[ -~]{0,20}",
    ) {
        let headers: Vec<_> = names.into_iter().map(|name| (name, value.as_str())).collect();
        contract::check(&pushed(&headers, &body), "a push");
        let data = serde_json::json!({ "message": { "messageId": value, "data": gcp::base64(&body) } });
        contract::check(&pushed(&[], data.to_string().as_bytes()), "a message");
    }

    #[test]
    fn a_push_that_lost_its_shape_is_read_as_far_as_it_goes(
        n in 0..3_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), change()), 1..8),
        outside: bool,
    ) {
        let mut payload = google_s().swap_remove(n);
        let mut message = gcp::notification(Some("Rollout"), "Start");
        let changed = if outside { &mut message } else { &mut payload };
        for (at, change) in changes {
            let places = count(changed);
            if places > 0 {
                prop_assert_eq!(apply(changed, at.index(places), &change), Ok(()));
            }
        }
        let body = if outside { message } else { gcp::wrapped(&json!({}), Some(&payload)) };
        contract::check(&pushed(&[], body.to_string().as_bytes()), "a message");
    }

    #[test]
    fn any_bytes_of_any_event_become_an_event(kind in kind(), body: Vec<u8>) {
        contract::check(&normalise(&kind, &body), &kind);
    }

    #[test]
    fn any_object_of_any_event_becomes_an_event(kind in kind(), payload in object()) {
        let body = payload.to_string();
        let event = contract::check(&normalise(&kind, body.as_bytes()), &kind);
        prop_assert!(event["meta"]["unparsed"].is_null(), "{kind}: {body}");
        contract::check(&pushed(&[], body.as_bytes()), "a push");
    }

    #[test]
    fn any_event_name_becomes_an_event(kind: String, body in prop_oneof![Just("{}"), Just("{\"action\":\"é\"}"), Just("[")]) {
        contract::check(&normalise(&kind, body.as_bytes()), &kind);
    }

    #[test]
    fn a_payload_that_lost_its_shape_is_read_as_far_as_it_goes(
        n in 0..deliveries::all().len(),
        other in prop::option::weighted(0.2, kind()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), change()), 1..8),
    ) {
        let (kind, mut payload) = deliveries::all().swap_remove(n);
        let kind = other.unwrap_or_else(|| kind.to_owned());
        for (at, change) in changes {
            let places = count(&payload);
            if places > 0 {
                prop_assert_eq!(apply(&mut payload, at.index(places), &change), Ok(()));
            }
        }
        let body = serde_json::to_vec(&payload).unwrap();
        let event = contract::check(&normalise(&kind, &body), &kind);
        prop_assert!(event["meta"]["unparsed"].is_null(), "{kind}: {payload}");
    }
}

/// The task of a pull request with this title, and the other ids that are told.
fn titled(title: &str) -> (Option<String>, Vec<Value>) {
    let body = json!({"action": "opened", "pull_request": {"title": title, "head": {"ref": "x"}}});
    let event = normalise("pull_request", body.to_string().as_bytes());
    let related = event.meta.get("related_vtids").and_then(Value::as_array).cloned();
    (event.vtid.map(|vtid| vtid.to_string()), related.unwrap_or_default())
}

/// What is looked at is bounded by number, so that no title's length is time. `cargo xtask timing`
/// tells how much time.
#[test]
fn b15_a_title_of_a_mebibyte() {
    let ids: String = (0..95_000).map(|n| format!("AB-CD-{n:06} ")).collect();
    let (vtid, related) = titled(&ids);
    assert_eq!(vtid.as_deref(), Some("AB-CD-000000"));
    assert_eq!(related.len(), 100);
    assert_eq!(related[99], "AB-CD-000100");

    // A thousand are looked at, though they are all the same, and the next is not.
    let same = |count: usize| "AB-CD-0001 ".repeat(count) + "AB-CD-0002";
    assert_eq!(titled(&same(999)).1, ["AB-CD-0002"]);
    assert_eq!(titled(&same(1000)).1, Vec::<Value>::new());

    // One that starts within 64 KiB is found, and found whole.
    let behind = |bytes: usize| " ".repeat(bytes) + "DEV-CICDL-0031";
    assert_eq!(titled(&behind(65_535)).0.as_deref(), Some("DEV-CICDL-0031"));
    assert_eq!(titled(&behind(65_536)).0, None);
    assert_eq!(titled(&"-".repeat(1 << 20)).0, None);
}

#[test]
fn d8_a_task_id_that_only_looks_like_one() {
    let search = VtidSearch::default();
    for text in [
        "DЕV-CICDL-0031",         // U+0415, a Cyrillic letter
        "ＤＥＶ-CICDL-0031",      // full width
        "DEV‐CICDL‐0031",         // U+2010, a hyphen
        "DEV-CICDL-００３１",     // digits of full width
        "DEV-CICDL-٠٠٣١",         // Arabic-Indic digits
        "DEV-CI\u{200b}CDL-0031", // nothing to see
        "\u{202e}1300-LDCIC-VED",
        "ᴅᴇᴠ-CICDL-0031",
    ] {
        assert_eq!(search.find(text), None, "{text}");
        assert!(text.parse::<Vtid>().is_err(), "{text}");
    }
    let beside = "\u{202e}DEV-CICDL-0031\u{202c}";
    let found = search.find(beside).map(|found| found.vtid().to_string());
    assert_eq!(found.as_deref(), Some("DEV-CICDL-0031"), "what stands beside it is not of it");
}
