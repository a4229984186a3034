//! Names of branches, tags and commits in the forms that GitHub writes them.

use super::place::Place;
use crate::json::Facts;

/// A place that holds a Git ref. It is searched for a task id as what it is, and stands in `meta`
/// as `branch` or `tag`.
#[derive(Debug)]
pub(super) struct GitRef {
    /// `refs/heads/main`, `refs/tags/v1`, or a bare name.
    pub(super) name: &'static str,
    /// Where the word `branch` or `tag` says what a bare name is.
    pub(super) kind: Option<&'static str>,
}

impl GitRef {
    /// Whether it is a branch or a tag; `None` where the payload doesn't say.
    pub(super) fn place(&self, facts: &Facts<'_>) -> Option<Place> {
        let name = facts.text(self.name).filter(|name| !short(name).is_empty())?;
        let told = self.kind.and_then(|kind| facts.text(kind));
        match (name, told) {
            (name, _) if name.starts_with(HEADS) => Some(Place::Branch),
            (name, _) if name.starts_with(TAGS) => Some(Place::Tag),
            (_, Some("branch")) => Some(Place::Branch),
            (_, Some("tag")) => Some(Place::Tag),
            _ => None,
        }
    }
}

const HEADS: &str = "refs/heads/";
const TAGS: &str = "refs/tags/";

/// A branch or tag without its folder.
pub(super) fn short(name: &str) -> &str {
    name.strip_prefix(HEADS).or_else(|| name.strip_prefix(TAGS)).unwrap_or(name)
}

/// The branch that a text names; `None` for a tag, a pull request's own ref and a commit.
pub(super) fn branch(name: &str) -> Option<&str> {
    let branch = name.strip_prefix(HEADS).unwrap_or(name);
    let other = branch.is_empty() || branch.starts_with("refs/") || is_commit(branch);
    (!other).then_some(branch)
}

/// The commit that a text names; `None` for the zeros that stand for none.
pub(super) fn sha(text: &str) -> Option<&str> {
    let zeros = text.bytes().all(|b| b == b'0');
    (!zeros).then_some(text)
}

/// GitHub lets no branch have such a name.
fn is_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_a_branch_and_nothing_else() {
        assert_eq!(branch("refs/heads/vt/a"), Some("vt/a"));
        assert_eq!(branch("main"), Some("main"));
        assert_eq!(branch("refs/tags/v1"), None);
        assert_eq!(branch("refs/heads/"), None);
        assert_eq!(branch("refs/pull/7/merge"), None);
        assert_eq!(branch(&"0a".repeat(20)), None);
        assert_eq!(sha(&"0".repeat(40)), None);
        assert_eq!(sha("0a"), Some("0a"));
        assert_eq!(short("refs/tags/v1"), "v1");
        assert_eq!(short("refs/pull/7/merge"), "refs/pull/7/merge");
    }
}
