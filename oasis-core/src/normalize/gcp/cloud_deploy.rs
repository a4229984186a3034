//! Cloud Deploy: what becomes of releases and rollouts. A notification says all of it in its
//! attributes and carries no data; a CloudEvent carries the resource.

use super::super::decide::Given::{Absent, Contains, Is, There};
use super::super::decide::{Action, StatusRule};
use super::super::place::Place::Field;
use super::rule::{DEFAULT, Rule};
use crate::event::Status;

pub(super) static RULE: Rule = Rule {
    kind: "cloud_deploy",
    module: "DEPLOY",
    given: &[
        &[There("attributes.Action"), There("attributes.ResourceType")],
        &[There("attributes.Action"), There("attributes.Rollout")],
        &[There("attributes.Action"), There("attributes.DeliveryPipelineId")],
        &[Contains("context.type", "google.cloud.deploy.")],
    ],
    action: Action::First(&[
        (&[There("attributes.ResourceType")], "{attributes.ResourceType}-{attributes.Action}"),
        (&[Is("attributes.Action", "Required")], "approval-{attributes.Action}"),
        (&[Is("attributes.Action", "Approved")], "approval-{attributes.Action}"),
        (&[Is("attributes.Action", "Rejected")], "approval-{attributes.Action}"),
        (&[], "rollout-{attributes.Action}"),
        (&[Absent("attributes.Action")], "{context.resource}-{context.event}"),
        (&[], "unknown"),
    ]),
    status: StatusRule::Word {
        places: &["attributes.Action", "context.event"],
        words: &[
            ("Start", Status::InProgress),
            ("Succeed", Status::Success),
            ("Failure", Status::Failure),
            ("Terminated", Status::Cancelled),
            ("Cancelled", Status::Cancelled),
            // Somebody must approve.
            ("Required", Status::Warning),
            ("Approved", Status::Success),
            ("Rejected", Status::Failure),
            ("Create", Status::Info),
            ("Update", Status::Info),
            ("Delete", Status::Info),
            ("Advanced", Status::Info),
            ("created", Status::Info),
            ("updated", Status::Info),
            ("deleted", Status::Info),
        ],
        other: Status::Warning,
    },
    reference: &[
        "attributes.ReleaseId",
        "attributes.RolloutId",
        "data.payload.name/releases",
        "attributes.Rollout/releases",
        "attributes.DeliveryPipelineId",
        "data.payload.name/deliveryPipelines",
        "attributes.TargetId",
    ],
    link: &[
        "https://console.cloud.google.com/deploy/delivery-pipelines/{attributes.Location}/{attributes.DeliveryPipelineId}/releases/{attributes.ReleaseId}/rollouts/{attributes.RolloutId}?project={attributes.ProjectNumber}",
        "https://console.cloud.google.com/deploy/delivery-pipelines/{attributes.Location}/{attributes.DeliveryPipelineId}/releases/{attributes.ReleaseId}?project={attributes.ProjectNumber}",
        "https://console.cloud.google.com/deploy/delivery-pipelines/{attributes.Location}/{attributes.DeliveryPipelineId}?project={attributes.ProjectNumber}",
        "https://console.cloud.google.com/deploy/delivery-pipelines/{data.payload.name/locations}/{data.payload.name/deliveryPipelines}/releases/{data.payload.name/releases}?project={data.payload.name/projects}",
        "https://console.cloud.google.com/deploy/delivery-pipelines/{data.payload.name/locations}/{data.payload.name/deliveryPipelines}?project={data.payload.name/projects}",
    ],
    vtid: &[
        (Field, "attributes.ReleaseId"),
        (Field, "attributes.RolloutId"),
        (Field, "attributes.DeliveryPipelineId"),
        (Field, "attributes.Rollout"),
        (Field, "attributes.Resource"),
        (Field, "data.payload.name"),
        (Field, "data.payload.description"),
        (Field, "data.payload.annotations.*"),
    ],
    vtid_labels: &["attributes.vtid", "data.payload.labels.vtid"],
    layer_labels: &["attributes.vt_layer", "data.payload.labels.vt_layer"],
    module_labels: &["attributes.vt_module", "data.payload.labels.vt_module"],
    meta: &[
        ("action", "attributes.Action"),
        ("action", "context.event"),
        ("job_id", "attributes.JobId"),
        ("job_run", "attributes.JobRunId"),
        ("job_type", "attributes.JobType"),
        ("phase", "attributes.PhaseId"),
        ("pipeline", "attributes.DeliveryPipelineId"),
        ("pipeline", "data.payload.name/deliveryPipelines"),
        ("project", "attributes.ProjectNumber"),
        ("project", "data.payload.name/projects"),
        ("region", "attributes.Location"),
        ("region", "data.payload.name/locations"),
        ("release", "attributes.ReleaseId"),
        ("release", "data.payload.name/releases"),
        ("resource", "attributes.Resource"),
        ("resource", "attributes.Rollout"),
        ("resource", "data.payload.name"),
        ("resource_type", "attributes.ResourceType"),
        ("resource_type", "context.resource"),
        ("rollout", "attributes.RolloutId"),
        ("rollout", "data.payload.name/rollouts"),
        ("target", "attributes.TargetId"),
        ("target", "data.payload.targetId"),
    ],
    meta_labels: &[(
        "sha",
        &["data.payload.labels.commit-sha", "data.payload.annotations.commit-sha"],
    )],
    ..DEFAULT
};
