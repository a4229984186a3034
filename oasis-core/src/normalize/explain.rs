//! Why an event has the task that it has, or none.

use super::Normalizer;
use super::place::{Place, Seek};
use crate::arrival::Arrival;
use crate::event::Event;
use crate::json::{Facts, clipped};
use crate::verify::{Verified, VerifiedPush};
use crate::vtid::{Candidate, VtidSearch};

/// An event, and what was seen in the search for its task.
///
/// ```
/// use oasis_core::{Arrival, Normalizer, Timestamp, verify::danger};
///
/// let body = br#"{"ref":"refs/heads/DEV-CICDL-31"}"#;
/// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
/// let told = Normalizer::default().explain_github(&danger::trust_github("push", "d", body), arrival);
/// assert!(told.event.vtid.is_none());
/// assert_eq!(told.searched.len(), 1, "nothing else in it is searched");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Explained {
    /// What the delivery becomes.
    pub event: Event,
    /// Every text that was searched, in the order of the search. The task is in the first one that
    /// has an id, by the first scheme that finds one there; the other ids are related ones.
    pub searched: Vec<Searched>,
}

/// A text of a payload in which a task id was looked for.
///
/// ```
/// use oasis_core::{Arrival, Normalizer, Timestamp, verify::danger};
///
/// let body = br#"{"ref":"refs/heads/DEV-CICDL-31"}"#;
/// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
/// let told = Normalizer::default().explain_github(&danger::trust_github("push", "d", body), arrival);
/// let searched = &told.searched[0];
/// assert_eq!((searched.place, searched.path, searched.candidates.len()), ("branch", "ref", 1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Searched {
    /// What kind of place it is, as `meta.vtid_source` names it: `pr_title`, `branch` …
    pub place: &'static str,
    /// Where it stands in the payload, such as `pull_request.title`; `[]` runs through an array.
    pub path: &'static str,
    /// What stands there; of a long text its start.
    pub text: String,
    /// What in it looked like an id, and what became of that.
    pub candidates: Vec<Candidate>,
}

impl Normalizer {
    /// The event that a delivery of GitHub's becomes, and why it has its task or none.
    ///
    /// ```
    /// use oasis_core::{Arrival, Normalizer, Rejection, Timestamp, verify::danger};
    ///
    /// let body = br#"{"ref":"refs/heads/DEV-CICDL-31","commits":[{"message":"for VTID-0042"}]}"#;
    /// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
    /// let told = Normalizer::default().explain_github(&danger::trust_github("push", "d", body), arrival);
    /// assert_eq!(told.event.vtid.unwrap().as_str(), "VTID-0042");
    /// let branch = &told.searched[0];
    /// assert_eq!((branch.place, branch.path), ("branch", "ref"));
    /// assert_eq!(branch.candidates[0].verdict, Err(Rejection::TooFewDigits));
    /// ```
    #[must_use]
    pub fn explain_github(&self, verified: &Verified<'_>, arrival: Arrival) -> Explained {
        self.explain(|seek| self.github_with(verified, arrival, seek))
    }

    /// The event that a delivery of Pub/Sub's or Eventarc's becomes, and why it has its task or
    /// none.
    #[must_use]
    pub fn explain_gcp(&self, verified: &VerifiedPush<'_>, arrival: Arrival) -> Explained {
        self.explain(|seek| self.gcp_with(verified, arrival, seek))
    }

    fn explain(&self, read: impl FnOnce(&mut Seek<'_>) -> Event) -> Explained {
        let mut searched = Vec::new();
        let event = read(&mut Seek::telling(&self.search, &mut searched));
        Explained { event, searched }
    }
}

impl Searched {
    /// The texts at a place, as the search goes through them.
    pub(super) fn all(
        search: &VtidSearch,
        place: Place,
        path: &'static str,
        facts: &Facts<'_>,
    ) -> Vec<Self> {
        let mut all: Vec<_> = facts
            .texts(path)
            .map(|text| Self {
                place: place.as_str(),
                path,
                text: clipped(text),
                candidates: match place {
                    Place::Label => search.explain(&text.to_ascii_uppercase()),
                    Place::Body => search.explain_in_body(text),
                    _ => search.explain(text),
                },
            })
            .collect();
        if place == Place::Commit {
            all.reverse();
        }
        all
    }
}
