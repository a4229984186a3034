//! Issues, what is said of them and of commits, and what they are sorted by.

use super::super::decide::Given::There;
use super::super::decide::StatusRule;
use super::super::place::Place::{Body, Field};
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "issues",
        module: "ISSUE",
        reference: &["#{issue.number}"],
        link: &["issue.html_url"],
        time: &[("issue.created_at", &["opened"]), ("issue.updated_at", UPDATING)],
        vtid: &[(Body, "issue.body"), (Field, "issue.title")],
        meta: &[
            ("author", "issue.user.login"),
            ("issue_number", "issue.number"),
            ("issue_title", "issue.title"),
            ("label", "label.name"),
            ("milestone", "milestone.title"),
            ("reason", "issue.state_reason"),
            ("state", "issue.state"),
        ],
        // GitHub counts a pull request among the issues.
        meta_given: &[(There("issue.pull_request.url"), "pr_number", "issue.number")],
        ..DEFAULT
    },
    Rule {
        event: "issue_comment",
        module: "COMMENT",
        reference: &["#{issue.number}"],
        link: &["comment.html_url"],
        time: &[("comment.created_at", &["created"]), ("comment.updated_at", EVERY)],
        vtid: &[(Field, "issue.title")],
        meta: &[
            ("author", "comment.user.login"),
            ("issue_number", "issue.number"),
            ("issue_title", "issue.title"),
            ("state", "issue.state"),
        ],
        meta_given: &[(There("issue.pull_request.url"), "pr_number", "issue.number")],
        ..DEFAULT
    },
    Rule {
        event: "issue_dependencies",
        module: "ISSUE",
        reference: &["#{blocked_issue.number}", "#{blocking_issue.number}"],
        link: &["blocked_issue.html_url", "blocking_issue.html_url"],
        vtid: &[(Field, "blocked_issue.title"), (Field, "blocking_issue.title")],
        meta: &[
            ("blocking_issue", "blocking_issue.number"),
            ("issue_number", "blocked_issue.number"),
            ("issue_title", "blocked_issue.title"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "commit_comment",
        module: "COMMENT",
        reference: &["comment.commit_id"],
        link: &["comment.html_url"],
        time: &[("comment.created_at", &["created"]), ("comment.updated_at", EVERY)],
        meta: &[
            ("author", "comment.user.login"),
            ("path", "comment.path"),
            ("sha", "comment.commit_id"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "content_reference",
        module: "COMMENT",
        reference: &["content_reference.reference"],
        ..DEFAULT
    },
    Rule {
        event: "milestone",
        module: "MILESTONE",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("closed", Status::Success)],
            other: Status::Info,
        },
        reference: &["milestone.title"],
        link: &["milestone.html_url"],
        time: &[("milestone.created_at", &["created"]), ("milestone.updated_at", EVERY)],
        vtid: &[(Field, "milestone.title")],
        meta: &[
            ("closed_issues", "milestone.closed_issues"),
            ("milestone", "milestone.title"),
            ("milestone_number", "milestone.number"),
            ("open_issues", "milestone.open_issues"),
            ("state", "milestone.state"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "label",
        module: "LABEL",
        reference: &["label.name"],
        link: &["{repository.html_url}/labels"],
        meta: &[("label", "label.name")],
        ..DEFAULT
    },
];

/// What changes an issue. To pin one does not, and it keeps its time.
const UPDATING: &[&str] = &[
    "assigned",
    "closed",
    "demilestoned",
    "edited",
    "labeled",
    "locked",
    "milestoned",
    "reopened",
    "transferred",
    "typed",
    "unassigned",
    "unlabeled",
    "unlocked",
    "untyped",
];
