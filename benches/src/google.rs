//! What Google Cloud delivers: a payload in base64, inside a message.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A build, pushed by Pub/Sub.
pub fn build() -> Value {
    let step = json!({
        "name": "gcr.io/cloud-builders/docker",
        "args": ["build", "--no-cache", "-t", "europe-docker.pkg.dev/acme/run/gateway", "."],
        "timing": { "startTime": "2025-10-29T12:00:10.250787950Z", "endTime": "2025-10-29T12:02:22.931602046Z" },
        "status": "SUCCESS",
    });
    pushed(
        json!({ "buildId": "b6f0c9f2-0001-4c55-8e0a-5f5d1a7c0031", "status": "SUCCESS" }),
        Some(json!({
            "id": "b6f0c9f2-0001-4c55-8e0a-5f5d1a7c0031",
            "name": "projects/4001/locations/europe-west1/builds/b6f0c9f2-0001-4c55-8e0a-5f5d1a7c0031",
            "projectId": "acme",
            "status": "SUCCESS",
            "steps": [step, step, step, step],
            "createTime": "2025-10-29T12:00:01.123456789Z",
            "startTime": "2025-10-29T12:00:05Z",
            "finishTime": "2025-10-29T12:03:59.5Z",
            "buildTriggerId": "11111111-2222-4333-8444-555555555555",
            "logUrl": "https://console.cloud.google.com/cloud-build/builds/b6f0c9f2?project=4001",
            "substitutions": {
                "BRANCH_NAME": "vt/DEV-CICDL-0031-phase2",
                "COMMIT_SHA": "9c1f3ab2d45e6f708192a3b4c5d6e7f809a1b2c3",
                "REPO_FULL_NAME": "acme/rocket",
                "TRIGGER_NAME": "gateway-main",
            },
            "tags": ["trigger-11111111-2222-4333-8444-555555555555"],
            "images": ["europe-docker.pkg.dev/acme/run/gateway:9c1f3ab"],
        })),
    )
}

/// A rollout, pushed by Pub/Sub: all of it stands in the attributes.
pub fn rollout() -> Value {
    let name = "projects/4001/locations/europe-west1/deliveryPipelines/gateway/releases/r-31/rollouts/r-31-to-prod";
    pushed(
        json!({
            "Action": "Succeed",
            "DeliveryPipelineId": "gateway",
            "Location": "europe-west1",
            "ProjectNumber": "4001",
            "ReleaseId": "r-31",
            "Resource": name,
            "ResourceType": "Rollout",
            "RolloutId": "r-31-to-prod",
            "TargetId": "prod",
        }),
        None,
    )
}

/// What became of a deployment to Cloud Run, pushed by a log sink.
pub fn run() -> Value {
    let labels =
        json!({ "vtid": "dev-cicdl-0031", "cloud.googleapis.com/location": "europe-west1" });
    let container = json!({
        "image": "europe-docker.pkg.dev/acme/run/gateway:9c1f3ab",
        "resources": { "limits": { "memory": "512Mi", "cpu": "1000m" } },
        "ports": [{ "containerPort": 8080, "name": "http1" }],
    });
    pushed(
        json!({ "logging.googleapis.com/timestamp": "2025-10-29T12:05:00.5Z" }),
        Some(json!({
            "insertId": "1a2b3c4d5e",
            "logName": "projects/acme/logs/cloudaudit.googleapis.com%2Fsystem_event",
            "protoPayload": {
                "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
                "serviceName": "run.googleapis.com",
                "methodName": "/Services.ReplaceService",
                "resourceName": "namespaces/acme/services/gateway",
                "status": { "message": "Ready condition status changed to True for Service gateway." },
                "response": {
                    "metadata": { "name": "gateway", "labels": labels },
                    "spec": { "template": { "spec": { "containers": [container] } } },
                    "status": {
                        "latestReadyRevisionName": "gateway-00042-abc",
                        "url": "https://gateway-abc-ew.a.run.app",
                        "conditions": [{ "type": "Ready", "status": "True" }],
                    },
                },
            },
            "resource": {
                "type": "cloud_run_revision",
                "labels": { "location": "europe-west1", "project_id": "acme", "service_name": "gateway" },
            },
            "severity": "INFO",
            "timestamp": "2025-10-29T12:05:00.5Z",
        })),
    )
}

