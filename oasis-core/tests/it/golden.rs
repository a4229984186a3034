//! The two examples of the specification come out key for key, from signed deliveries.

use oasis_core::verify::{GithubHeaders, GithubVerifier};
use oasis_core::{Arrival, KeyRing, Normalizer, Secret, Timestamp};
use serde_json::{Value, json};

use crate::contract;
use crate::deliveries::{pull_request_merged, workflow_run};

const RECEIVED: Timestamp = Timestamp::from_unix_seconds(1_761_739_200);

/// The event as JSON, by the whole way: headers, signature, proof, event.
fn deliver(event: &str, payload: &Value) -> Value {
    let verifier = GithubVerifier::new(&KeyRing::new(Secret::new("golden").unwrap()));
    let body = serde_json::to_vec(payload).unwrap();
    let signature = verifier.sign(&body);
    let headers = GithubHeaders::read([
        ("X-GitHub-Event", event.as_bytes()),
        ("X-GitHub-Delivery", b"4f1a2c10-b4a1-11f0-8de9-0242ac120002"),
        ("X-Hub-Signature-256", signature.as_bytes()),
        ("Content-Type", b"application/json"),
    ])
    .unwrap();
    let verified = verifier.verify(&headers, &body).unwrap();
    let event = Normalizer::default().github(&verified, Arrival::new(RECEIVED, [7; 10]));
    contract::check(&event, "golden")
}

/// Each key that the example shows has that value; `meta` may hold more.
fn shows(event: &Value, example: &Value) {
    for (key, wanted) in example.as_object().unwrap() {
        match wanted {
            Value::Object(meta) => {
                for (name, wanted) in meta {
                    assert_eq!(&event[key][name], wanted, "{key}.{name} of {event:#}");
                }
            }
            _ => assert_eq!(&event[key], wanted, "{key} of {event:#}"),
        }
    }
}

#[test]
fn a_workflow_run_that_ended_well() {
    let event = deliver("workflow_run", &workflow_run());
    shows(
        &event,
        &json!({
            "vtid": "DEV-CICDL-0031",
            "layer": "CICDL",
            "module": "WORKFLOW",
            "source": "github.actions",
            "kind": "workflow_run",
            "status": "success",
            "title": "CICDL-WORKFLOW-COMPLETED",
            "ref": "vt/DEV-CICDL-0031-phase2",
            "link": "https://github.com/exafyltd/vitana-platform/actions/runs/123",
            "meta": {
                "workflow_name": "Deploy Gateway",
                "run_number": 42,
                "repository": "exafyltd/vitana-platform",
                // What the contract adds to the example:
                "vtid_source": "branch",
                "branch": "vt/DEV-CICDL-0031-phase2",
                "sha": "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a",
                "run_id": 123,
                "run_attempt": 1,
                "pr_number": 22,
                "actor": "ada",
            },
            "ts": "2025-10-29T12:04:31.000Z",
            "delivery_id": "4f1a2c10-b4a1-11f0-8de9-0242ac120002",
        }),
    );
}

#[test]
fn a_pull_request_that_was_merged() {
    let event = deliver("pull_request", &pull_request_merged());
    shows(
        &event,
        &json!({
            "vtid": "DEV-CICDL-0031",
            "layer": "CICDL",
            "module": "PR",
            "source": "github.actions",
            "kind": "pull_request",
            "status": "success",
            "title": "CICDL-PR-MERGED",
            "ref": "vt/DEV-CICDL-0031-phase2",
            "link": "https://github.com/exafyltd/vitana-platform/pull/22",
            "meta": {
                "pr_number": 22,
                "pr_title": "[VTID DEV-CICDL-0031] Phase 2",
                "action": "closed",
                "merged": true,
                "vtid_source": "pr_title",
                "repository": "exafyltd/vitana-platform",
                "branch": "vt/DEV-CICDL-0031-phase2",
                "base_branch": "main",
                "sha": "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a",
            },
            "ts": "2025-10-29T13:20:00.000Z",
        }),
    );
}
