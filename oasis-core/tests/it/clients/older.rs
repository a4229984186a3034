//! The two shapes that were before it.

use serde_json::json;

use super::{event, fault};

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
