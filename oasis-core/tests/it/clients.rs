//! What clients with a token send: events in three shapes, and agents' signs of life.

use std::sync::Arc;
use std::time::Duration;

use oasis_core::verify::VerifiedClient;
use oasis_core::{
    Arrival, Event, Ingestor, KeyRing, MemoryStore, Normalizer, PayloadError, Secret, Status,
    SubmitError, Timestamp,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::contract;

const ARRIVAL: Arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [5; 10]);

fn ingest(body: &Value) -> Result<Event, PayloadError> {
    Normalizer::default().ingest(body.to_string().as_bytes(), ARRIVAL)
}

fn event(body: &Value) -> Value {
    let event = ingest(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    // A client may make the title and name an id of its own scheme.
    if body["title"].is_string() {
        return serde_json::to_value(event).unwrap();
    }
    contract::check(&event, &body.to_string())
}

fn fault(body: &Value) -> String {
    let error = ingest(body).unwrap_err();
    assert!(error.to_string().contains(error.field()) && !error.expected().is_empty());
    error.field().to_owned()
}

#[test]
fn the_canonical_shape_comes_in_as_it_goes_out() {
    let body = json!({
        "id": "00000000-0000-4000-8000-000000000000",
        "position": 7,
        "ts": "2025-10-29T14:03:07.5+02:00",
        "recorded_at": "2020-01-01T00:00:00Z",
        "vtid": "dev-cicdl-0031",
        "layer": "SYSTEM",
        "module": "deploy",
        "source": "acme.pipeline",
        "kind": "deploy",
        "status": "success",
        "title": "CICDL-DEPLOY-COMPLETED",
        "ref": "main",
        "link": "https://ci.example.com/7",
        "meta": { "sha": "8d1c4f0", "vtid_source": "branch" },
        "delivery_id": "run-7",
        "attempt": 2
    });
    assert_eq!(
        event(&body),
        json!({
            "id": "019a2fd6-d600-7505-8505-050505050505",
            "ts": "2025-10-29T12:03:07.500Z",
            "vtid": "DEV-CICDL-0031",
            "layer": "CICDL",
            "module": "DEPLOY",
            "source": "acme.pipeline",
            "kind": "deploy",
            "status": "success",
            "title": "CICDL-DEPLOY-COMPLETED",
            "ref": "main",
            "link": "https://ci.example.com/7",
            "meta": { "sha": "8d1c4f0", "vtid_source": "branch", "attempt": 2 },
            "delivery_id": "run-7"
        })
    );
}

#[test]
fn what_is_missing_is_filled_in() {
    let least = event(&json!({ "kind": "note" }));
    assert_eq!(least["title"], "SYSTEM-NOTE-INFO");
    assert_eq!((&least["source"], &least["vtid"]), (&"oasis.events".into(), &"UNSET".into()));
    assert_eq!(least["ts"], "2025-10-29T12:00:00.000Z");
    assert_eq!((&least["delivery_id"], &least["meta"]), (&Value::Null, &json!({})));

    let acted = event(
        &json!({ "kind": "stage.build_image", "source": "agent.crew", "meta": { "action": "handed over" } }),
    );
    assert_eq!(acted["title"], "AGTL-STAGE-BUILD-IMAGE-HANDED-OVER");
    assert_eq!(acted["module"], "STAGE-BUILD-IMAGE");

    let on_branch = event(&json!({ "kind": "deploy", "ref": "vt/dev-cicdl-0031-x" }));
    assert_eq!(
        (&on_branch["vtid"], &on_branch["meta"]["vtid_source"]),
        (&"DEV-CICDL-0031".into(), &"branch".into())
    );
    let noted = event(
        &json!({ "kind": "deploy", "message": "Done.\nVTID: DEV-CICDL-0031\nLike DEV-CICDL-0001" }),
    );
    assert_eq!(
        (&noted["vtid"], &noted["meta"]["vtid_source"]),
        (&"DEV-CICDL-0031".into(), &"body".into())
    );
    let mentioned = event(&json!({ "kind": "deploy", "message": "like DEV-CICDL-0001" }));
    assert_eq!(mentioned["vtid"], "UNSET");

    let numbered = event(&json!({ "kind": "deploy", "vtid": "VTID-03697", "layer": "agtl" }));
    assert_eq!(ingest(&json!({ "kind": "deploy", "vtid": "VTID-03697" })).unwrap().layer, "SYSTEM");
    assert_eq!((&numbered["vtid"], &numbered["layer"]), (&"VTID-03697".into(), &"AGTL".into()));
    for none in ["UNSET", "IDLE", "idle", "", " "] {
        let unset =
            event(&json!({ "kind": "deploy", "vtid": none, "meta": { "vtid_source": "branch" } }));
        assert_eq!(
            (&unset["vtid"], &unset["meta"]["vtid_source"]),
            (&"UNSET".into(), &Value::Null),
            "{none}"
        );
    }
    // Nothing but the web becomes a link.
    assert_eq!(
        event(&json!({ "kind": "deploy", "link": "javascript:alert(1)" }))["link"],
        Value::Null
    );
}

#[test]
fn a_field_that_is_not_what_it_must_be_is_named() {
    let deep = (0..16).fold(json!(1), |inner, _| json!([inner]));
    for (field, value, named) in [
        ("kind", json!(7), "kind"),
        ("kind", json!("two words"), "kind"),
        ("kind", json!("x".repeat(129)), "kind"),
        ("kind", json!(" "), "kind"),
        ("status", json!("splendid"), "status"),
        ("status", json!(true), "status"),
        ("vtid", json!("DEV-CICDL"), "vtid"),
        ("vtid", json!("DEV-CICDL-0031 and more"), "vtid"),
        ("vtid", json!(31), "vtid"),
        ("source", json!("GitHub Actions"), "source"),
        ("source", json!("github..actions"), "source"),
        ("source", json!("x".repeat(129)), "source"),
        ("ts", json!("yesterday"), "ts"),
        ("ts", json!(1_761_739_200), "ts"),
        ("title", json!("not a title"), "title"),
        ("layer", json!("C1"), "layer"),
        ("layer", json!("SEVENTEENLETTERSX"), "layer"),
        ("module", json!("two words"), "module"),
        ("link", json!(7), "link"),
        ("ref", json!("x".repeat(2049)), "ref"),
        ("ref", json!("a\nb"), "ref"),
        ("delivery_id", json!("x".repeat(513)), "delivery_id"),
        ("delivery_id", json!("a\tb"), "delivery_id"),
        ("meta", json!([]), "meta"),
        ("meta", json!({ "a": deep }), "meta"),
        ("meta", json!({ "a": "x".repeat(65_536) }), "meta"),
        ("meta", json!({ "x".repeat(129): 1 }), "meta"),
        ("meta", json!({ "a": { "\u{0}": 1 } }), "meta"),
    ] {
        let mut body = json!({ "kind": "deploy" });
        body[field] = value;
        assert_eq!(fault(&body), named, "{field}");
    }
    assert_eq!(fault(&json!({ "status": "success" })), "kind");
    let normalizer = Normalizer::default();
    let long = format!("{{\"kind\":\"x\",\"a\":\"{}\"}}", "x".repeat(300_000));
    for body in ["", "[]", "null", "{", "{}x", "\u{0}", "[{\"kind\":\"x\"}]", &long] {
        let error = normalizer.ingest(body.as_bytes(), ARRIVAL).unwrap_err();
        assert_eq!(error.field(), "body", "{body:.40}");
    }
    let marked =
        normalizer.ingest("\u{feff}{\"kind\":\"x\",\"a\":\"\\u0000\"}".as_bytes(), ARRIVAL);
    assert_eq!(marked.unwrap().meta["a"], "\u{fffd}");
}

#[test]
fn the_older_shapes_become_the_same_event() {
    let first = event(&json!({
        "service": "gateway", "event": "deploy", "tenant": "vitana", "status": "start", "notes": "rolling out",
        "git_sha": "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a", "rid": "r-77",
        "metadata": { "vtid": "DEV-CICDL-0031", "link": "https://ci.example.com/77", "source": "gcp.watcher", "zone": "b" }
    }));
    assert_eq!(
        first,
        json!({
            "id": "019a2fd6-d600-7505-8505-050505050505",
            "ts": "2025-10-29T12:00:00.000Z",
            "vtid": "DEV-CICDL-0031",
            "layer": "CICDL",
            "module": "DEPLOY",
            "source": "gcp.watcher",
            "kind": "deploy",
            "status": "in_progress",
            "title": "CICDL-DEPLOY-IN-PROGRESS",
            "ref": null,
            "link": "https://ci.example.com/77",
            "meta": {
                "notes": "rolling out", "rid": "r-77", "service": "gateway", "tenant": "vitana",
                "sha": "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a", "vtid_source": "field", "zone": "b"
            },
            "delivery_id": "r-77#deploy#in_progress"
        })
    );
    let second = event(&json!({
        "vtid": "VTID-03697", "source": "CI/CD", "type": "vtid.stage.worker started", "status": "FAIL",
        "message": "no image", "payload": { "exit": 3 }
    }));
    assert_eq!(second["kind"], "vtid.stage.worker_started");
    assert_eq!(second["title"], "SYSTEM-VTID-STAGE-WORKER-STARTED-FAILURE");
    assert_eq!(
        (&second["vtid"], &second["source"]),
        (&"VTID-03697".into(), &"oasis.events".into())
    );
    assert_eq!(
        second["meta"],
        json!({ "exit": 3, "message": "no image", "source_name": "CI/CD", "vtid_source": "field" })
    );
    for (word, status) in [
        ("start", "in_progress"),
        ("success", "success"),
        ("fail", "failure"),
        ("blocked", "warning"),
        ("warning", "warning"),
        ("info", "info"),
        ("queued", "queued"),
        ("cancelled", "cancelled"),
    ] {
        assert_eq!(
            event(&json!({ "service": "s", "event": "e", "status": word }))["status"],
            status
        );
    }
    assert_eq!(fault(&json!({ "service": "s", "event": "e", "status": "done" })), "status");
    assert_eq!(fault(&json!({ "service": "s" })), "kind");
}

#[test]
fn the_steps_of_one_request_are_not_one_delivery() {
    let step = |status: &str| {
        event(&json!({ "service": "s", "event": "deploy", "status": status, "rid": "r-1" }))["delivery_id"].clone()
    };
    assert_ne!(step("start"), step("success"));
    assert_eq!(step("start"), step("start"));
}

#[test]
fn a_heartbeat_is_read_in_each_of_its_forms() {
    let normalizer = Normalizer::default();
    let read = |body: Value| normalizer.heartbeat(body.to_string().as_bytes(), ARRIVAL);
    let beat = read(json!({
        "agent": "crew-7", "role": "worker", "vtid": "DEV-AGTL-0012", "status": "degraded", "interval_seconds": 30,
        "meta": { "queue": 4 }
    }))
    .unwrap();
    assert_eq!(beat.interval, Some(Duration::from_secs(30)));
    assert_eq!(
        (beat.status, beat.vtid.as_ref().unwrap().as_str()),
        (Status::Warning, "DEV-AGTL-0012")
    );
    let told = contract::check(&beat.event(), "a heartbeat");
    assert_eq!(
        told,
        json!({
            "id": "019a2fd6-d600-7505-8505-050505050505",
            "ts": "2025-10-29T12:00:00.000Z",
            "vtid": "DEV-AGTL-0012",
            "layer": "AGTL",
            "module": "WORKER",
            "source": "agent.ping",
            "kind": "heartbeat",
            "status": "warning",
            "title": "AGTL-WORKER-HEARTBEAT",
            "ref": null,
            "link": null,
            "meta": {
                "agent": "crew-7", "interval_seconds": 30, "queue": 4, "role": "worker", "vtid_source": "field"
            },
            "delivery_id": null
        })
    );

    let old = json!({
        "service": "crew-7", "event": "heartbeat", "tenant": "vitana", "status": "info", "notes": "alive",
        "metadata": { "agent_crew": "crew", "agent_role": "work-er 2", "vtid": "IDLE", "timestamp": "2025-10-29T11:59:58Z" }
    });
    let beat = read(old.clone()).unwrap();
    assert_eq!(
        (beat.agent.as_str(), beat.role.as_str(), &beat.vtid),
        ("crew-7", "work-er 2", &None)
    );
    let told = contract::check(&beat.event(), "an older heartbeat");
    assert_eq!(told["title"], "AGTL-WORKER-HEARTBEAT");
    assert_eq!(told["ts"], "2025-10-29T11:59:58.000Z");
    assert_eq!(told["meta"]["notes"], "alive");
    // The way through the generic door leads to the same event.
    assert_eq!(event(&old), told);

    let new = read(json!({
        "agent_id": "orb", "display_name": "ORB", "tier": "scheduled", "role": "voice_agent", "source_path": "services/x",
        "status": "healthy", "metadata": { "vtid": null }
    }));
    let told = contract::check(&new.unwrap().event(), "a newer heartbeat");
    assert_eq!(
        (&told["title"], &told["status"]),
        (&"AGTL-VOICEAGENT-HEARTBEAT".into(), &"info".into())
    );
    assert_eq!(
        (&told["meta"]["tier"], &told["meta"]["agent"]),
        (&"scheduled".into(), &"orb".into())
    );

    for (word, status) in [
        ("healthy", Status::Info),
        ("down", Status::Error),
        ("unhealthy", Status::Error),
        ("error", Status::Error),
    ] {
        assert_eq!(
            read(json!({ "agent": "a", "role": "r", "status": word })).unwrap().status,
            status
        );
    }
    let nameless = read(json!({ "agent": "a", "role": "42" })).unwrap();
    assert_eq!(nameless.event().title.as_str(), "AGTL-AGENT-HEARTBEAT");
}

#[test]
fn a_heartbeat_s_bad_field_is_named() {
    let normalizer = Normalizer::default();
    for (body, field) in [
        (json!({ "role": "worker" }), "agent"),
        (json!({ "agent": "a" }), "role"),
        (json!({ "agent": 7, "role": "r" }), "agent"),
        (json!({ "agent": "x".repeat(129), "role": "r" }), "agent"),
        (json!({ "agent": "a", "role": "r", "vtid": "task 7" }), "vtid"),
        (json!({ "agent": "a", "role": "r", "status": "jolly" }), "status"),
        (json!({ "agent": "a", "role": "r", "interval_seconds": 0 }), "interval_seconds"),
        (json!({ "agent": "a", "role": "r", "interval_seconds": 86_401 }), "interval_seconds"),
        (json!({ "agent": "a", "role": "r", "interval_seconds": 1.5 }), "interval_seconds"),
        (json!({ "agent": "a", "role": "r", "interval_seconds": "60" }), "interval_seconds"),
        (json!({ "agent": "a", "role": "r", "meta": "x" }), "meta"),
        (json!({ "agent": "a", "role": "r", "metadata": { "timestamp": "now" } }), "timestamp"),
    ] {
        let error = normalizer.heartbeat(body.to_string().as_bytes(), ARRIVAL).unwrap_err();
        assert_eq!(error.field(), field, "{body}");
    }
}

#[test]
fn an_event_of_github_s_has_a_repository_whoever_brings_it() {
    let read = |body: &[u8]| Normalizer::default().ingest(body, ARRIVAL).unwrap().meta;
    let silent = read(br#"{"kind":"deploy","source":"github.actions"}"#);
    assert_eq!(silent["repository"], Value::Null);
    let said = read(br#"{"kind":"a","source":"github.actions","meta":{"repository":"o/r"}}"#);
    assert_eq!(said["repository"], "o/r");
    assert!(!read(br#"{"kind":"deploy"}"#).contains_key("repository"));
}

#[tokio::test]
async fn a_client_s_event_is_stored_once() {
    let ring = KeyRing::new(Secret::new("unused here").unwrap());
    let ingestor = Ingestor::new(Arc::new(MemoryStore::new(|| Timestamp::UNIX_EPOCH)), &ring);
    let client = VerifiedClient::after_token_check();
    let body = br#"{"kind":"deploy","delivery_id":"d-1"}"#;
    let first = ingestor.ingest(client, body, ARRIVAL).await.unwrap();
    assert!(!first.duplicate && ingestor.ingest(client, body, ARRIVAL).await.unwrap().duplicate);
    let refused = ingestor.ingest(client, b"[]", ARRIVAL).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Payload(error) if error.field() == "body"));

    let normalizer = ingestor.normalizer();
    let later = Arrival::new(Timestamp::UNIX_EPOCH, [9; 10]);
    let beat = normalizer.heartbeat(br#"{"agent":"a","role":"worker"}"#, later).unwrap();
    let appended = ingestor.append(client, vec![beat.event()]).await.unwrap();
    assert_eq!(appended[0].recorded.position.get(), 2);
}

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
