//! Pushes.

use std::borrow::Cow;

use super::super::place::Place::{Branch, Commit};
use super::rule::{Action, DEFAULT, Rule, StatusRule};
use crate::event::Status;
use crate::json::Facts;

pub(super) static RULES: &[Rule] = &[Rule {
    event: "push",
    module: "PUSH",
    action: Action::Told(action),
    status: StatusRule::Told(status),
    reference: &["ref"],
    link: &["compare"],
    time: &["head_commit.timestamp", "repository.pushed_at"],
    vtid: &[
        (Branch, "ref"),
        (Commit, "commits[].message"),
        (Commit, "head_commit.message"),
    ],
    meta: &[
        ("before", "before"),
        ("branch", "ref"),
        ("commit_message", "head_commit.message"),
        ("created", "created"),
        ("deleted", "deleted"),
        ("forced", "forced"),
        ("pusher", "pusher.name"),
        ("sha", "after"),
    ],
    counts: &[("commits", "commits[].id")],
    ..DEFAULT
}];

fn action(facts: &Facts<'_>) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(if facts.is_true("created") {
        "created"
    } else if facts.is_true("deleted") {
        "deleted"
    } else if facts.is_true("forced") {
        "forced"
    } else {
        "pushed"
    }))
}

fn status(facts: &Facts<'_>) -> Status {
    // History that others may have was rewritten.
    let rewritten = facts.is_true("forced") && !facts.is_true("created");
    if rewritten {
        Status::Warning
    } else {
        Status::Info
    }
}
