//! Pull requests.

use std::borrow::Cow;

use super::super::place::Place::{Body, Branch, PrTitle};
use super::rule::{Action, DEFAULT, Rule, StatusRule};
use crate::event::Status;
use crate::json::Facts;

pub(super) static RULES: &[Rule] = &[Rule {
    event: "pull_request",
    module: "PR",
    action: Action::Told(action),
    status: StatusRule::Told(status),
    reference: &["pull_request.head.ref"],
    link: &["pull_request.html_url"],
    time: &["pull_request.updated_at", "pull_request.created_at"],
    vtid: &[
        (PrTitle, "pull_request.title"),
        (Branch, "pull_request.head.ref"),
        (Body, "pull_request.body"),
    ],
    meta: &[
        ("author", "pull_request.user.login"),
        ("base_branch", "pull_request.base.ref"),
        ("branch", "pull_request.head.ref"),
        ("draft", "pull_request.draft"),
        ("label", "label.name"),
        ("merge_sha", "pull_request.merge_commit_sha"),
        ("merged", "pull_request.merged"),
        ("pr_number", "pull_request.number"),
        ("pr_title", "pull_request.title"),
        ("reason", "reason"),
        ("sha", "pull_request.head.sha"),
        ("state", "pull_request.state"),
    ],
    ..DEFAULT
}];

fn is_merge(facts: &Facts<'_>) -> bool {
    facts.text("action") == Some("closed") && facts.is_true("pull_request.merged")
}

fn action(facts: &Facts<'_>) -> Option<Cow<'static, str>> {
    is_merge(facts).then_some(Cow::Borrowed("merged"))
}

fn status(facts: &Facts<'_>) -> Status {
    match facts.text("action") {
        Some("closed") if is_merge(facts) => Status::Success,
        Some("closed") => Status::Cancelled,
        Some("enqueued") => Status::Queued,
        // Out of the merge queue: merged is what was wanted, any other reason is not.
        Some("dequeued") if facts.text("reason") != Some("MERGE") => Status::Warning,
        _ => Status::Info,
    }
}
