//! What only an installed GitHub Enterprise Server tells of itself.

use super::super::git_ref::GitRef;
use super::rule::{DEFAULT, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "cache_sync",
        module: "SERVER",
        reference: &["ref", "cache_location"],
        git_ref: Some(GitRef { name: "ref", kind: None }),
        meta: &[("before", "before"), ("cache_location", "cache_location"), ("sha", "after")],
        ..DEFAULT
    },
    Rule {
        event: "enterprise",
        module: "SERVER",
        reference: &["enterprise.name", "enterprise.slug"],
        link: &["enterprise.html_url"],
        ..DEFAULT
    },
];
