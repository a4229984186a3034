//! The form of a rule: which places of a payload become which fields of an event.

use super::super::decide::{Action, Given, StatusRule};
use super::super::git_ref::GitRef;
use super::super::note::Noted;
use super::super::place::Place;
use super::super::template;
use crate::event::Status;
use crate::json::Shape;

/// How one of GitHub's events is read.
///
/// A place is a path such as `pull_request.head.ref`; `[]` runs through an array and `*` through
/// the members of an object. In `reference`, `link` and `meta` [templates](super::super::template)
/// may stand for a place; of several the first that can be filled wins.
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
    /// When it happened: a place, and after which actions it tells that. No action named is
    /// [`EVERY`] one. Where none tells, the time of receipt is nearer than an old time.
    pub(super) time: &'static [(&'static str, &'static [&'static str])],
    /// The ref that the event is about.
    pub(super) git_ref: Option<GitRef>,
    /// Where a task id may stand, in any order: [`Place`] knows the contract's.
    pub(super) vtid: &'static [(Place, &'static str)],
    /// Names in `meta` beside those of [`META`].
    pub(super) meta: &'static [(&'static str, &'static str)],
    /// Names in `meta` that only count under a condition.
    pub(super) meta_given: &'static [(Given, &'static str, &'static str)],
    /// Names in `meta` that say how many items an array has.
    pub(super) counts: &'static [(&'static str, &'static str)],
}

/// Every action but `deleted`: what is gone keeps the times of what came before.
pub(super) const EVERY: &[&str] = &[];

/// What `meta` holds of every event that has it.
pub(super) const META: &[(&str, &str)] = &[
    ("action", "action"),
    ("actor", "sender.login"),
    ("organization", "organization.login"),
    ("repository", "repository.full_name"),
    ("repository", "{repository.owner.login}/{repository.name}"),
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
    git_ref: None,
    vtid: &[],
    meta: &[],
    meta_given: &[],
    counts: &[],
};

/// Events that no rule names. GitHub builds new ones of the objects that are in others, so what
/// links events is read from them here too.
pub(super) static OTHER: Rule = Rule {
    reference: &["ref", "repository.full_name"],
    git_ref: Some(GitRef { name: "ref", kind: None }),
    vtid: &[
        (Place::PrTitle, "pull_request.title"),
        (Place::Branch, "pull_request.head.ref"),
        (Place::Branch, "workflow_run.head_branch"),
    ],
    meta: &[
        ("branch", "pull_request.head.ref"),
        ("branch", "workflow_run.head_branch"),
        ("pr_number", "pull_request.number"),
        ("pr_number", "workflow_run.pull_requests[].number"),
        ("run_attempt", "workflow_run.run_attempt"),
        ("run_id", "workflow_run.id"),
        ("sha", "pull_request.head.sha"),
        ("sha", "workflow_run.head_sha"),
    ],
    ..DEFAULT
};

/// A rule and the shape of what it reads.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) rule: &'static Rule,
    pub(super) shape: Shape,
    /// What `meta` holds whatever the payload says.
    pub(super) meta: Vec<Noted>,
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
            .flat_map(|(_, text)| template::paths(text));
        let conditional = rule
            .meta_given
            .iter()
            .flat_map(|(given, _, text)| template::paths(text).chain([given.path()]));
        let filled = rule.reference.iter().chain(rule.link).flat_map(|text| template::paths(text));
        let searched = rule.vtid.iter().map(|(_, path)| *path);
        let timed = rule.time.iter().map(|(path, _)| *path);
        let git_ref = rule.git_ref.as_ref();
        let referred = git_ref.map(|git_ref| git_ref.name);
        let paths = common
            .into_iter()
            .chain(named)
            .chain(conditional)
            .chain(filled)
            .chain(searched)
            .chain(timed)
            .chain(referred)
            .chain(git_ref.and_then(|git_ref| git_ref.kind))
            .chain(rule.action.paths())
            .chain(rule.status.paths());
        let mut places = rule.vtid.to_vec();
        for place in [Place::Branch, Place::Tag] {
            places.extend(referred.map(|path| (place, path)));
        }
        places.sort_by_key(|(place, _)| *place);
        let meta = Noted::all(META.iter().chain(rule.meta).copied(), &["repository"]);
        Self { rule, shape: Shape::of(paths), meta, places }
    }
}
