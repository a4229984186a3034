//! What becomes of Cloud Deploy's notifications.

use serde_json::{Value, json};

use super::{pushed, wrapped};

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
