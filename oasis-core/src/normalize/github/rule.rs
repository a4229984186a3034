//! The form of a rule: which places of a payload become which fields of an event.

use std::borrow::Cow;

use super::super::place::Place;
use super::super::template;
use super::ci;
use crate::event::{Meta, Status};
use crate::json::{Facts, Shape};

/// How one of GitHub's events is read.
///
/// A place is a path such as `pull_request.head.ref`; `[]` runs through an array. `reference` and
/// `link` are [templates](super::super::template), the first that can be filled wins.
#[derive(Debug)]
pub(super) struct Rule {
    /// The event's name in `X-GitHub-Event`.
    pub(super) event: &'static str,
    pub(super) module: &'static str,
    /// The last part of the title.
    pub(super) action: Action,
    pub(super) status: StatusRule,
    pub(super) reference: &'static [&'static str],
    /// The repository's page stands behind these.
    pub(super) link: &'static [&'static str],
    /// When it happened.
    pub(super) time: &'static [&'static str],
    /// Where a task id may stand, in any order: [`Place`] knows the contract's.
    pub(super) vtid: &'static [(Place, &'static str)],
    /// Names in `meta` beside those of [`META`].
    pub(super) meta: &'static [(&'static str, &'static str)],
    /// Names in `meta` that say how many items an array has.
    pub(super) counts: &'static [(&'static str, &'static str)],
    /// Places that only `action` and `status` read.
    pub(super) reads: &'static [&'static str],
}

/// What `meta` holds of every event that has it.
pub(super) const META: &[(&str, &str)] = &[
    ("action", "action"),
    ("actor", "sender.login"),
    ("organization", "organization.login"),
    ("repository", "repository.full_name"),
];

/// What a rule starts from; what it doesn't say is this.
pub(super) const DEFAULT: Rule = Rule {
    event: "",
    module: "GITHUB",
    action: Action::Named,
    status: StatusRule::Always(Status::Info),
    reference: &[],
    link: &[],
    time: &[],
    vtid: &[],
    meta: &[],
    counts: &[],
    reads: &[],
};

/// Events that no rule names.
pub(super) static OTHER: Rule = Rule {
    reference: &["ref"],
    vtid: &[(Place::Branch, "ref")],
    ..DEFAULT
};

/// Where the last part of a title comes from.
#[derive(Debug)]
pub(super) enum Action {
    /// The payload's `action`; without one the event's name.
    Named,
    /// Always this word.
    Always(&'static str),
    /// What these facts make it.
    Told(fn(&Facts<'_>) -> Option<Cow<'static, str>>),
}

impl Action {
    pub(super) fn of<'f>(&self, facts: &'f Facts<'_>, kind: &'f str) -> Cow<'f, str> {
        let named = || Cow::Borrowed(facts.text("action").unwrap_or(kind));
        match self {
            Self::Named => named(),
            Self::Always(word) => Cow::Borrowed(word),
            Self::Told(tell) => tell(facts).unwrap_or_else(named),
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
    /// What these facts make it.
    Told(fn(&Facts<'_>) -> Status),
}

impl StatusRule {
    pub(super) fn of(&self, facts: &Facts<'_>, meta: &mut Meta) -> Status {
        match self {
            Self::Always(status) => *status,
            Self::Ci { status, conclusion } => {
                if facts.text(status) == Some("waiting") {
                    meta.insert("waiting".to_owned(), true.into());
                }
                ci::status(
                    facts.text("action"),
                    facts.text(status),
                    facts.text(conclusion),
                )
            }
            Self::Told(tell) => tell(facts),
        }
    }

    fn paths(&self) -> impl Iterator<Item = &'static str> {
        let paths = match self {
            Self::Ci { status, conclusion } => [Some(*status), Some(*conclusion)],
            Self::Always(_) | Self::Told(_) => [None, None],
        };
        paths.into_iter().flatten()
    }
}

/// A rule and the shape of what it reads.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) rule: &'static Rule,
    pub(super) shape: Shape,
    /// The rule's places for a task id in the order in which they are searched.
    pub(super) places: Vec<(Place, &'static str)>,
}

impl Compiled {
    pub(super) fn new(rule: &'static Rule) -> Self {
        let common = ["action", "repository.html_url"];
        let named = META
            .iter()
            .chain(rule.meta)
            .chain(rule.counts)
            .map(|(_, path)| *path);
        let filled = rule
            .reference
            .iter()
            .chain(rule.link)
            .flat_map(|text| template::paths(text));
        let searched = rule.vtid.iter().map(|(_, path)| *path);
        let read = rule.time.iter().chain(rule.reads).copied();
        let paths = common
            .into_iter()
            .chain(named)
            .chain(filled)
            .chain(searched)
            .chain(read);
        let mut places = rule.vtid.to_vec();
        places.sort_by_key(|(place, _)| *place);
        Self {
            rule,
            shape: Shape::of(paths.chain(rule.status.paths())),
            places,
        }
    }
}
