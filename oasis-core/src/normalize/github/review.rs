//! Reviews of pull requests, their comments and their threads.

use super::super::decide::Given::Is;
use super::super::decide::{Action, StatusRule};
use super::super::place::Place::{Branch, PrTitle};
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "pull_request_review",
        module: "REVIEW",
        action: Action::First(&[(&[Is("action", "submitted")], "{review.state}")]),
        status: StatusRule::First {
            rows: &[
                (&[Is("action", "submitted"), Is("review.state", "approved")], Status::Success),
                (&[Is("action", "submitted"), Is("review.state", "commented")], Status::Info),
                // Changes are requested, or a word that says who knows what.
                (&[Is("action", "submitted")], Status::Warning),
            ],
            other: Status::Info,
        },
        reference: &["pull_request.head.ref"],
        link: &["review.html_url", "pull_request.html_url"],
        // A review that is dismissed keeps the time of its submission, its pull request doesn't.
        time: &[
            ("review.submitted_at", &["submitted"]),
            ("review.updated_at", EVERY),
            ("pull_request.updated_at", EVERY),
        ],
        vtid: &[(PrTitle, "pull_request.title"), (Branch, "pull_request.head.ref")],
        meta: &[
            ("base_branch", "pull_request.base.ref"),
            ("branch", "pull_request.head.ref"),
            ("pr_number", "pull_request.number"),
            ("pr_title", "pull_request.title"),
            ("reviewer", "review.user.login"),
            ("reviewed_sha", "review.commit_id"),
            ("sha", "pull_request.head.sha"),
            ("state", "review.state"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "pull_request_review_comment",
        module: "REVIEW",
        action: Action::First(&[(&[], "comment-{action}"), (&[], "comment")]),
        reference: &["pull_request.head.ref"],
        link: &["comment.html_url", "pull_request.html_url"],
        time: &[("comment.created_at", &["created"]), ("comment.updated_at", EVERY)],
        vtid: &[(PrTitle, "pull_request.title"), (Branch, "pull_request.head.ref")],
        meta: &[
            ("author", "comment.user.login"),
            ("base_branch", "pull_request.base.ref"),
            ("branch", "pull_request.head.ref"),
            ("path", "comment.path"),
            ("pr_number", "pull_request.number"),
            ("pr_title", "pull_request.title"),
            ("reviewed_sha", "comment.commit_id"),
            ("sha", "pull_request.head.sha"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "pull_request_review_thread",
        module: "REVIEW",
        action: Action::First(&[(&[], "thread-{action}"), (&[], "thread")]),
        status: StatusRule::Word {
            places: &["action"],
            words: &[("resolved", Status::Success)],
            other: Status::Info,
        },
        reference: &["pull_request.head.ref"],
        link: &["thread.comments[].html_url", "pull_request.html_url"],
        time: &[("updated_at", EVERY)],
        vtid: &[(PrTitle, "pull_request.title"), (Branch, "pull_request.head.ref")],
        meta: &[
            ("base_branch", "pull_request.base.ref"),
            ("branch", "pull_request.head.ref"),
            ("path", "thread.comments[].path"),
            ("pr_number", "pull_request.number"),
            ("pr_title", "pull_request.title"),
            ("sha", "pull_request.head.sha"),
        ],
        ..DEFAULT
    },
];
