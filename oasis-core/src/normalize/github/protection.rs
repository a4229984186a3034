//! What protects branches. Protection that is taken away deserves a look.

use super::super::decide::StatusRule;
use super::rule::{DEFAULT, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "branch_protection_rule",
        module: "PROTECTION",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("deleted", Status::Warning)],
            other: Status::Info,
        },
        reference: &["rule.name"],
        link: &["{repository.html_url}/settings/branches"],
        time: &[("rule.updated_at", &["created", "edited"])],
        meta: &[("rule", "rule.name"), ("rule_id", "rule.id")],
        ..DEFAULT
    },
    Rule {
        event: "branch_protection_configuration",
        module: "PROTECTION",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("disabled", Status::Warning)],
            other: Status::Info,
        },
        reference: &["repository.full_name"],
        link: &["{repository.html_url}/settings/branches"],
        ..DEFAULT
    },
    Rule {
        event: "repository_ruleset",
        module: "PROTECTION",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("deleted", Status::Warning)],
            other: Status::Info,
        },
        reference: &["repository_ruleset.name"],
        link: &["repository_ruleset._links.html.href"],
        time: &[("repository_ruleset.updated_at", &["created", "edited"])],
        meta: &[
            ("enforcement", "repository_ruleset.enforcement"),
            ("rule", "repository_ruleset.name"),
            ("rule_id", "repository_ruleset.id"),
            ("target", "repository_ruleset.target"),
        ],
        ..DEFAULT
    },
];
