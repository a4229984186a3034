//! Cloud Build: how a build stands.

use super::super::decide::Given::{Contains, There};
use super::super::decide::{Action, StatusRule};
use super::super::place::Place::{Branch, Field, Tag};
use super::rule::{DEFAULT, Rule};
use crate::event::Status;

pub(super) static RULE: Rule = Rule {
    kind: "cloud_build",
    module: "BUILD",
    given: &[
        &[There("attributes.buildId")],
        &[Contains("context.type", "google.cloud.cloudbuild.build.")],
        &[There("data.logUrl"), There("data.projectId")],
        &[There("data.buildTriggerId"), There("data.projectId")],
    ],
    action: Action::First(&[
        (&[], "{data.status}"),
        (&[], "{attributes.status}"),
        (&[], "status_unknown"),
    ]),
    status: StatusRule::Word {
        places: &["data.status", "attributes.status"],
        words: &[
            ("QUEUED", Status::Queued),
            ("PENDING", Status::Queued),
            ("WORKING", Status::InProgress),
            ("SUCCESS", Status::Success),
            ("FAILURE", Status::Failure),
            ("TIMEOUT", Status::Failure),
            ("EXPIRED", Status::Failure),
            // The service failed, not the build.
            ("INTERNAL_ERROR", Status::Error),
            ("CANCELLED", Status::Cancelled),
            ("STATUS_UNKNOWN", Status::Info),
            ("", Status::Info),
        ],
        other: Status::Warning,
    },
    reference: &[
        "data.substitutions.BRANCH_NAME",
        "data.substitutions.TAG_NAME",
        "data.substitutions.SHORT_SHA",
        "data.substitutions.COMMIT_SHA",
    ],
    link: &[
        "data.logUrl",
        "https://console.cloud.google.com/cloud-build/builds;region={data.name/locations}/{data.id}?project={data.projectId}",
        "https://console.cloud.google.com/cloud-build/builds/{data.id}?project={data.projectId}",
    ],
    time: &["data.finishTime", "data.startTime", "data.createTime"],
    vtid: &[
        (Branch, "data.substitutions.BRANCH_NAME"),
        (Branch, "data.substitutions._HEAD_BRANCH"),
        (Tag, "data.substitutions.TAG_NAME"),
        (Field, "data.tags[]"),
        (Field, "data.substitutions._SERVICE_NAME"),
        (Field, "data.substitutions.TRIGGER_NAME"),
        (Field, "data.images[]"),
    ],
    vtid_labels: &["data.substitutions.*_VTID", "attributes.vtid"],
    meta: &[
        ("base_branch", "data.substitutions._BASE_BRANCH"),
        ("branch", "data.substitutions.BRANCH_NAME"),
        ("branch", "data.substitutions._HEAD_BRANCH"),
        ("build_id", "data.id"),
        ("build_id", "attributes.buildId"),
        ("detail", "data.failureInfo.detail"),
        ("detail", "data.statusDetail"),
        ("finished_at", "data.finishTime"),
        ("image", "data.images[]"),
        ("pr_number", "data.substitutions._PR_NUMBER"),
        ("project", "data.projectId"),
        ("project", "data.name/projects"),
        ("region", "data.name/locations"),
        ("repository", "data.substitutions.REPO_FULL_NAME"),
        ("repository", "data.substitutions.REPO_NAME"),
        ("service", "data.substitutions._SERVICE_NAME"),
        ("sha", "data.substitutions.COMMIT_SHA"),
        ("sha", "data.substitutions.REVISION_ID"),
        ("sha", "data.sourceProvenance.resolvedRepoSource.commitSha"),
        ("started_at", "data.startTime"),
        ("state", "data.status"),
        ("state", "attributes.status"),
        ("tag", "data.substitutions.TAG_NAME"),
        ("trigger", "data.substitutions.TRIGGER_NAME"),
        ("trigger_id", "data.buildTriggerId"),
    ],
    ..DEFAULT
};
