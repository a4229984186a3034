//! Runs that were asked for by hand or from outside. The run itself reports how it ends.

use super::super::decide::Action;
use super::super::git_ref::GitRef;
use super::super::place::Place::{Branch, Field};
use super::rule::{DEFAULT, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "repository_dispatch",
        module: "DISPATCH",
        // The action is a word of the sender's own: it stands in `meta`.
        action: Action::Always("dispatched"),
        reference: &["branch"],
        vtid: &[(Branch, "branch"), (Field, "client_payload.vtid"), (Field, "client_payload.*")],
        meta: &[("branch", "branch")],
        ..DEFAULT
    },
    Rule {
        event: "workflow_dispatch",
        module: "DISPATCH",
        action: Action::Always("dispatched"),
        reference: &["ref"],
        link: &["{repository.html_url}/blob/HEAD/{workflow}"],
        git_ref: Some(GitRef { name: "ref", kind: None }),
        vtid: &[(Field, "inputs.vtid"), (Field, "inputs.*")],
        meta: &[("workflow", "workflow")],
        ..DEFAULT
    },
];
