//! Discussions.

use super::super::decide::{Action, StatusRule};
use super::super::place::Place::Field;
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "discussion",
        module: "DISCUSSION",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("answered", Status::Success)],
            other: Status::Info,
        },
        reference: &["#{discussion.number}"],
        link: &["discussion.html_url"],
        // Payloads disagree on whether to pin, lock or label a discussion changes its time.
        time: &[
            ("discussion.created_at", &["created"]),
            (
                "discussion.updated_at",
                &[
                    "answered",
                    "category_changed",
                    "closed",
                    "edited",
                    "reopened",
                    "transferred",
                    "unanswered",
                ],
            ),
        ],
        vtid: &[(Field, "discussion.title")],
        meta: &[
            ("author", "discussion.user.login"),
            ("category", "discussion.category.name"),
            ("discussion_number", "discussion.number"),
            ("discussion_title", "discussion.title"),
            ("label", "label.name"),
            ("state", "discussion.state"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "discussion_comment",
        module: "DISCUSSION",
        action: Action::First(&[(&[], "comment-{action}"), (&[], "comment")]),
        reference: &["#{discussion.number}"],
        link: &["comment.html_url"],
        time: &[("comment.created_at", &["created"]), ("comment.updated_at", EVERY)],
        vtid: &[(Field, "discussion.title")],
        meta: &[
            ("author", "comment.user.login"),
            ("category", "discussion.category.name"),
            ("discussion_number", "discussion.number"),
            ("discussion_title", "discussion.title"),
            ("state", "discussion.state"),
        ],
        ..DEFAULT
    },
];
