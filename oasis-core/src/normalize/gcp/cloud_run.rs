//! Cloud Run's audit logs: what somebody asked for (`activity`), and what became of it
//! (`system_event`).

use super::super::decide::Given::{self, Contains, Is, True};
use super::super::decide::{Action, Row, StatusRule};
use super::super::place::Place::Field;
use super::audit;
use super::rule::Rule;
use crate::event::Status;

/// Where a label of the service, the job or the revision may stand, in the two versions of the
/// API: a service's own labels before those of its template.
macro_rules! labels {
    ($name:literal) => {
        &[
            concat!("data.protoPayload.request.service.metadata.labels.", $name),
            concat!("data.protoPayload.request.service.labels.", $name),
            concat!("data.protoPayload.request.job.metadata.labels.", $name),
            concat!("data.protoPayload.request.job.labels.", $name),
            concat!("data.protoPayload.request.metadata.labels.", $name),
            concat!("data.protoPayload.response.metadata.labels.", $name),
            concat!("data.protoPayload.response.labels.", $name),
            concat!("data.protoPayload.request.service.spec.template.metadata.labels.", $name),
            concat!("data.protoPayload.request.service.template.labels.", $name),
            concat!("data.protoPayload.request.spec.template.metadata.labels.", $name),
            concat!("data.protoPayload.response.spec.template.metadata.labels.", $name),
            concat!("data.protoPayload.response.template.labels.", $name),
            concat!("data.labels.", $name),
            concat!("attributes.", $name),
        ]
    };
}

/// The outcome of a deployment or a job, which Cloud Run itself reports.
pub(super) static OUTCOME: Rule = Rule {
    given: &[&[IS_CLOUD_RUN, Contains("data.logName", "system_event")]],
    action: Action::OfStatus(
        &[(Status::Success, "ready"), (Status::Failure, "failed")],
        "{method}",
    ),
    status: StatusRule::First {
        rows: &[
            audit::FAILED[0],
            audit::FAILED[1],
            audit::FAILED[2],
            audit::FAILED[3],
            audit::FAILED[4],
            (&[Contains(MESSAGE, "Ready condition status changed to False")], Status::Failure),
            (&[Contains(MESSAGE, "has failed")], Status::Failure),
            (&[Contains(MESSAGE, "Ready condition status changed to True")], Status::Success),
            (&[Contains(MESSAGE, "has completed successfully")], Status::Success),
            (&[Contains(MESSAGE, "Ready condition status changed to Unknown")], Status::InProgress),
        ],
        other: Status::Warning,
    },
    reference: &[
        "data.protoPayload.resourceName/revisions",
        "data.protoPayload.resourceName/executions",
        "data.protoPayload.response.status.latestReadyRevisionName",
        "data.protoPayload.response.status.latestCreatedRevisionName",
        "data.resource.labels.revision_name",
        "data.resource.labels.service_name",
        "data.resource.labels.job_name",
    ],
    link: &[
        "data.protoPayload.response.status.logUrl",
        "data.protoPayload.response.status.logUri",
        SERVICE_PAGE,
        JOB_PAGE,
        SERVICE_PAGE_BY_NAME,
    ],
    ..REQUEST
};