/// A request to Cloud Run, pushed by a log sink.
pub fn request() -> Value {
    let container = json!({
        "image": "europe-docker.pkg.dev/acme/run/gateway:9c1f3ab",
        "env": [{ "name": "OASIS_DATA_DIR", "value": "/data" }],
    });
    let name = "projects/acme/locations/europe-west1/services/gateway";
    logged(
        "activity",
        json!({
            "serviceName": "run.googleapis.com",
            "methodName": "google.cloud.run.v2.Services.UpdateService",
            "resourceName": name,
            "authenticationInfo": { "principalEmail": "deploy@acme.iam.gserviceaccount.com" },
            "request": {
                "service": {
                    "name": name,
                    "labels": { "vtid": "dev-cicdl-0031" },
                    "template": { "containers": [container] },
                },
            },
        }),
    )
}

/// A call that another service wrote down.
pub fn audit() -> Value {
    logged(
        "activity",
        json!({
            "serviceName": "compute.googleapis.com",
            "methodName": "beta.compute.instances.insert",
            "resourceName": "projects/acme/zones/europe-west1-b/instances/runner-7",
            "authenticationInfo": { "principalEmail": "deploy@acme.iam.gserviceaccount.com" },
            "requestMetadata": { "callerIp": "203.0.113.7", "callerSuppliedUserAgent": "gcloud" },
        }),
    )
}

/// An event of a bucket, as a whole CloudEvent.
pub fn cloud_event() -> Value {
    json!({
        "specversion": "1.0",
        "id": "1234567890",
        "source": "//storage.googleapis.com/projects/_/buckets/acme-artifacts",
        "type": "google.cloud.storage.object.v1.finalized",
        "subject": "objects/gateway/9c1f3ab.tar.gz",
        "time": "2025-10-29T12:00:00Z",
        "datacontenttype": "application/json",
        "data": {
            "bucket": "acme-artifacts",
            "name": "gateway/9c1f3ab.tar.gz",
            "contentType": "application/gzip",
            "size": "14890112",
        },
    })
}

/// A message of somebody's own.
pub fn message() -> Value {
    pushed(
        json!({ "origin": "nightly", "vtid": "dev-cicdl-0031" }),
        Some(json!({ "report": "all is well", "checked": 31, "at": "2025-10-29T03:00:00Z" })),
    )
}

/// An entry of an audit log, pushed by a log sink.
fn logged(log: &str, payload: Value) -> Value {
    pushed(
        json!({ "logging.googleapis.com/timestamp": "2025-10-29T12:05:00.5Z" }),
        Some(json!({
            "insertId": "1a2b3c4d5f",
            "logName": format!("projects/acme/logs/cloudaudit.googleapis.com%2F{log}"),
            "protoPayload": payload,
            "resource": {
                "type": "cloud_run_revision",
                "labels": { "location": "europe-west1", "project_id": "acme", "service_name": "gateway" },
            },
            "severity": "NOTICE",
            "timestamp": "2025-10-29T12:05:00.5Z",
        })),
    )
}

fn pushed(attributes: Value, payload: Option<Value>) -> Value {
    let data = payload.map(|payload| STANDARD.encode(payload.to_string()));
    json!({
        "message": {
            "attributes": attributes,
            "data": data,
            "messageId": "7004000000000001",
            "publishTime": "2025-10-29T12:04:40.250Z",
        },
        "subscription": "projects/acme/subscriptions/oasis",
    })
}
