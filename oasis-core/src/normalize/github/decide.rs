//! How an event's facts decide its title's last part and its status: rows of data, read in order.

use std::borrow::Cow;

use super::super::template;
use super::ci;
use crate::event::{Meta, Status};
use crate::json::Facts;

/// A condition on a payload.
#[derive(Debug)]
pub(super) enum Given {
    /// This word stands at this place, in any letter case.
    Is(&'static str, &'static str),
    /// `true` stands at this place.
    True(&'static str),
    /// A text that isn't empty stands at this place.
    There(&'static str),
    /// No text stands at this place.
    Absent(&'static str),
}

impl Given {
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Is(path, word) => {
                facts.text(path).is_some_and(|text| text.eq_ignore_ascii_case(word))
            }
            Self::True(path) => facts.is_true(path),
            Self::There(path) => facts.text(path).is_some(),
            Self::Absent(path) => facts.text(path).is_none(),
        }
    }

    pub(super) fn path(&self) -> &'static str {
        match self {
            Self::Is(path, _) | Self::True(path) | Self::There(path) | Self::Absent(path) => path,
        }
    }
}

/// What follows when all its conditions hold; without a condition, always.
pub(super) type Row<T> = (&'static [Given], T);

fn holds(given: &[Given], facts: &Facts<'_>) -> bool {
    given.iter().all(|given| given.holds(facts))
}

/// Where the last part of a title comes from.
#[derive(Debug)]
pub(super) enum Action {
    /// The payload's `action`; without one the event's name.
    Named,
    /// Always this word.
    Always(&'static str),
    /// The first of these whose conditions hold and whose `{places}` are there; else as
    /// [`Action::Named`].
    First(&'static [Row<&'static str>]),
}

impl Action {
    pub(super) fn of<'f>(&self, facts: &'f Facts<'_>, kind: &'f str) -> Cow<'f, str> {
        let told = match self {
            Self::Named => None,
            Self::Always(word) => return Cow::Borrowed(word),
            Self::First(rows) => rows
                .iter()
                .filter(|(given, _)| holds(given, facts))
                .find_map(|(_, text)| template::fill_braces(text, facts)),
        };
        match told {
            Some(text) => Cow::Owned(text),
            None => Cow::Borrowed(facts.text("action").unwrap_or(kind)),
        }
    }

    pub(super) fn paths(&self) -> Vec<&'static str> {
        match self {
            Self::Named | Self::Always(_) => Vec::new(),
            Self::First(rows) => rows
                .iter()
                .flat_map(|(given, text)| {
                    let filled = template::braced(text);
                    given.iter().map(Given::path).chain(filled)
                })
                .collect(),
        }
    }
}

/// Where the status comes from.
#[derive(Debug)]
pub(super) enum StatusRule {
    Always(Status),
    /// Of a workflow run, a job, a check or a suite: see [`ci`].
    Ci {
        status: &'static str,
        conclusion: &'static str,
    },
    /// What the word at this place means, in any letter case.
    Word {
        place: &'static str,
        words: &'static [(&'static str, Status)],
        /// Of any other word, and of none.
        other: Status,
    },
    /// That of the first row whose conditions hold.
    First {
        rows: &'static [Row<Status>],
        other: Status,
    },
}

impl StatusRule {
    pub(super) fn of(&self, facts: &Facts<'_>, meta: &mut Meta) -> Status {
        match self {
            Self::Always(status) => *status,
            Self::Ci { status, conclusion } => {
                if facts.text(status) == Some("waiting") {
                    meta.insert("waiting".to_owned(), true.into());
                }
                ci::status(facts.text("action"), facts.text(status), facts.text(conclusion))
            }
            Self::Word { place, words, other } => {
                let text = facts.text(place).unwrap_or_default();
                words
                    .iter()
                    .find(|(word, _)| text.eq_ignore_ascii_case(word))
                    .map_or(*other, |(_, status)| *status)
            }
            Self::First { rows, other } => rows
                .iter()
                .find(|(given, _)| holds(given, facts))
                .map_or(*other, |(_, status)| *status),
        }
    }

    pub(super) fn paths(&self) -> Vec<&'static str> {
        match self {
            Self::Always(_) => Vec::new(),
            Self::Ci { status, conclusion } => vec![status, conclusion],
            Self::Word { place, .. } => vec![place],
            Self::First { rows, .. } => {
                rows.iter().flat_map(|(given, _)| given.iter().map(Given::path)).collect()
            }
        }
    }
}
