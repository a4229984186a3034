//! What stands at a place, in the form that an event keeps it in.

use serde_json::Value;

use super::{git_ref, template};
use crate::event::Meta;
use crate::json::{Facts, clipped};
use crate::time::Timestamp;

/// A name in `meta`, and where what stands under it comes from.
#[derive(Debug)]
pub(super) struct Noted {
    name: &'static str,
    /// A place or a template.
    from: &'static str,
    form: Form,
    /// Whether something may stand under this name already.
    again: bool,
}

/// The names that later link events have one form, whatever the payload wrote.
#[derive(Debug)]
enum Form {
    Branch,
    Commit,
    Number,
    /// As it stands there: a number stays one.
    Value,
    /// The text that a template gives.
    Text,
}

impl Noted {
    pub(super) fn new(name: &'static str, from: &'static str) -> Self {
        let form = match name {
            "branch" | "base_branch" => Form::Branch,
            "sha" => Form::Commit,
            "pr_number" => Form::Number,
            _ if template::is_path(from) => Form::Value,
            _ => Form::Text,
        };
        Self { name, from, form, again: true }
    }

    /// All of these, the first of each name looked for before those that stand in for it.
    pub(super) fn all(named: impl Iterator<Item = (&'static str, &'static str)>) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for (name, from) in named {
            let again = name == "repository" || all.iter().any(|noted| noted.name == name);
            all.push(Self { again, ..Self::new(name, from) });
        }
        all
    }

    /// Keeps what stands there, unless something stands under this name already.
    pub(super) fn keep(&self, meta: &mut Meta, facts: &Facts<'_>) {
        if self.again && meta.get(self.name).is_some_and(|value| !value.is_null()) {
            return;
        }
        let value = match self.form {
            Form::Branch => facts.text(self.from).and_then(git_ref::branch).map(shown),
            Form::Commit => facts.text(self.from).and_then(git_ref::sha).map(shown),
            Form::Number => facts.integer(self.from).map(Value::from),
            Form::Value => facts.value(self.from),
            Form::Text => template::fill(self.from, facts).as_deref().map(shown),
        };
        if let Some(value) = value {
            meta.insert(self.name.to_owned(), value);
        }
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
