//! Runs and checks. `completed` alone never is a success: the conclusion decides.

use super::super::decide::StatusRule;
use super::super::place::Place::{Branch, Commit, Field, RunTitle};
use super::rule::{DEFAULT, EVERY, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "workflow_run",
        module: "WORKFLOW",
        status: StatusRule::Ci {
            status: "workflow_run.status",
            conclusion: "workflow_run.conclusion",
        },
        reference: &["workflow_run.head_branch", "workflow_run.head_sha"],
        link: &["workflow_run.html_url"],
        time: &[("workflow_run.updated_at", EVERY), ("workflow_run.created_at", &["requested"])],
        vtid: &[
            (Branch, "workflow_run.head_branch"),
            (Branch, "workflow_run.pull_requests[].head.ref"),
            (Commit, "workflow_run.head_commit.message"),
            (RunTitle, "workflow_run.display_title"),
            (Field, "workflow_run.name"),
        ],
        meta: &[
            ("branch", "workflow_run.head_branch"),
            ("branch", "workflow_run.pull_requests[].head.ref"),
            ("conclusion", "workflow_run.conclusion"),
            ("event", "workflow_run.event"),
            ("pr_number", "workflow_run.pull_requests[].number"),
            ("run_attempt", "workflow_run.run_attempt"),
            ("run_id", "workflow_run.id"),
            ("run_number", "workflow_run.run_number"),
            ("run_title", "workflow_run.display_title"),
            ("sha", "workflow_run.head_sha"),
            ("started_at", "workflow_run.run_started_at"),
            ("state", "workflow_run.status"),
            ("suite_id", "workflow_run.check_suite_id"),
            ("workflow_name", "workflow_run.name"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "workflow_job",
        module: "JOB",
        status: StatusRule::Ci {
            status: "workflow_job.status",
            conclusion: "workflow_job.conclusion",
        },
        reference: &["workflow_job.head_branch", "workflow_job.head_sha"],
        link: &["workflow_job.html_url"],
        time: &[
            ("workflow_job.completed_at", EVERY),
            ("workflow_job.started_at", EVERY),
            ("workflow_job.created_at", EVERY),
        ],
        vtid: &[
            (Branch, "workflow_job.head_branch"),
            (Field, "workflow_job.workflow_name"),
            (Field, "workflow_job.name"),
        ],
        meta: &[
            ("branch", "workflow_job.head_branch"),
            ("conclusion", "workflow_job.conclusion"),
            ("environment", "deployment.environment"),
            ("job_id", "workflow_job.id"),
            ("job_name", "workflow_job.name"),
            ("run_attempt", "workflow_job.run_attempt"),
            ("run_id", "workflow_job.run_id"),
            ("runner", "workflow_job.runner_name"),
            ("sha", "workflow_job.head_sha"),
            ("started_at", "workflow_job.started_at"),
            ("state", "workflow_job.status"),
            ("workflow_name", "workflow_job.workflow_name"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "check_run",
        module: "CHECK",
        status: StatusRule::Ci { status: "check_run.status", conclusion: "check_run.conclusion" },
        reference: &[
            "check_run.check_suite.head_branch",
            "check_run.pull_requests[].head.ref",
            "check_run.head_sha",
        ],
        link: &["check_run.html_url", "check_run.details_url"],
        // A check asked for again keeps the times of its last run.
        time: &[
            ("check_run.completed_at", &["completed", "created"]),
            ("check_run.started_at", &["completed", "created"]),
        ],
        vtid: &[
            (Branch, "check_run.check_suite.head_branch"),
            (Branch, "check_run.pull_requests[].head.ref"),
            (Field, "check_run.name"),
            (Field, "check_run.output.title"),
        ],
        meta: &[
            ("app", "check_run.app.slug"),
            ("branch", "check_run.check_suite.head_branch"),
            ("branch", "check_run.pull_requests[].head.ref"),
            ("check_id", "check_run.id"),
            ("check_name", "check_run.name"),
            ("conclusion", "check_run.conclusion"),
            ("pr_number", "check_run.pull_requests[].number"),
            ("sha", "check_run.head_sha"),
            ("started_at", "check_run.started_at"),
            ("state", "check_run.status"),
            ("suite_id", "check_run.check_suite.id"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "check_suite",
        module: "SUITE",
        status: StatusRule::Ci {
            status: "check_suite.status",
            conclusion: "check_suite.conclusion",
        },
        reference: &[
            "check_suite.head_branch",
            "check_suite.pull_requests[].head.ref",
            "check_suite.head_sha",
        ],
        link: &["{repository.html_url}/commit/{check_suite.head_sha}/checks"],
        time: &[("check_suite.updated_at", &["completed", "requested"])],
        vtid: &[
            (Branch, "check_suite.head_branch"),
            (Branch, "check_suite.pull_requests[].head.ref"),
            (Commit, "check_suite.head_commit.message"),
        ],
        meta: &[
            ("app", "check_suite.app.slug"),
            ("branch", "check_suite.head_branch"),
            ("branch", "check_suite.pull_requests[].head.ref"),
            ("checks", "check_suite.latest_check_runs_count"),
            ("conclusion", "check_suite.conclusion"),
            ("pr_number", "check_suite.pull_requests[].number"),
            ("sha", "check_suite.head_sha"),
            ("state", "check_suite.status"),
            ("suite_id", "check_suite.id"),
        ],
        ..DEFAULT
    },
];
