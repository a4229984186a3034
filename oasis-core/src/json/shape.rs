//! The places that a rule wants from a payload, merged into one tree.

use super::facts::Facts;
use super::scan::{Quoted, Scalar, Scanner};
use super::{MAX_DEPTH, Unparsed};

/// The paths that are wanted, sorted, and the tree they form.
///
/// | path | what stands there |
/// | --- | --- |
/// | `pull_request.head.ref` | the value of a member |
/// | `commits[].message` | that of each item of an array |
/// | `inputs.*`, `inputs.*_VTID` | that of each member that has no path of its own; whose name ends so |
/// | `labels."run.googleapis.com/job"` | that of a member whose name has a dot in it |
/// | `data!` | an object as it was written, not read |
#[derive(Debug)]
pub(crate) struct Shape {
    paths: Vec<&'static str>,
    root: Node,
}

/// One place in a payload and what is wanted of it.
#[derive(Debug, Default)]
struct Node {
    /// The place itself, as the number of its path.
    slot: Option<usize>,
    /// The place itself, if it is an object that is wanted as it was written.
    whole: Option<usize>,
    /// Members, if it is an object; see [`ANY`].
    members: Vec<(&'static str, Node)>,
    /// Items, if it is an array.
    items: Option<Box<Node>>,
}

/// The start of a step of a path: whatever the member's name is, so long as it ends as the step
/// does and has no step of its own.
const ANY: char = '*';

/// How many values are kept of one payload. A push of the 2,048 commits that GitHub lists at
/// most has half as many.
const MAX_FACTS: usize = 16_384;

impl Shape {
    /// The tree of these paths; one that comes twice counts once.
    pub(crate) fn of(paths: impl IntoIterator<Item = &'static str>) -> Self {
        let mut paths: Vec<_> = paths.into_iter().collect();
        paths.sort_unstable();
        paths.dedup();
        let mut root = Node::default();
        for (slot, path) in paths.iter().enumerate() {
            match path.strip_suffix('!') {
                Some(path) => root.insert(path).whole = Some(slot),
                None => root.insert(path).slot = Some(slot),
            }
        }
        Self { paths, root }
    }

    /// The number of a path.
    pub(super) fn slot(&self, path: &str) -> Option<usize> {
        let slot = self.paths.binary_search(&path).ok();
        debug_assert!(slot.is_some(), "a rule reads {path} and does not declare it");
        slot
    }

    /// The facts that stand at these paths in a body.
    pub(crate) fn pick<'a>(&'a self, body: &'a [u8]) -> Result<Facts<'a>, Unparsed> {
        let mut facts = Facts::new(self);
        facts.read("", body)?;
        Ok(facts)
    }

    /// Reads a body that is an object as if it stood at this path, which has no `[]` in it.
    pub(super) fn read<'a>(
        &self,
        under: &str,
        body: &'a [u8],
        picked: &mut Vec<(usize, Scalar<'a>)>,
    ) -> Result<(), Unparsed> {
        let text = std::str::from_utf8(body).map_err(|e| Unparsed::NotUtf8(e.valid_up_to()))?;
        let mut scanner = Scanner::new(text);
        match scanner.peek() {
            None => return Err(Unparsed::Empty),
            Some(b'{') => {}
            Some(_) => {
                scanner.skip(0)?;
                return Err(scanner.peek().map_or(Unparsed::NotAnObject, |_| scanner.fault()));
            }
        }
        picked.reserve(self.paths.len().min(MAX_RESERVED));
        self.root.at(under).unwrap_or(&Node::NONE).walk(&mut scanner, 0, picked)?;
        match scanner.peek() {
            None => Ok(()),
            Some(_) => Err(scanner.fault()),
        }
    }
}

/// How many facts a payload is expected to hold at most.
const MAX_RESERVED: usize = 32;

impl Node {
    /// A place of which nothing is wanted.
    const NONE: Self = Self { slot: None, whole: None, members: Vec::new(), items: None };

    /// The place at a path.
    fn at(&self, path: &str) -> Option<&Self> {
        steps(path).try_fold(self, |node, step| {
            node.members.iter().find(|(name, _)| *name == step).map(|(_, member)| member)
        })
    }

    fn insert(&mut self, path: &'static str) -> &mut Self {
        let mut node = self;
        for step in steps(path) {
            let key = step.trim_end_matches("[]");
            let known = node.members.iter().position(|(name, _)| *name == key);
            let at = known.unwrap_or_else(|| {
                node.members.push((key, Self::default()));
                node.members.len() - 1
            });
            #[expect(clippy::indexing_slicing, reason = "found or pushed just above")]
            let member = &mut node.members[at].1;
            node = if step.ends_with("[]") { member.items.get_or_insert_default() } else { member };
        }
        node
    }

    /// Reads one value, `depth` levels deep. The recursion follows the wanted paths, never the body.
    fn walk<'a>(
        &self,
        scanner: &mut Scanner<'a>,
        depth: u32,
        picked: &mut Vec<(usize, Scalar<'a>)>,
    ) -> Result<(), Unparsed> {
        match scanner.peek() {
            Some(b'{') if !self.members.is_empty() && depth < MAX_DEPTH => {
                scanner.expect(b'{')?;
                if scanner.accept(b'}') {
                    return Ok(());
                }
                loop {
                    let key = scanner.key()?;
                    match self.member(key) {
                        Some(member) => member.walk(scanner, depth + 1, picked)?,
                        None => scanner.skip(depth + 1)?,
                    }
                    if !scanner.accept(b',') {
                        return scanner.expect(b'}');
                    }
                }
            }
            Some(b'[') if self.items.is_some() && depth < MAX_DEPTH => {
                let Some(items) = &self.items else {
                    return scanner.skip(depth);
                };
                scanner.expect(b'[')?;
                if scanner.accept(b']') {
                    return Ok(());
                }
                loop {
                    items.walk(scanner, depth + 1, picked)?;
                    if !scanner.accept(b',') {
                        return scanner.expect(b']');
                    }
                }
            }
            Some(b'{') if let Some(slot) = self.whole.filter(|_| picked.len() < MAX_FACTS) => {
                let written = scanner.taken(|scanner| scanner.skip(depth))?;
                picked.push((slot, Scalar::Object(written)));
                Ok(())
            }
            Some(b'{' | b'[') => scanner.skip(depth),
            _ => match self.slot {
                Some(slot) if picked.len() < MAX_FACTS => {
                    picked.push((slot, scanner.scalar()?));
                    Ok(())
                }
                _ => scanner.skip(depth),
            },
        }
    }

    /// The member of this name, or else the one that stands for any.
    fn member(&self, key: Quoted<'_>) -> Option<&Self> {
        let named = self.members.iter().find(|(name, _)| key.is(name));
        let member = named.or_else(|| {
            self.members.iter().find(|(name, _)| {
                name.strip_prefix(ANY).is_some_and(|end| key.decode().ends_with(end))
            })
        });
        member.map(|(_, member)| member)
    }
}

/// The steps of a path, without the quotes around a name with a dot in it.
fn steps(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(path).filter(|path| !path.is_empty());
    std::iter::from_fn(move || {
        let path = rest?;
        let quoted = path.strip_prefix('"').and_then(|path| path.split_once('"'));
        let (step, after) = match quoted {
            Some((name, after)) => (name, after.strip_prefix('.')),
            None => match path.split_once('.') {
                Some((step, after)) => (step, Some(after)),
                None => (path, None),
            },
        };
        rest = after;
        Some(step)
    })
}
