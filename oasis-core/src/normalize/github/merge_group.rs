//! The merge queue.

use super::super::decide::Given::Is;
use super::super::decide::{Action, StatusRule};
use super::super::place::Place::{Branch, Commit};
use super::rule::{DEFAULT, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[Rule {
    event: "merge_group",
    module: "QUEUE",
    action: Action::First(&[(&[Is("action", "destroyed"), Is("reason", "merged")], "merged")]),
    status: StatusRule::First {
        rows: &[
            (&[Is("action", "checks_requested")], Status::Queued),
            (&[Is("action", "destroyed"), Is("reason", "merged")], Status::Success),
            (&[Is("action", "destroyed"), Is("reason", "invalidated")], Status::Cancelled),
            (&[Is("action", "destroyed"), Is("reason", "dequeued")], Status::Cancelled),
            (&[Is("action", "destroyed")], Status::Warning),
        ],
        other: Status::Info,
    },
    reference: &["merge_group.head_ref", "merge_group.head_sha"],
    link: &["{repository.html_url}/commit/{merge_group.head_sha}"],
    // The queue makes the commit when it asks for its checks.
    time: &[("merge_group.head_commit.timestamp", &["checks_requested"])],
    vtid: &[(Branch, "merge_group.head_ref"), (Commit, "merge_group.head_commit.message")],
    meta: &[
        ("base_branch", "merge_group.base_ref"),
        ("branch", "merge_group.head_ref"),
        ("commit_message", "merge_group.head_commit.message"),
        ("reason", "reason"),
        ("sha", "merge_group.head_sha"),
    ],
    ..DEFAULT
}];
