//! What becomes of Cloud Run's audit log: the request and its outcome.

use serde_json::{Value, json};

use super::{pushed, wrapped};

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

pub(super) fn sunk(entry: &Value) -> Value {
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
