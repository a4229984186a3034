//! Deployments, what becomes of them, and who must let them pass.

use super::super::decide::Given::{Absent, Is};
use super::super::decide::{Action, StatusRule};
use super::super::place::Place::{Branch, Commit, Field, PrTitle};
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "deployment",
        module: "DEPLOYMENT",
        // Older servers send no action; there is but one.
        action: Action::First(&[(&[Absent("action")], "created")]),
        status: StatusRule::First {
            rows: &[
                (&[Absent("action")], Status::Queued),
                (&[Is("action", "created")], Status::Queued),
            ],
            other: Status::Info,
        },
        reference: &["deployment.ref", "deployment.sha"],
        link: &["workflow_run.html_url", "{repository.html_url}/deployments"],
        time: &[("deployment.created_at", EVERY)],
        vtid: &[
            (Branch, "deployment.ref"),
            (Branch, "workflow_run.head_branch"),
            (Field, "deployment.payload.vtid"),
            (Field, "deployment.payload"),
            (Field, "deployment.payload.*"),
            (Field, "deployment.description"),
        ],
        meta: &[
            ("branch", "workflow_run.head_branch"),
            ("deployment_id", "deployment.id"),
            ("description", "deployment.description"),
            ("environment", "deployment.environment"),
            ("pr_number", "workflow_run.pull_requests[].number"),
            ("run_attempt", "workflow_run.run_attempt"),
            ("run_id", "workflow_run.id"),
            ("sha", "deployment.sha"),
            ("task", "deployment.task"),
            ("workflow_name", "workflow_run.name"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "deployment_status",
        module: "DEPLOY",
        action: Action::First(&[(&[], "{deployment_status.state}")]),
        status: StatusRule::Word {
            places: &["deployment_status.state"],
            words: &[
                ("success", Status::Success),
                ("failure", Status::Failure),
                ("error", Status::Error),
                ("pending", Status::Queued),
                ("queued", Status::Queued),
                ("waiting", Status::Queued),
                ("in_progress", Status::InProgress),
                ("inactive", Status::Info),
            ],
            other: Status::Warning,
        },
        reference: &["deployment.ref", "deployment.sha"],
        link: &[
            "deployment_status.log_url",
            "deployment_status.target_url",
            "deployment_status.environment_url",
            "{repository.html_url}/deployments",
        ],
        time: &[("deployment_status.updated_at", EVERY), ("deployment_status.created_at", EVERY)],
        vtid: &[
            (Branch, "deployment.ref"),
            (Branch, "workflow_run.head_branch"),
            (Field, "deployment_status.description"),
            (Field, "deployment.description"),
        ],
        meta: &[
            ("branch", "workflow_run.head_branch"),
            ("branch", "check_run.check_suite.head_branch"),
            ("check_id", "check_run.id"),
            ("deployment_id", "deployment.id"),
            ("description", "deployment_status.description"),
            ("environment", "deployment_status.environment"),
            ("environment", "deployment.environment"),
            ("environment_url", "deployment_status.environment_url"),
            ("pr_number", "workflow_run.pull_requests[].number"),
            ("run_attempt", "workflow_run.run_attempt"),
            ("run_id", "workflow_run.id"),
            ("sha", "deployment.sha"),
            ("state", "deployment_status.state"),
            ("task", "deployment.task"),
            ("workflow_name", "workflow_run.name"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "deployment_review",
        module: "APPROVAL",
        status: StatusRule::Word {
            places: &["action"],
            words: &[
                ("requested", Status::Queued),
                ("approved", Status::Success),
                ("rejected", Status::Failure),
            ],
            other: Status::Info,
        },
        reference: &["workflow_run.head_branch", "workflow_run.head_sha"],
        link: &["workflow_run.html_url"],
        time: &[("since", &["requested"])],
        vtid: &[
            (Branch, "workflow_run.head_branch"),
            (Branch, "workflow_run.pull_requests[].head.ref"),
            (Commit, "workflow_run.head_commit.message"),
        ],
        meta: &[
            ("approver", "approver.login"),
            ("branch", "workflow_run.head_branch"),
            ("comment", "comment"),
            ("environment", "environment"),
            ("environment", "workflow_job_run.environment"),
            ("pr_number", "workflow_run.pull_requests[].number"),
            ("requestor", "requestor.login"),
            ("run_attempt", "workflow_run.run_attempt"),
            ("run_id", "workflow_run.id"),
            ("sha", "workflow_run.head_sha"),
            ("workflow_name", "workflow_run.name"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "deployment_protection_rule",
        module: "GATE",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("requested", Status::Queued)],
            other: Status::Info,
        },
        reference: &["deployment.ref", "pull_requests[].head.ref"],
        link: &["{repository.html_url}/deployments"],
        time: &[("deployment.created_at", &["requested"])],
        vtid: &[
            (PrTitle, "pull_requests[].title"),
            (Branch, "deployment.ref"),
            (Branch, "pull_requests[].head.ref"),
        ],
        meta: &[
            ("branch", "pull_requests[].head.ref"),
            ("deployment_id", "deployment.id"),
            ("environment", "environment"),
            ("event", "event"),
            ("pr_number", "pull_requests[].number"),
            ("sha", "deployment.sha"),
        ],
        ..DEFAULT
    },
];
