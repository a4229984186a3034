//! The status of a commit, which a service sets by a word.

use super::super::decide::{Action, StatusRule};
use super::super::place::Place::{Branch, Commit, Field};
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[Rule {
    event: "status",
    module: "STATUS",
    action: Action::First(&[(&[], "{state}")]),
    status: StatusRule::Word {
        places: &["state"],
        words: &[
            ("success", Status::Success),
            ("failure", Status::Failure),
            ("error", Status::Error),
            ("pending", Status::InProgress),
        ],
        other: Status::Warning,
    },
    reference: &["branches[].name", "sha"],
    link: &["target_url", "commit.html_url"],
    time: &[("updated_at", EVERY), ("created_at", EVERY)],
    vtid: &[
        (Branch, "branches[].name"),
        (Commit, "commit.commit.message"),
        (Field, "context"),
        (Field, "description"),
    ],
    meta: &[
        ("branch", "branches[].name"),
        ("context", "context"),
        ("description", "description"),
        ("sha", "sha"),
        ("state", "state"),
    ],
    ..DEFAULT
}];
