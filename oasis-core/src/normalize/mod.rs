//! From a verified delivery to an event, where what no rule knows is an event too; and from what a
//! client sends, where it can be told what is wrong.

mod agent;
mod conclusion;
mod decide;
mod explain;
mod gcp;
mod git_ref;
mod github;
mod note;
mod place;
#[cfg(test)]
mod table;
mod template;

pub use agent::{Heartbeat, PayloadError, claimed_delivery_id};
pub use explain::{Explained, Searched};

use std::sync::{Arc, LazyLock};

use crate::event::{Event, Status};
use crate::vtid::{Vtid, VtidSearch};

/// Makes events of verified deliveries; built once, used for every delivery. What it makes of a rule, at the
/// first event that needs it, it keeps, and shares with its clones.
///
/// ```
/// use oasis_core::{Normalizer, VtidScheme, VtidSearch};
///
/// // With task ids of one's own beside the default ones:
/// let search = VtidSearch::new([VtidScheme::canonical(), VtidScheme::numbered("PROJ", 1..=6)]);
/// let normalizer = Normalizer::new(search);
/// ```
#[derive(Debug, Clone)]
pub struct Normalizer {
    search: VtidSearch,
    github: Arc<github::GithubRules>,
    gcp: Arc<LazyLock<gcp::GcpRules>>,
}

impl Default for Normalizer {
    fn default() -> Self {
        Self::new(VtidSearch::default())
    }
}

impl Normalizer {
    /// A normaliser that looks for these task ids.
    #[must_use]
    pub fn new(search: VtidSearch) -> Self {
        Self {
            search,
            github: Arc::new(github::GithubRules::new()),
            gcp: Arc::new(LazyLock::new(gcp::GcpRules::compile)),
        }
    }

    /// The layer word of a task id, if its scheme has one.
    pub(crate) fn layer_of(&self, vtid: &Vtid) -> Option<String> {
        self.search.find(vtid.as_str())?.layer().map(str::to_owned)
    }
}

/// Makes an event of what can't be read: somebody should look, and nothing is lost.
fn unparsed(event: &mut Event, reason: String) {
    event.status = Status::Warning;
    event.meta.insert("unparsed".into(), reason.into());
    event.retitle("UNPARSED");
}
