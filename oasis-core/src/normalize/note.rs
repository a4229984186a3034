//! What stands at a place, in the form that an event keeps it in.

use std::borrow::Cow;

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
    /// Null, for a name that is always there.
    Null,
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
        Self { name, from, form }
    }

    /// All of these by their names, the first of each name looked for before those that stand in
    /// for it. What nobody knows of the names that are `always` there is null.
    pub(super) fn all(
        named: impl Iterator<Item = (&'static str, &'static str)>,
        always: &[&'static str],
    ) -> Vec<Self> {
        let nulls = always.iter().map(|name| Self { name, from: "", form: Form::Null });
        let mut all: Vec<Self> =
            named.map(|(name, from)| Self::new(name, from)).chain(nulls).collect();
        all.sort_by_key(|noted| noted.name);
        all
    }

    /// What is there of [`all`](Self::all) these, the first of each name. They come by their names,
    /// so the map is built without a search for each one's place.
    pub(super) fn kept(all: &[Self], facts: &Facts<'_>) -> Meta {
        let mut kept: Vec<(Cow<'static, str>, Value)> = Vec::with_capacity(all.len().min(18));
        for noted in all {
            if kept.last().is_some_and(|(name, _)| name == noted.name) {
                continue;
            }
            if let Some(value) = noted.value(facts) {
                kept.push((Cow::Borrowed(noted.name), value));
            }
        }
        Meta::from_iter(kept)
    }

    /// Keeps what stands there, unless something stands under this name already.
    pub(super) fn keep(&self, meta: &mut Meta, facts: &Facts<'_>) {
        if meta.get(self.name).is_none_or(Value::is_null)
            && let Some(value) = self.value(facts)
        {
            meta.insert(Cow::Borrowed(self.name), value);
        }
    }

    fn value(&self, facts: &Facts<'_>) -> Option<Value> {
        match self.form {
            Form::Branch => facts.text(self.from).and_then(git_ref::branch).map(shown),
            Form::Commit => facts.text(self.from).and_then(git_ref::sha).map(shown),
            Form::Number => facts.integer(self.from).map(Value::from),
            Form::Value => facts.value(self.from),
            Form::Text => template::fill(self.from, facts).as_deref().map(shown),
            Form::Null => Some(Value::Null),
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
