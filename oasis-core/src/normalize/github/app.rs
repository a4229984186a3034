//! GitHub Apps and what they may see.

use super::super::decide::StatusRule;
use super::rule::{DEFAULT, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "installation",
        module: "APP",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("deleted", Status::Warning), ("suspend", Status::Warning)],
            other: Status::Info,
        },
        reference: &["installation.account.login"],
        link: &["installation.html_url"],
        time: &[
            ("installation.created_at", &["created"]),
            ("installation.suspended_at", &["suspend"]),
        ],
        meta: &[
            ("account", "installation.account.login"),
            ("app", "installation.app_slug"),
            ("installation_id", "installation.id"),
        ],
        counts: &[("repositories", "repositories[].id")],
        ..DEFAULT
    },
    Rule {
        event: "installation_repositories",
        module: "APP",
        reference: &["installation.account.login"],
        link: &["installation.html_url"],
        meta: &[
            ("account", "installation.account.login"),
            ("app", "installation.app_slug"),
            ("installation_id", "installation.id"),
        ],
        counts: &[
            ("repositories_added", "repositories_added[].id"),
            ("repositories_removed", "repositories_removed[].id"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "integration_installation",
        module: "APP",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("deleted", Status::Warning)],
            other: Status::Info,
        },
        reference: &["installation.account.login"],
        link: &["installation.html_url"],
        time: &[("installation.created_at", &["created"])],
        meta: &[
            ("account", "installation.account.login"),
            ("app", "installation.app_slug"),
            ("installation_id", "installation.id"),
        ],
        counts: &[("repositories", "repositories[].id")],
        ..DEFAULT
    },
    Rule {
        event: "integration_installation_repositories",
        module: "APP",
        reference: &["installation.account.login"],
        link: &["installation.html_url"],
        meta: &[
            ("account", "installation.account.login"),
            ("app", "installation.app_slug"),
            ("installation_id", "installation.id"),
        ],
        counts: &[
            ("repositories_added", "repositories_added[].id"),
            ("repositories_removed", "repositories_removed[].id"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "github_app_authorization",
        module: "APP",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("revoked", Status::Warning)],
            other: Status::Info,
        },
        reference: &["sender.login"],
        link: &["sender.html_url"],
        ..DEFAULT
    },
];
