//! Pushes, and the branches and tags that come and go.

use super::super::decide::Given::True;
use super::super::decide::{Action, StatusRule};
use super::super::git_ref::GitRef;
use super::super::place::Place::Commit;
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "push",
        module: "PUSH",
        action: Action::First(&[
            (&[True("created")], "created"),
            (&[True("deleted")], "deleted"),
            (&[True("forced")], "forced"),
            (&[], "pushed"),
        ]),
        status: StatusRule::First {
            rows: &[
                (&[True("created")], Status::Info),
                // History that others may have was rewritten.
                (&[True("forced")], Status::Warning),
            ],
            other: Status::Info,
        },
        reference: &["ref"],
        link: &["compare"],
        // A commit may be much older than its push.
        time: &[("repository.pushed_at", EVERY)],
        git_ref: Some(GitRef { name: "ref", kind: None }),
        vtid: &[(Commit, "head_commit.message"), (Commit, "commits[].message")],
        meta: &[
            ("actor", "pusher.name"),
            ("before", "before"),
            ("commit_message", "head_commit.message"),
            ("created", "created"),
            ("deleted", "deleted"),
            ("forced", "forced"),
            ("pusher", "pusher.name"),
            ("sha", "after"),
        ],
        counts: &[("commits", "commits[].id")],
        ..DEFAULT
    },
    Rule {
        event: "create",
        module: "REF",
        action: Action::First(&[(&[], "{ref_type}-created"), (&[], "created")]),
        reference: &["ref"],
        link: &["{repository.html_url}/tree/{ref}"],
        git_ref: Some(GitRef { name: "ref", kind: Some("ref_type") }),
        meta: &[("ref_type", "ref_type")],
        ..DEFAULT
    },
    Rule {
        event: "delete",
        module: "REF",
        action: Action::First(&[(&[], "{ref_type}-deleted"), (&[], "deleted")]),
        reference: &["ref"],
        git_ref: Some(GitRef { name: "ref", kind: Some("ref_type") }),
        meta: &[("ref_type", "ref_type")],
        ..DEFAULT
    },
];
