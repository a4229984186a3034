//! The webhook itself.

use super::super::decide::{Action, StatusRule};
use super::rule::{DEFAULT, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "ping",
        module: "WEBHOOK",
        action: Action::Always("ping"),
        reference: &["hook.type"],
        meta: &[("hook_id", "hook_id"), ("zen", "zen")],
        ..DEFAULT
    },
    Rule {
        event: "meta",
        module: "WEBHOOK",
        // This hook was removed: from here on the ledger is blind.
        status: StatusRule::Word {
            places: &["action"],
            words: &[("deleted", Status::Warning)],
            other: Status::Info,
        },
        reference: &["hook {hook_id}"],
        link: &["repository.html_url", "organization.html_url"],
        meta: &[("hook_id", "hook_id"), ("hook_type", "hook.type")],
        ..DEFAULT
    },
];
