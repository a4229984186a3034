//! What becomes of deliveries of Pub/Sub's and Eventarc's, in shapes written for these tests.

use oasis_core::verify::{GcpHeaders, danger};
use oasis_core::{Arrival, Normalizer, Timestamp};
use serde_json::{Value, json};

use crate::contract;

pub(crate) const RECEIVED: Timestamp = Timestamp::from_unix_seconds(1_761_750_000);

/// The event of a body that came with these headers.
pub(crate) fn event_of(headers: &[(&str, &str)], body: &[u8]) -> Value {
    let pairs = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
    let headers = GcpHeaders::read(pairs).unwrap();
    let trusted = danger::trust_gcp(&headers, body);
    let event = Normalizer::default().gcp(&trusted, Arrival::new(RECEIVED, [1; 10]));
    assert_eq!(event.source, "gcp.deploy");
    contract::check(&event, &String::from_utf8_lossy(body))
}

fn pushed(body: &Value) -> Value {
    event_of(&[], body.to_string().as_bytes())
}

/// Pub/Sub's wrapping of a message with this payload.
pub(crate) fn wrapped(attributes: &Value, payload: Option<&Value>) -> Value {
    let mut message = json!({
        "attributes": attributes,
        "messageId": "7004000000000001",
        "message_id": "7004000000000001",
        "publishTime": "2025-10-29T12:04:40.250Z",
        "publish_time": "2025-10-29T12:04:40.250Z"
    });
    if let Some(payload) = payload {
        message["data"] = base64(payload.to_string().as_bytes()).into();
    }
    json!({ "message": message, "subscription": "projects/acme-prod/subscriptions/oasis" })
}

