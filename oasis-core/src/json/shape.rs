//! The places that a rule wants from a payload, merged into one tree.

use super::facts::Facts;
use super::scan::{Scalar, Scanner};
use super::{MAX_DEPTH, Unparsed};

/// The paths that are wanted, such as `pull_request.head.ref`, `commits[].message` or `inputs.*`,
/// sorted, and the tree they form.
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
    /// Members, if it is an object; the name [`ANY`] is of those that have no place of their own.
    members: Vec<(&'static str, Node)>,
    /// Items, if it is an array.
    items: Option<Box<Node>>,
}

/// In a path: whatever the member's name is.
const ANY: &str = "*";

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
            root.insert(path).slot = Some(slot);
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
        let mut picked = Vec::with_capacity(self.paths.len());
        self.root.walk(&mut scanner, 0, &mut picked)?;
        match scanner.peek() {
            None => Ok(Facts::new(self, picked)),
            Some(_) => Err(scanner.fault()),
        }
    }
}

impl Node {
    fn insert(&mut self, path: &'static str) -> &mut Self {
        let mut node = self;
        for step in path.split('.') {
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
                let any = self.members.iter().find(|(name, _)| *name == ANY);
                loop {
                    let key = scanner.key()?;
                    match self.members.iter().find(|(name, _)| key.is(name)).or(any) {
                        Some((_, member)) => member.walk(scanner, depth + 1, picked)?,
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
}
