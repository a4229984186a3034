//! The places that a rule wants from a payload, merged into one tree.

use super::facts::Facts;
use super::scalar::{Quoted, Scalar};
use super::scan::Scanner;
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
    /// Where in memory a path was written, how long it is, and its number, sorted: who asks with
    /// the very text of a rule is answered without a comparison of texts.
    written: Vec<(usize, usize, usize)>,
    root: Node,
}

/// One place in a payload and what is wanted of it.
#[derive(Debug, Default)]
struct Node {
    /// The place itself, as the number of its path.
    slot: Option<usize>,
    /// The place itself, if it is an object that is wanted as it was written.
    whole: Option<usize>,
    /// The tags of the members' names, in the same order: most names differ in theirs.
    tags: Vec<u64>,
    /// Whether a member stands for any.
    any: bool,
    /// Members, if it is an object; see [`ANY`].
    members: Vec<(&'static str, Node)>,
    /// Items, if it is an array.
    items: Option<Box<Node>>,
}

/// The start of a step of a path: whatever the member's name is, so long as it ends as the step
/// does and has no step of its own.
const ANY: char = '*';

impl Shape {
    /// The tree of these paths; one that comes twice counts once.
    pub(crate) fn of(paths: impl IntoIterator<Item = &'static str>) -> Self {
        let all: Vec<_> = paths.into_iter().collect();
        let mut paths = all.clone();
        paths.sort_unstable();
        paths.dedup();
        let number = |path: &&'static str| {
            let slot = paths.binary_search(path).ok()?;
            Some((path.as_ptr().addr(), path.len(), slot))
        };
        let mut written: Vec<_> = all.iter().filter_map(number).collect();
        written.sort_unstable();
        written.dedup();
        let mut root = Node::default();
        for (slot, path) in paths.iter().enumerate() {
            match path.strip_suffix('!') {
                Some(path) => root.insert(path).whole = Some(slot),
                None => root.insert(path).slot = Some(slot),
            }
        }
        root.finish();
        Self { paths, written, root }
    }

    /// The number of a path.
    pub(super) fn slot(&self, path: &str) -> Option<usize> {
        let key = (path.as_ptr().addr(), path.len());
        let known = self.written.binary_search_by_key(&key, |(at, len, _)| (*at, *len));
        if let Some((.., slot)) = known.ok().and_then(|known| self.written.get(known)) {
            return Some(*slot);
        }
        let slot = self.paths.binary_search(&path).ok();
        debug_assert!(slot.is_some(), "a rule reads {path} and does not declare it");
        slot
    }

    /// How many paths there are.
    pub(super) fn len(&self) -> usize {
        self.paths.len()
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
        facts: &mut Facts<'a>,
    ) -> Result<(), Unparsed> {
        let text = std::str::from_utf8(body).map_err(|e| Unparsed::NotUtf8(e.valid_up_to()))?;
        let mut scanner = Scanner::new(text);
        if scanner.is_at_end() {
            return Err(Unparsed::Empty);
        }
        if scanner.peek() != b'{' {
            scanner.skip(0)?;
            let other = if scanner.is_at_end() { Unparsed::NotAnObject } else { scanner.fault() };
            return Err(other);
        }
        self.root.at(under).unwrap_or(&Node::NONE).walk(&mut scanner, 0, facts)?;
        if scanner.is_at_end() { Ok(()) } else { Err(scanner.fault()) }
    }
}

impl Node {
    /// A place of which nothing is wanted.
    const NONE: Self = Self {
        slot: None,
        whole: None,
        tags: Vec::new(),
        any: false,
        members: Vec::new(),
        items: None,
    };

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
        facts: &mut Facts<'a>,
    ) -> Result<(), Unparsed> {
        match scanner.peek() {
            b'{' if !self.members.is_empty() && depth < MAX_DEPTH => {
                scanner.step();
                if scanner.accept(b'}') {
                    return Ok(());
                }
                loop {
                    let key = scanner.key()?;
                    match self.member(key) {
                        Some(member) => member.walk(scanner, depth + 1, facts)?,
                        None => scanner.skip(depth + 1)?,
                    }
                    if !scanner.accept(b',') {
                        return scanner.expect(b'}');
                    }
                }
            }
            b'[' if self.items.is_some() && depth < MAX_DEPTH => {
                let Some(items) = &self.items else {
                    return scanner.skip(depth);
                };
                scanner.step();
                if scanner.accept(b']') {
                    return Ok(());
                }
                loop {
                    items.walk(scanner, depth + 1, facts)?;
                    if !scanner.accept(b',') {
                        return scanner.expect(b']');
                    }
                }
            }
            b'{' if let Some(slot) = self.whole.filter(|_| facts.has_room()) => {
                let written = scanner.passed(|scanner| scanner.skip(depth))?;
                facts.push(slot, Scalar::Object(written));
                Ok(())
            }
            b'{' | b'[' => scanner.skip(depth),
            _ => match self.slot {
                Some(slot) if facts.has_room() => {
                    facts.push(slot, scanner.scalar()?);
                    Ok(())
                }
                _ => scanner.skip(depth),
            },
        }
    }

    /// Fills in the tags, once all members are there.
    fn finish(&mut self) {
        self.tags = self.members.iter().map(|(name, _)| tag(name.as_bytes())).collect();
        self.any = self.members.iter().any(|(name, _)| name.starts_with(ANY));
        for (_, member) in &mut self.members {
            member.finish();
        }
        if let Some(items) = &mut self.items {
            items.finish();
        }
    }

    /// The member of this name, or else the one that stands for any.
    fn member(&self, key: Quoted<'_>) -> Option<&Self> {
        let named = match key.plain() {
            Some(name) => {
                let wanted = tag(name.as_bytes());
                let same = self.tags.iter().zip(&self.members).filter(|(tag, _)| **tag == wanted);
                same.map(|(_, member)| member).find(|(known, _)| *known == name)
            }
            None => self.members.iter().find(|(name, _)| key.is(name)),
        };
        let member = named.or_else(|| {
            if !self.any {
                return None;
            }
            self.members.iter().find(|(name, _)| {
                name.strip_prefix(ANY).is_some_and(|end| key.decode().ends_with(end))
            })
        });
        member.map(|(_, member)| member)
    }
}

/// A name's length and some of its letters.
fn tag(name: &[u8]) -> u64 {
    let mut tag = name.len() as u64;
    let half = name.len() / 2;
    for at in [0, half, name.len().saturating_sub(1)] {
        tag = tag << 8 | u64::from(name.get(at).copied().unwrap_or(0));
    }
    tag
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
