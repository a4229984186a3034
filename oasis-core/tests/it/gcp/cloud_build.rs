//! What becomes of a build.

use serde_json::{Value, json};

use super::{pushed, wrapped};

pub(crate) fn build(status: &str) -> Value {
    json!({
        "id": "b6f0c9f2-0001-4c55-8e0a-5f5d1a7c0031",
        "name": "projects/400100200300/locations/europe-west1/builds/b6f0c9f2-0001-4c55-8e0a-5f5d1a7c0031",
        "projectId": "acme-prod",
        "status": status,
        "createTime": "2025-10-29T12:00:01.123456789Z",
        "startTime": "2025-10-29T12:00:05Z",
        "finishTime": "2025-10-29T12:03:59.5Z",
        "buildTriggerId": "11111111-2222-4333-8444-555555555555",
        "logUrl": "https://console.cloud.google.com/cloud-build/builds;region=europe-west1/b6f0c9f2?project=400100200300",
        "substitutions": {
            "BRANCH_NAME": "vt/dev-cicdl-0031-phase2",
            "COMMIT_SHA": "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a",
            "SHORT_SHA": "8d1c4f0",
            "REPO_FULL_NAME": "exafyltd/vitana-platform",
            "TRIGGER_NAME": "gateway-main",
            "_SERVICE_NAME": "gateway",
            "_PR_NUMBER": "22"
        },
        "tags": ["gcp-cloud-build", "OPS-INFRA-0007"],
        "images": ["europe-docker.pkg.dev/acme-prod/run/gateway:8d1c4f0"]
    })
}

pub(super) fn build_push(build: &Value) -> Value {
    wrapped(&json!({ "buildId": build["id"], "status": build["status"] }), Some(build))
}

#[test]
fn a_build_keeps_what_later_links_it() {
    let event = pushed(&build_push(&build("SUCCESS")));
    assert_eq!(
        event,
        json!({
            "id": "019a307b-a180-7101-8101-010101010101",
            "ts": "2025-10-29T12:03:59.500Z",
            "vtid": "DEV-CICDL-0031",
            "layer": "CICDL",
            "module": "BUILD",
            "source": "gcp.deploy",
            "kind": "cloud_build",
            "status": "success",
            "title": "CICDL-BUILD-SUCCESS",
            "ref": "vt/dev-cicdl-0031-phase2",
            "link": "https://console.cloud.google.com/cloud-build/builds;region=europe-west1/b6f0c9f2?project=400100200300",
            "meta": {
                "branch": "vt/dev-cicdl-0031-phase2",
                "build_id": "b6f0c9f2-0001-4c55-8e0a-5f5d1a7c0031",
                "finished_at": "2025-10-29T12:03:59.5Z",
                "image": "europe-docker.pkg.dev/acme-prod/run/gateway:8d1c4f0",
                "pr_number": 22,
                "project": "acme-prod",
                "region": "europe-west1",
                "related_vtids": ["OPS-INFRA-0007"],
                "repository": "exafyltd/vitana-platform",
                "service": "gateway",
                "sha": "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a",
                "started_at": "2025-10-29T12:00:05Z",
                "state": "SUCCESS",
                "subscription": "projects/acme-prod/subscriptions/oasis",
                "trigger": "gateway-main",
                "trigger_id": "11111111-2222-4333-8444-555555555555",
                "vtid_source": "branch"
            },
            "delivery_id": "7004000000000001"
        })
    );
}

#[test]
fn each_word_of_a_build_has_its_status() {
    for (word, status, end) in [
        ("STATUS_UNKNOWN", "info", "STATUS-UNKNOWN"),
        ("PENDING", "queued", "PENDING"),
        ("QUEUED", "queued", "QUEUED"),
        ("WORKING", "in_progress", "WORKING"),
        ("SUCCESS", "success", "SUCCESS"),
        ("FAILURE", "failure", "FAILURE"),
        ("INTERNAL_ERROR", "error", "INTERNAL-ERROR"),
        ("TIMEOUT", "failure", "TIMEOUT"),
        ("CANCELLED", "cancelled", "CANCELLED"),
        ("EXPIRED", "failure", "EXPIRED"),
        ("A_WORD_OF_NEXT_YEAR", "warning", "A-WORD-OF-NEXT-YEAR"),
    ] {
        let event = pushed(&build_push(&build(word)));
        assert_eq!(event["status"], status, "{word}");
        assert_eq!(event["title"], format!("CICDL-BUILD-{end}"));
    }
}

#[test]
fn a_build_s_time_is_that_of_its_state() {
    let mut build = build("WORKING");
    build["finishTime"] = Value::Null;
    assert_eq!(pushed(&build_push(&build))["ts"], "2025-10-29T12:00:05.000Z");
    build["startTime"] = Value::Null;
    assert_eq!(pushed(&build_push(&build))["ts"], "2025-10-29T12:00:01.123Z");
    build["createTime"] = Value::Null;
    assert_eq!(pushed(&build_push(&build))["ts"], "2025-10-29T12:04:40.250Z");
}

#[test]
fn a_substitution_that_names_the_task_counts_before_the_branch() {
    let mut build = build("WORKING");
    build["substitutions"]["_DEPLOY_VTID"] = "ops-infra-0008".into();
    let event = pushed(&build_push(&build));
    assert_eq!(event["vtid"], "OPS-INFRA-0008");
    assert_eq!(event["layer"], "INFRA");
    assert_eq!(event["meta"]["vtid_source"], "label");
    build["substitutions"] = json!({ "TAG_NAME": "DEV-CICDL-0032-v1" });
    let event = pushed(&build_push(&build));
    assert_eq!(
        (&event["vtid"], &event["ref"]),
        (&"DEV-CICDL-0032".into(), &"DEV-CICDL-0032-v1".into())
    );
    assert_eq!(event["meta"]["vtid_source"], "tag");
}
