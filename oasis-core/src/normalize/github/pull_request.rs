//! Pull requests.

use super::super::decide::Given::{Is, True};
use super::super::decide::{Action, StatusRule};
use super::super::place::Place::{Body, Branch, PrTitle};
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[Rule {
    event: "pull_request",
    module: "PR",
    action: Action::First(&[(&[Is("action", "closed"), True("pull_request.merged")], "merged")]),
    status: StatusRule::First {
        rows: &[
            (&[Is("action", "closed"), True("pull_request.merged")], Status::Success),
            (&[Is("action", "closed")], Status::Cancelled),
            (&[Is("action", "enqueued")], Status::Queued),
            // Out of the merge queue: merged is what was wanted, any other reason is not.
            (&[Is("action", "dequeued"), Is("reason", "MERGE")], Status::Info),
            (&[Is("action", "dequeued")], Status::Warning),
        ],
        other: Status::Info,
    },
    reference: &["pull_request.head.ref"],
    link: &["pull_request.html_url"],
    time: &[("pull_request.created_at", &["opened"]), ("pull_request.updated_at", EVERY)],
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
        ("pr_number", "number"),
        ("pr_title", "pull_request.title"),
        ("reason", "reason"),
        ("sha", "pull_request.head.sha"),
        ("state", "pull_request.state"),
    ],
    ..DEFAULT
}];