/// A second way to write base64 beside the core's way to read it.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().chain(&[0, 0]).take(3).fold(0, |word, b| word << 8 | usize::from(*b));
        for n in 0..4 {
            let digit = DIGITS[word >> (18 - 6 * n) & 63];
            text.push(if n <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

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

fn build_push(build: &Value) -> Value {
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

/// A Cloud Deploy notification: all of it in the attributes.
pub(crate) fn notification(resource_type: Option<&str>, action: &str) -> Value {
    let pipeline = "projects/400100200300/locations/europe-west1/deliveryPipelines/gateway";
    let rollout =
        format!("{pipeline}/releases/rel-dev-cicdl-0031/rollouts/rel-dev-cicdl-0031-to-prod-0001");
    let mut attributes = json!({
        "Action": action,
        "DeliveryPipelineId": "gateway",
        "Location": "europe-west1",
        "ProjectNumber": "400100200300",
        "ReleaseId": "rel-dev-cicdl-0031",
        "RolloutId": "rel-dev-cicdl-0031-to-prod-0001",
        "TargetId": "prod"
    });
    match resource_type {
        Some(resource_type) => {
            attributes["ResourceType"] = resource_type.into();
            attributes["Resource"] = rollout.into();
        }
        None => attributes["Rollout"] = rollout.into(),
    }
    wrapped(&attributes, None)
}

#[test]
fn a_notification_of_cloud_deploy_says_resource_and_action() {
    for (resource_type, action, status, end) in [
        (Some("Rollout"), "Start", "in_progress", "ROLLOUT-START"),
        (Some("Rollout"), "Succeed", "success", "ROLLOUT-SUCCEED"),
        (Some("JobRun"), "Failure", "failure", "JOBRUN-FAILURE"),
        (Some("JobRun"), "Terminated", "cancelled", "JOBRUN-TERMINATED"),
        (Some("Rollout"), "Cancelled", "cancelled", "ROLLOUT-CANCELLED"),
        (Some("DeliveryPipeline"), "Create", "info", "DELIVERYPIPELINE-CREATE"),
        (Some("Release"), "Update", "info", "RELEASE-UPDATE"),
        (Some("Target"), "Delete", "info", "TARGET-DELETE"),
        (None, "Required", "warning", "APPROVAL-REQUIRED"),
        (None, "Approved", "success", "APPROVAL-APPROVED"),
        (None, "Rejected", "failure", "APPROVAL-REJECTED"),
        (None, "Advanced", "info", "ROLLOUT-ADVANCED"),
        (Some("Rollout"), "Teleported", "warning", "ROLLOUT-TELEPORTED"),
    ] {
        let event = pushed(&notification(resource_type, action));
        assert_eq!(event["kind"], "cloud_deploy");
        assert_eq!(event["title"], format!("CICDL-DEPLOY-{end}"));
        assert_eq!(event["status"], status, "{action}");
    }
    let event = pushed(&notification(Some("Rollout"), "Succeed"));
    assert_eq!(event["vtid"], "DEV-CICDL-0031");
    assert_eq!(event["ref"], "rel-dev-cicdl-0031");
    assert_eq!(event["ts"], "2025-10-29T12:04:40.250Z");
    assert_eq!(event["meta"]["rollout"], "rel-dev-cicdl-0031-to-prod-0001");
    assert_eq!(event["meta"]["target"], "prod");
    let page = "https://console.cloud.google.com/deploy/delivery-pipelines/europe-west1/gateway/releases/\
        rel-dev-cicdl-0031/rollouts/rel-dev-cicdl-0031-to-prod-0001?project=400100200300";
    assert_eq!(event["link"], page);
}

/// A log entry of Cloud Run's.
pub(crate) fn log_entry(log: &str, method: &str, resource: &str) -> Value {
    json!({
        "insertId": "1a2b3c4d5e",
        "logName": format!("projects/acme-prod/logs/cloudaudit.googleapis.com%2F{log}"),
        "protoPayload": {
            "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
            "serviceName": "run.googleapis.com",
            "methodName": method,
            "resourceName": resource,
            "authenticationInfo": { "principalEmail": "ada@example.com" },
            "status": {},
            "response": {
                "metadata": { "name": "gateway", "labels": { "cloud.googleapis.com/location": "europe-west1" } },
                "status": { "latestCreatedRevisionName": "gateway-00042-abc" }
            }
        },
        "resource": {
            "type": "cloud_run_revision",
            "labels": {
                "location": "europe-west1",
                "project_id": "acme-prod",
                "revision_name": "",
                "service_name": "gateway",
                "configuration_name": ""
            }
        },
        "severity": "NOTICE",
        "timestamp": "2025-10-29T12:05:00.5Z",
        "receiveTimestamp": "2025-10-29T12:05:01Z"
    })
}

fn sunk(entry: &Value) -> Value {
    pushed(&wrapped(
        &json!({ "logging.googleapis.com/timestamp": "2025-10-29T12:05:00.5Z" }),
        Some(entry),
    ))
}

#[test]
fn a_request_to_cloud_run_is_in_progress_until_its_operation_ends() {
    let is = |entry: &Value, status: &str, end: &str| {
        let event = sunk(entry);
        assert_eq!(event["status"], status, "{entry:#}");
        assert_eq!(event["title"], format!("CICDL-RUN-{end}"));
    };
    let v1 = |method: &str| {
        let method = format!("google.cloud.run.v1.{method}");
        log_entry("activity", &method, "namespaces/acme-prod/services/gateway")
    };
    let v2 = |method: &str, first: bool, last: bool| {
        let name = "projects/acme-prod/locations/europe-west1/services/gateway";
        let mut entry = log_entry("activity", &format!("google.cloud.run.v2.{method}"), name);
        entry["operation"] =
            json!({ "id": "projects/acme-prod/operations/7", "producer": "run.googleapis.com" });
        entry["operation"]["first"] = first.into();
        entry["operation"]["last"] = last.into();
        entry
    };
    is(&v1("Services.ReplaceService"), "in_progress", "REPLACE-SERVICE");
    is(&v1("Services.CreateService"), "in_progress", "CREATE-SERVICE");
    is(&v1("Services.DeleteService"), "in_progress", "DELETE-SERVICE");
    is(&v1("Jobs.RunJob"), "in_progress", "RUN-JOB");
    is(&v1("Services.SetIamPolicy"), "info", "SET-IAM-POLICY");
    is(&v2("Services.UpdateService", true, false), "in_progress", "UPDATE-SERVICE");
    is(&v2("Services.UpdateService", true, true), "in_progress", "UPDATE-SERVICE");
    is(&v2("Services.UpdateService", false, true), "success", "UPDATE-SERVICE");
    is(&v2("Services.DeleteService", false, true), "success", "DELETE-SERVICE");

    let mut refused = v2("Services.UpdateService", false, true);
    refused["protoPayload"]["status"] = json!({ "code": 9, "message": "Revision is not ready" });
    is(&refused, "failure", "UPDATE-SERVICE");
    let mut refused = v2("Services.UpdateService", false, true);
    refused["protoPayload"]["response"]["terminalCondition"]["state"] = "CONDITION_FAILED".into();
    is(&refused, "failure", "UPDATE-SERVICE");
    for severity in ["ERROR", "CRITICAL", "ALERT", "EMERGENCY"] {
        let mut refused = v1("Services.ReplaceService");
        refused["severity"] = severity.into();
        is(&refused, "failure", "REPLACE-SERVICE");
    }

    let mut traffic = v2("Services.UpdateService", true, false);
    traffic["protoPayload"]["request"] =
        json!({ "updateMask": "traffic", "service": { "traffic": [] } });
    is(&traffic, "in_progress", "UPDATE-TRAFFIC");
    let mut traffic = v1("Services.ReplaceService");
    traffic["protoPayload"]["requestMetadata"]["callerSuppliedUserAgent"] =
        "google-cloud-sdk gcloud/540.0.0 command/gcloud.run.services.update-traffic".into();
    is(&traffic, "in_progress", "UPDATE-TRAFFIC");
}

#[test]
fn cloud_run_s_own_event_says_the_outcome() {
    let outcome = |message: &str, code: i64, severity: &str| {
        let mut entry = log_entry(
            "system_event",
            "/Services.ReplaceService",
            "namespaces/acme-prod/services/gateway",
        );
        entry["protoPayload"]["status"] = json!({ "message": message, "code": code });
        entry["severity"] = severity.into();
        entry
    };
    for (message, code, severity, status, end) in [
        (
            "Ready condition status changed to True for Service gateway.",
            0,
            "INFO",
            "success",
            "READY",
        ),
        (
            "Ready condition status changed to False for Revision r.",
            9,
            "ERROR",
            "failure",
            "FAILED",
        ),
        ("Ready condition status changed to False for Revision r.", 0, "INFO", "failure", "FAILED"),
        ("Ready condition status changed to Unknown.", 0, "INFO", "in_progress", "REPLACE-SERVICE"),
        ("Execution e-1 has completed successfully.", 0, "INFO", "success", "READY"),
        ("Execution e-1 has failed to complete.", 0, "INFO", "failure", "FAILED"),
        // What contradicts itself is no success.
        (
            "Ready condition status changed to True for Service gateway.",
            9,
            "INFO",
            "failure",
            "FAILED",
        ),
        (
            "Ready condition status changed to True for Service gateway.",
            0,
            "ERROR",
            "failure",
            "FAILED",
        ),
        ("A sentence of next year", 0, "INFO", "warning", "REPLACE-SERVICE"),
    ] {
        let event = sunk(&outcome(message, code, severity));
        assert_eq!(event["status"], status, "{message} {code} {severity}");
        assert_eq!(event["title"], format!("CICDL-RUN-{end}"));
        assert_eq!(event["ref"], "gateway-00042-abc");
        assert_eq!(event["ts"], "2025-10-29T12:05:00.500Z");
    }
    let mut failed = outcome("Ready condition status changed to False", 9, "ERROR");
    failed["protoPayload"]["resourceName"] =
        "namespaces/acme-prod/revisions/gateway-00043-xyz".into();
    failed["protoPayload"]["response"]["status"] = json!({
        "logUrl": "https://console.cloud.google.com/logs/viewer?project=acme-prod",
        "conditions": [{ "type": "Ready", "status": "False", "reason": "HealthCheckContainerError" }]
    });
    let event = sunk(&failed);
    assert_eq!(event["ref"], "gateway-00043-xyz");
    assert_eq!(event["link"], "https://console.cloud.google.com/logs/viewer?project=acme-prod");
    assert_eq!(event["meta"]["reason"], "HealthCheckContainerError");
}

#[test]
fn labels_name_the_task_its_layer_and_its_module() {
    let entry = || {
        log_entry(
            "activity",
            "google.cloud.run.v1.Services.ReplaceService",
            "namespaces/acme-prod/services/gateway",
        )
    };
    for place in [
        "/protoPayload/request/metadata/labels",
        "/protoPayload/request/service/metadata/labels",
        "/protoPayload/request/service/labels",
        "/protoPayload/request/service/template/labels",
        "/protoPayload/request/service/spec/template/metadata/labels",
        "/protoPayload/response/metadata/labels",
        "/protoPayload/response/labels",
        "/labels",
    ] {
        let mut entry = entry();
        let mut value = &mut entry;
        for step in place.split('/').skip(1) {
            value = &mut value[step];
        }
        *value = json!({ "vtid": "ops-infra-0008", "commit-sha": "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a" });
        let event = sunk(&entry);
        assert_eq!(event["vtid"], "OPS-INFRA-0008", "{place}");
        assert_eq!(event["meta"]["vtid_source"], "label");
        assert_eq!(event["meta"]["sha"], "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a");
        value = &mut entry;
        for step in place.split('/').skip(1) {
            value = &mut value[step];
        }
        value["vt_layer"] = "agtl".into();
        value["vt_module"] = "worker".into();
        let event = sunk(&entry);
        assert_eq!(event["title"], "AGTL-WORKER-REPLACE-SERVICE", "{place}");
        assert_eq!((&event["layer"], &event["module"]), (&"AGTL".into(), &"WORKER".into()));
        assert_eq!(event["meta"]["layer_source"], "label");
    }
    let mut odd = entry();
    odd["labels"] = json!({ "vt_layer": "a-b\u{202e}", "vt_module": "x" });
    assert_eq!(sunk(&odd)["title"], "CICDL-RUN-REPLACE-SERVICE");
}

#[test]
fn without_a_label_the_names_and_annotations_tell() {
    let named = log_entry(
        "activity",
        "google.cloud.run.v1.Services.ReplaceService",
        "namespaces/p/services/dev-cicdl-0031-gw",
    );
    let event = sunk(&named);
    assert_eq!(
        (&event["vtid"], &event["meta"]["vtid_source"]),
        (&"DEV-CICDL-0031".into(), &"field".into())
    );
    let mut annotated = log_entry(
        "activity",
        "google.cloud.run.v2.Services.UpdateService",
        "projects/p/locations/l/services/gateway",
    );
    annotated["protoPayload"]["request"]["service"]["annotations"]["acme.example/task"] =
        "DEV-CICDL-0032".into();
    assert_eq!(sunk(&annotated)["vtid"], "DEV-CICDL-0032");
    // A revision's own name is none: its prefix is not known.
    let mut plain = log_entry(
        "activity",
        "google.cloud.run.v2.Services.UpdateService",
        "projects/p/locations/l/services/gateway",
    );
    plain["resource"]["labels"]["revision_name"] = "gateway-staging-00430".into();
    assert_eq!(sunk(&plain)["vtid"], "UNSET");
}

#[test]
fn a_delivery_is_the_same_whichever_way_it_comes() {
    let build = build("FAILURE");
    let push = build_push(&build);
    let body = build.to_string();
    let wanted = pushed(&push);
    let id = build["id"].as_str().unwrap();

    let unwrapped = event_of(
        &[
            ("X-Goog-Pubsub-Message-Id", "7004000000000001"),
            ("x-goog-pubsub-publish-time", "2025-10-29T12:04:40.250Z"),
            ("x-goog-pubsub-subscription-name", "projects/acme-prod/subscriptions/oasis"),
            ("buildid", id),
            ("status", "FAILURE"),
        ],
        body.as_bytes(),
    );
    assert_eq!(unwrapped, wanted);

    // A trigger of Eventarc's on a topic delivers the wrapped message as a CloudEvent's data.
    let headers = [
        ("ce-id", "7004000000000001"),
        ("ce-source", "//pubsub.googleapis.com/projects/acme-prod/topics/cloud-builds"),
        ("ce-type", "google.cloud.pubsub.topic.v1.messagePublished"),
        ("ce-time", "2025-10-29T12:04:40.250Z"),
        ("ce-specversion", "1.0"),
    ];
    let mut binary = event_of(&headers, push.to_string().as_bytes());
    let whole = json!({
        "specversion": "1.0",
        "id": "7004000000000001",
        "source": "//pubsub.googleapis.com/projects/acme-prod/topics/cloud-builds",
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
        "time": "2025-10-29T12:04:40.250Z",
        "datacontenttype": "application/json",
        "data": push
    });
    let structured =
        event_of(&[("content-type", "application/cloudevents+json")], whole.to_string().as_bytes());
    assert_eq!(structured, binary);
    let sniffed = event_of(&[("content-type", "application/json")], whole.to_string().as_bytes());
    assert_eq!(sniffed, binary);
    let mut encoded = whole.clone();
    encoded["data"] = Value::Null;
    encoded["data_base64"] = base64(push.to_string().as_bytes()).into();
    assert_eq!(pushed(&encoded), binary);
    let told = binary["meta"].as_object_mut().unwrap().remove("event_type");
    assert_eq!(told.unwrap(), "google.cloud.pubsub.topic.v1.messagePublished");
    assert_eq!(binary, wanted);
}

#[test]
fn a_cloud_event_without_a_message_is_named_by_source_and_id() {
    let entry = log_entry(
        "activity",
        "google.cloud.run.v2.Services.UpdateService",
        "projects/p/locations/l/services/gateway",
    );
    let headers = |id| {
        [
            ("ce-id", id),
            ("ce-source", "//cloudaudit.googleapis.com/projects/acme-prod/logs/activity"),
            ("ce-type", "google.cloud.audit.log.v1.written"),
            ("ce-time", "2025-10-29T12:05:00.5Z"),
        ]
    };
    let event = event_of(&headers("projects/acme-prod/logs/x1"), entry.to_string().as_bytes());
    assert_eq!(event["title"], "CICDL-RUN-UPDATE-SERVICE");
    let id =
        "//cloudaudit.googleapis.com/projects/acme-prod/logs/activity#projects/acme-prod/logs/x1";
    assert_eq!(event["delivery_id"], id);

    // However long the source makes its ids, a ledger can keep them apart.
    let long = |n: char| format!("{}{n}", "x".repeat(1000));
    let longs = ['a', 'b', 'a'].map(long);
    let ids = longs.each_ref().map(|id| {
        let event = event_of(&headers(id), entry.to_string().as_bytes());
        event["delivery_id"].as_str().unwrap().to_owned()
    });
    assert!(ids[0].starts_with("sha256:") && ids[0].len() == 71, "{}", ids[0]);
    assert!(ids[0] != ids[1] && ids[0] == ids[2]);
}

#[test]
fn what_no_rule_knows_is_kept() {
    let audit = json!({
        "logName": "projects/p/logs/cloudaudit.googleapis.com%2Factivity",
        "protoPayload": {
            "serviceName": "compute.googleapis.com", "methodName": "beta.compute.instances.insert",
            "resourceName": "projects/p/zones/z/instances/dev-cicdl-0031-vm"
        },
        "severity": "NOTICE"
    });
    let event = sunk(&audit);
    assert_eq!((&event["title"], &event["status"]), (&"CICDL-AUDIT-INSERT".into(), &"info".into()));
    assert_eq!(event["vtid"], "DEV-CICDL-0031");

    let event =
        pushed(&wrapped(&json!({ "vtid": "dev-cicdl-0031" }), Some(&json!({ "hello": 1 }))));
    assert_eq!((&event["kind"], &event["title"]), (&"pubsub".into(), &"CICDL-GCP-MESSAGE".into()));
    assert_eq!((&event["status"], &event["vtid"]), (&"info".into(), &"DEV-CICDL-0031".into()));

    let headers = [
        ("ce-id", "1"),
        ("ce-source", "//storage.googleapis.com/projects/_/buckets/b"),
        ("ce-type", "google.cloud.storage.object.v1.finalized"),
        ("ce-subject", "objects/a.txt"),
    ];
    let event = event_of(&headers, b"{}");
    assert_eq!(
        (&event["kind"], &event["title"]),
        (&"cloud_event".into(), &"CICDL-GCP-FINALIZED".into())
    );
    assert_eq!(event["ref"], "objects/a.txt");

    let headers = [
        ("ce-id", "1"),
        ("ce-source", "//clouddeploy"),
        ("ce-type", "google.cloud.deploy.rollout.v1.created"),
    ];
    let name = "projects/p/locations/l/deliveryPipelines/gw/releases/r1/rollouts/r1-to-prod";
    let body = json!({ "payload": { "name": name, "labels": { "vtid": "dev-cicdl-0031" } } });
    let event = event_of(&headers, body.to_string().as_bytes());
    assert_eq!(
        (&event["title"], &event["status"]),
        (&"CICDL-DEPLOY-ROLLOUT-CREATED".into(), &"info".into())
    );
    assert_eq!(
        (&event["vtid"], &event["meta"]["rollout"]),
        (&"DEV-CICDL-0031".into(), &"r1-to-prod".into())
    );
}

#[test]
fn what_cannot_be_read_is_kept_as_a_warning() {
    let mut not_base64 = build_push(&build("SUCCESS"));
    not_base64["message"]["data"] = "not base64!".into();
    let mut not_json = build_push(&build("SUCCESS"));
    not_json["message"]["data"] = base64(b"Hello").into();
    let mut odd_attributes = notification(Some("Rollout"), "Succeed");
    odd_attributes["message"]["data"] = base64(b"[1]").into();
    for (body, module, reason) in [
        (String::new(), "GCP", "the body is empty"),
        ("[]".to_owned(), "GCP", "the body is JSON but no object"),
        ("{".to_owned(), "GCP", "the body is not valid JSON at byte 1"),
        (not_base64.to_string(), "BUILD", "message.data is not base64"),
        (not_json.to_string(), "BUILD", "the body is not valid JSON at byte 0"),
        (odd_attributes.to_string(), "DEPLOY", "the body is JSON but no object"),
    ] {
        let event = event_of(&[], body.as_bytes());
        assert_eq!(event["title"], format!("CICDL-{module}-UNPARSED"), "{body}");
        assert_eq!(event["status"], "warning", "{body}");
        assert_eq!(event["meta"]["unparsed"], reason, "{body}");
    }
    let unwrapped = event_of(
        &[("x-goog-pubsub-message-id", "7"), ("Action", "Start"), ("ResourceType", "Rollout")],
        b"{",
    );
    assert_eq!(
        (&unwrapped["title"], &unwrapped["delivery_id"]),
        (&"CICDL-DEPLOY-UNPARSED".into(), &"7".into())
    );
    // What the attributes say is not lost with the data.
    let event = pushed(&not_base64);
    assert_eq!(event["delivery_id"], "7004000000000001");
    assert_eq!(event["meta"]["build_id"], "b6f0c9f2-0001-4c55-8e0a-5f5d1a7c0031");
}