/// What somebody asked for; but for the end of an operation it says nothing of the outcome.
pub(super) const REQUEST: Rule = Rule {
    kind: "cloud_run",
    module: "RUN",
    given: &[&[IS_CLOUD_RUN]],
    action: Action::First(&[
        (&[Is("data.protoPayload.request.updateMask", "traffic")], "update-traffic"),
        // The older API has but one method for every change; the command says which it was.
        (
            &[Contains(
                "data.protoPayload.requestMetadata.callerSuppliedUserAgent",
                "update-traffic",
            )],
            "update-traffic",
        ),
        (&[], "{method}"),
        (&[], "request"),
    ]),
    status: StatusRule::First {
        rows: &[
            audit::FAILED[0],
            audit::FAILED[1],
            audit::FAILED[2],
            audit::FAILED[3],
            audit::FAILED[4],
            (&[Contains(TERMINAL, "FAILED")], Status::Failure),
            // The first and only entry of an operation: it has just been asked for.
            IN_PROGRESS_FIRST,
            (&[True("data.operation.last")], Status::Success),
            (&[Contains(METHOD, ".Create")], Status::InProgress),
            (&[Contains(METHOD, ".Replace")], Status::InProgress),
            (&[Contains(METHOD, ".Update")], Status::InProgress),
            (&[Contains(METHOD, ".Delete")], Status::InProgress),
            (&[Contains(METHOD, ".Run")], Status::InProgress),
        ],
        // Nothing comes after these, such as `SetIamPolicy`.
        other: Status::Info,
    },
    reference: &[
        "data.resource.labels.service_name",
        "data.resource.labels.job_name",
        "data.protoPayload.response.status.latestCreatedRevisionName",
        "data.protoPayload.resourceName/services",
        "data.protoPayload.resourceName/jobs",
    ],
    link: &[SERVICE_PAGE, JOB_PAGE, SERVICE_PAGE_BY_NAME],
    time: audit::TIME,
    vtid: &[
        (Field, "data.resource.labels.service_name"),
        (Field, "data.resource.labels.job_name"),
        (Field, "data.resource.labels.revision_name"),
        (Field, "data.protoPayload.resourceName"),
        (Field, "data.protoPayload.request.service.spec.template.metadata.name"),
        (Field, "data.protoPayload.request.service.template.revision"),
        (Field, "data.protoPayload.response.status.latestCreatedRevisionName"),
        (Field, "data.protoPayload.request.service.metadata.annotations.*"),
        (Field, "data.protoPayload.request.service.annotations.*"),
        (Field, "data.protoPayload.request.service.spec.template.metadata.annotations.*"),
        (Field, "data.protoPayload.request.service.template.annotations.*"),
        (Field, "data.protoPayload.response.metadata.annotations.*"),
        (Field, "data.protoPayload.response.annotations.*"),
        (Field, "data.protoPayload.response.spec.template.metadata.annotations.*"),
    ],
    vtid_labels: labels!("vtid"),
    layer_labels: labels!("vt_layer"),
    module_labels: labels!("vt_module"),
    meta: &[
        ("actor", "data.protoPayload.authenticationInfo.principalEmail"),
        ("execution", "data.protoPayload.resourceName/executions"),
        ("image", "data.protoPayload.request.service.spec.template.spec.containers[].image"),
        ("image", "data.protoPayload.request.service.template.containers[].image"),
        ("image", "data.protoPayload.response.spec.template.spec.containers[].image"),
        ("image", "data.protoPayload.response.template.containers[].image"),
        ("insert_id", "data.insertId"),
        ("job", "data.resource.labels.job_name"),
        ("job", "data.protoPayload.resourceName/jobs"),
        ("message", MESSAGE),
        ("method", METHOD),
        ("operation_first", "data.operation.first"),
        ("operation_id", "data.operation.id"),
        (
            "operation_id",
            "data.protoPayload.response.metadata.annotations.\"run.googleapis.com/operation-id\"",
        ),
        ("operation_last", "data.operation.last"),
        ("project", "data.resource.labels.project_id"),
        ("project", "data.protoPayload.resourceName/projects"),
        ("reason", "data.protoPayload.response.status.conditions[].reason"),
        ("region", "data.resource.labels.location"),
        ("region", "data.protoPayload.resourceName/locations"),
        ("revision", "data.protoPayload.resourceName/revisions"),
        ("revision", "data.resource.labels.revision_name"),
        ("revision", "data.protoPayload.request.service.spec.template.metadata.name"),
        ("revision", "data.protoPayload.response.status.latestCreatedRevisionName"),
        ("revision", "data.protoPayload.response.latestCreatedRevision/revisions"),
        ("service", "data.resource.labels.service_name"),
        ("service", "data.protoPayload.resourceName/services"),
        ("service", "data.protoPayload.response.metadata.labels.\"serving.knative.dev/service\""),
        ("severity", "data.severity"),
        ("status_code", "data.protoPayload.status.code"),
        ("traffic_revision", "data.protoPayload.response.status.traffic[].revisionName"),
        ("url", "data.protoPayload.response.status.url"),
        ("url", "data.protoPayload.response.uri"),
    ],
    // What Cloud Build's trigger writes on what it deploys.
    meta_labels: &[
        ("build_id", labels!("gcb-build-id")),
        ("sha", labels!("commit-sha")),
        ("trigger_id", labels!("gcb-trigger-id")),
    ],
};

const IS_CLOUD_RUN: Given = Is("data.protoPayload.serviceName", "run.googleapis.com");

const IN_PROGRESS_FIRST: Row<Status> =
    (&[True("data.operation.first"), True("data.operation.last")], Status::InProgress);

const MESSAGE: &str = "data.protoPayload.status.message";
const METHOD: &str = audit::METHOD;
const TERMINAL: &str = "data.protoPayload.response.terminalCondition.state";

const SERVICE_PAGE: &str = "https://console.cloud.google.com/run/detail/{data.resource.labels.location}/{data.resource.labels.service_name}?project={data.resource.labels.project_id}";
const SERVICE_PAGE_BY_NAME: &str = "https://console.cloud.google.com/run/detail/{data.protoPayload.resourceName/locations}/{data.protoPayload.resourceName/services}?project={data.protoPayload.resourceName/projects}";
const JOB_PAGE: &str = "https://console.cloud.google.com/run/jobs/details/{data.resource.labels.location}/{data.resource.labels.job_name}?project={data.resource.labels.project_id}";
