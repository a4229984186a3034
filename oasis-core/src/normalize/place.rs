//! Where a task id may stand, in the order in which the places are searched.

use std::ops::ControlFlow;

use super::explain::Searched;
use crate::event::Event;
use crate::json::Facts;
use crate::vtid::{Found, VtidSearch};

/// A kind of place. The order of the variants is the contract's: the first hit wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// A label that names the task; GCP writes it in small letters whatever its prefix is.
    Label,
    PrTitle,
    Branch,
    Commit,
    RunTitle,
    Tag,
    Body,
    Field,
}

impl Place {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::PrTitle => "pr_title",
            Self::Branch => "branch",
            Self::Commit => "commit",
            Self::RunTitle => "run_title",
            Self::Tag => "tag",
            Self::Body => "body",
            Self::Field => "field",
        }
    }
}

/// A search for task ids, and who wants to know what it saw.
pub(super) struct Seek<'s> {
    search: &'s VtidSearch,
    seen: Option<&'s mut Vec<Searched>>,
}

impl<'s> Seek<'s> {
    pub(super) fn quiet(search: &'s VtidSearch) -> Self {
        Self { search, seen: None }
    }

    /// Keeps what every place said.
    pub(super) fn telling(search: &'s VtidSearch, seen: &'s mut Vec<Searched>) -> Self {
        Self { search, seen: Some(seen) }
    }
}

/// How many other task ids an event names at most.
const MAX_RELATED: usize = 100;

/// How many ids are looked at for that, and in how many bytes of a text or a body's line one may
/// start. No title, branch or message that people write comes near; without a bound a MiB of ids
/// took 69 ms.
const MAX_LOOKED_AT: usize = 1000;
const MAX_SEARCHED: usize = 64 * 1024;

/// Gives an event its task: the id at the first place that has one. The layer follows it; where it
/// was found and which others were found stand in `meta`.
pub(super) fn assign_vtid(
    event: &mut Event,
    seek: &mut Seek<'_>,
    places: impl IntoIterator<Item = (Place, &'static str)>,
    facts: &Facts<'_>,
) {
    let mut main: Option<(Place, Found)> = None;
    let mut related: Vec<String> = Vec::new();
    let (search, mut looked_at) = (seek.search, 0);
    let mut enough = false;
    for (place, path) in places {
        if let Some(seen) = &mut seek.seen {
            seen.extend(Searched::all(search, place, path, facts));
        }
        if enough {
            continue;
        }
        let looked = each_found(search, place, path, facts, |found| {
            looked_at += 1;
            match &main {
                None => main = Some((place, found)),
                Some((_, first)) => {
                    let other = found.vtid().as_str();
                    if first.vtid() != found.vtid() && !related.iter().any(|id| id == other) {
                        related.push(other.to_owned());
                    }
                }
            }
            match looked_at < MAX_LOOKED_AT && related.len() < MAX_RELATED {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        });
        enough = looked.is_break();
    }
    if let Some((place, found)) = main {
        let (vtid, layer) = found.into_parts();
        if let Some(layer) = layer {
            event.layer = layer.into();
        }
        event.vtid = Some(vtid);
        event.meta.insert("vtid_source".into(), place.as_str().into());
    }
    if !related.is_empty() {
        event.meta.insert("related_vtids".into(), related.into());
    }
}

/// The task ids at a place, the one that counts most first, until it is enough.
fn each_found(
    search: &VtidSearch,
    place: Place,
    path: &str,
    facts: &Facts<'_>,
    mut found: impl FnMut(Found) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut texts = facts.texts(path);
    let mut all = |text: &str| search.find_starting(text, MAX_SEARCHED).try_for_each(&mut found);
    match place {
        Place::Label => texts.try_for_each(|text| all(&text.to_ascii_uppercase())),
        // GitHub lists commits from the oldest to the newest.
        Place::Commit => texts.rev().try_for_each(all),
        Place::Body => texts.try_for_each(|text| {
            search.find_in_body_starting(text, MAX_SEARCHED).try_for_each(&mut found)
        }),
        _ => texts.try_for_each(all),
    }
}
