//! From a verified delivery to an event; what no rule knows is an event too.

mod github;
mod place;
mod template;

use crate::vtid::VtidSearch;

/// Makes events of verified deliveries; built once, used for every delivery.
///
/// ```
/// use oasis_core::{Normalizer, VtidScheme, VtidSearch};
///
/// // With task ids of one's own beside the default ones:
/// let search = VtidSearch::new([VtidScheme::canonical(), VtidScheme::numbered("PROJ", 1..=6)]);
/// let normalizer = Normalizer::new(search);
/// ```
#[derive(Debug)]
pub struct Normalizer {
    search: VtidSearch,
    github: github::GithubRules,
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
        Self { search, github: github::GithubRules::compile() }
    }
}
