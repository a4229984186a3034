//! How an event's facts decide its title's last part and its status: rows of data, read in order.

use std::borrow::Cow;

use super::{conclusion, template};
use crate::event::{Meta, Status};
use crate::json::Facts;

/// A condition on a payload.
#[derive(Debug)]
pub(super) enum Given {
    /// This word stands at this place, in any letter case.
    Is(&'static str, &'static str),
    /// This is a part of the text at this place, to the letter.
    Contains(&'static str, &'static str),
    /// A number other than zero stands at this place.
    Nonzero(&'static str),
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
            Self::Contains(path, part) => facts.text(path).is_some_and(|text| text.contains(part)),
            Self::Nonzero(path) => facts.integer(path).is_some_and(|number| number != 0),
            Self::True(path) => facts.is_true(path),
            Self::There(path) => facts.text(path).is_some(),
            Self::Absent(path) => facts.text(path).is_none(),
        }
    }

    pub(super) fn path(&self) -> &'static str {
        match self {
            Self::Is(path, _)
            | Self::Contains(path, _)
            | Self::Nonzero(path)
            | Self::True(path)
            | Self::There(path)
            | Self::Absent(path) => path,
        }
    }
}

/// What follows when all its conditions hold; without a condition, always.
pub(super) type Row<T> = (&'static [Given], T);

/// Whether all of these hold.
pub(super) fn holds(given: &[Given], facts: &Facts<'_>) -> bool {
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
    /// The word that belongs to the status; else what this template gives.
    OfStatus(&'static [(Status, &'static str)], &'static str),
}

impl Action {
    pub(super) fn of<'f>(
        &self,
        facts: &'f Facts<'_>,
        status: Status,
        kind: &'f str,
    ) -> Cow<'f, str> {
        let told = match self {
            Self::Named => None,
            Self::Always(word) => return Cow::Borrowed(word),
            Self::OfStatus(words, other) => match words.iter().find(|(of, _)| *of == status) {
                Some((_, word)) => return Cow::Borrowed(word),
                None => return Cow::Owned(template::fill_braces(other, facts).unwrap_or_default()),
            },
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
            Self::OfStatus(_, other) => template::braced(other).collect(),
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
    /// Of a workflow run, a job, a check or a suite: see [`conclusion`].
    Ci {
        status: &'static str,
        conclusion: &'static str,
    },
    /// What the word at the first of these places that has one means, in any letter case.
    Word {
        places: &'static [&'static str],
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
                    meta.insert("waiting".into(), true.into());
                }
                conclusion::status(facts.text("action"), facts.text(status), facts.text(conclusion))
            }
            Self::Word { places, words, other } => {
                let mut texts = places.iter().filter_map(|place| facts.text(place));
                let text = texts.next().unwrap_or_default();
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
            Self::Word { places, .. } => places.to_vec(),
            Self::First { rows, .. } => {
                rows.iter().flat_map(|(given, _)| given.iter().map(Given::path)).collect()
            }
        }
    }
}
