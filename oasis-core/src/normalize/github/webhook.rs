//! The webhook itself.

use super::rule::{Action, DEFAULT, Rule};

pub(super) static RULES: &[Rule] = &[Rule {
    event: "ping",
    module: "WEBHOOK",
    action: Action::Always("ping"),
    reference: &["hook.type"],
    time: &["hook.updated_at", "hook.created_at"],
    meta: &[("hook_id", "hook_id"), ("zen", "zen")],
    ..DEFAULT
}];
