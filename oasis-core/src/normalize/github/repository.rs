//! Repositories: their life, their wiki, their properties and those who follow them.

use super::super::decide::{Action, StatusRule};
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "repository",
        module: "REPO",
        status: StatusRule::Word {
            places: &["action"],
            words: &[
                ("deleted", Status::Warning),
                ("publicized", Status::Warning),
                ("archived", Status::Warning),
                ("transferred", Status::Warning),
            ],
            other: Status::Info,
        },
        reference: &["repository.full_name"],
        time: &[
            ("repository.created_at", &["created"]),
            ("repository.updated_at", &["privatized", "publicized"]),
        ],
        meta: &[
            ("default_branch", "repository.default_branch"),
            ("from", "changes.repository.name.from"),
            ("from", "changes.owner.from.user.login"),
            ("from", "changes.owner.from.organization.login"),
            ("visibility", "repository.visibility"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "public",
        module: "REPO",
        action: Action::Always("publicized"),
        status: StatusRule::Always(Status::Warning),
        reference: &["repository.full_name"],
        time: &[("repository.updated_at", EVERY)],
        ..DEFAULT
    },
    Rule {
        event: "fork",
        module: "REPO",
        action: Action::Always("forked"),
        reference: &["forkee.full_name"],
        link: &["forkee.html_url"],
        time: &[("forkee.created_at", EVERY)],
        meta: &[("fork", "forkee.full_name")],
        ..DEFAULT
    },
    Rule {
        event: "gollum",
        module: "WIKI",
        action: Action::Always("updated"),
        reference: &["pages[].page_name"],
        link: &["pages[].html_url"],
        meta: &[("page_action", "pages[].action"), ("page_title", "pages[].title")],
        counts: &[("pages", "pages[].page_name")],
        ..DEFAULT
    },
    Rule {
        event: "repository_import",
        module: "IMPORT",
        action: Action::First(&[(&[], "{status}")]),
        status: StatusRule::Word {
            places: &["status"],
            words: &[
                ("success", Status::Success),
                ("failure", Status::Failure),
                ("cancelled", Status::Cancelled),
            ],
            other: Status::Warning,
        },
        reference: &["repository.default_branch"],
        meta: &[("branch", "repository.default_branch"), ("state", "status")],
        ..DEFAULT
    },
    Rule {
        event: "custom_property",
        module: "REPO",
        reference: &["definition.property_name"],
        meta: &[("property", "definition.property_name")],
        ..DEFAULT
    },
    Rule {
        event: "custom_property_promoted_to_enterprise",
        module: "REPO",
        reference: &["definition.property_name"],
        meta: &[("property", "definition.property_name")],
        ..DEFAULT
    },
    Rule {
        event: "custom_property_values",
        module: "REPO",
        reference: &["new_property_values[].property_name"],
        meta: &[("property", "new_property_values[].property_name")],
        counts: &[("properties", "new_property_values[].property_name")],
        ..DEFAULT
    },
    Rule {
        event: "star",
        module: "REPO",
        reference: &["repository.full_name"],
        time: &[("starred_at", &["created"])],
        ..DEFAULT
    },
    Rule { event: "watch", module: "REPO", reference: &["repository.full_name"], ..DEFAULT },
];
