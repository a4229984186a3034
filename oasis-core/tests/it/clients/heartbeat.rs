//! Agents' signs of life.

use std::time::Duration;

use oasis_core::{Normalizer, Status};
use serde_json::{Value, json};

use super::{ARRIVAL, event};
use crate::contract;

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
