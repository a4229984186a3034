//! What stands at a place, in the form that an event keeps it in.

use serde_json::Value;

use super::{git_ref, template};
use crate::event::Meta;
use crate::json::{Facts, clipped};
use crate::time::Timestamp;

/// Keeps what a place or a template gives under this name, unless something stands there already.
pub(super) fn note(meta: &mut Meta, name: &str, path: &'static str, facts: &Facts<'_>) {
    if meta.get(name).is_some_and(|value| !value.is_null()) {
        return;
    }
    // The names that later link events have one form, whatever the payload wrote.
    let value = match name {
        "branch" | "base_branch" => facts.text(path).and_then(git_ref::branch).map(shown),
        "sha" => facts.text(path).and_then(git_ref::sha).map(shown),
        "pr_number" => facts.integer(path).map(Value::from),
        _ if template::is_path(path) => facts.value(path),
        _ => template::fill(path, facts).as_deref().map(shown),
    };
    if let Some(value) = value {
        meta.insert(name.to_owned(), value);
    }
}

/// A text as `meta` keeps it.
pub(super) fn shown(text: &str) -> Value {
    Value::from(clipped(text))
}

/// A moment in either of the two forms that payloads write: RFC 3339, or seconds since 1970. The
/// year 1 and the second 0 are how programs write that there is none.
pub(super) fn moment_at(facts: &Facts<'_>, path: &str) -> Option<Timestamp> {
    let written = match facts.text(path) {
        Some(text) => text.parse().ok(),
        None => facts.integer(path).map(Timestamp::from_unix_seconds),
    };
    written.filter(|&at| at > Timestamp::UNIX_EPOCH)
}
