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
    /// Of each path whether it runs through an array.
    listed: Vec<bool>,
    written: Written,
    root: Node,
}

/// One place in a payload and what is wanted of it.
#[derive(Debug, Default)]
struct Node {
    /// The place itself, as the number of its path.
    slot: Option<usize>,
    /// The place itself, if it is an object that is wanted as it was written.
    whole: Option<usize>,
    /// For each [`sort`] of name, one more than where its first member stands in `members`, which are
    /// in their order; most names have a sort that no member has. Empty where there are no members.
    sorts: Vec<u8>,
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
        let number = |path: &&'static str| Some((*path, paths.binary_search(path).ok()?));
        let written = Written::of(all.iter().filter_map(number));
        let mut root = Node::default();
        for (slot, path) in paths.iter().enumerate() {
            match path.strip_suffix('!') {
                Some(path) => root.insert(path).whole = Some(slot),
                None => root.insert(path).slot = Some(slot),
            }
        }
        root.finish();
        let listed = paths.iter().map(|path| path.contains("[]")).collect();
        Self { paths, listed, written, root }
    }

    /// The number of a path.
    pub(super) fn slot(&self, path: &str) -> Option<usize> {
        if let Some(slot) = self.written.slot(path) {
            return Some(slot);
        }
        let slot = self.paths.binary_search(&path).ok();
        debug_assert!(slot.is_some(), "a rule reads {path} and does not declare it");
        slot
    }

    /// Whether a path runs through an array.
    pub(super) fn is_listed(&self, slot: usize) -> bool {
        self.listed.get(slot).copied().unwrap_or_default()
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
        let text = utf8(body)?;
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
        sorts: Vec::new(),
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
                        None => match scanner.peek() {
                            b'"' => drop(scanner.pass_string()?),
                            b'{' | b'[' => scanner.skip(depth + 1)?,
                            _ => scanner.pass_bare()?,
                        },
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
        self.members.sort_by_key(|(name, _)| sort(name.as_bytes()));
        self.sorts = vec![0; if self.members.is_empty() { 0 } else { SORTS }];
        for (n, (name, _)) in self.members.iter().enumerate().rev() {
            if let Some(first) = self.sorts.get_mut(sort(name.as_bytes())) {
                // A member too many for a byte is looked for from the first one on.
                *first = u8::try_from(n + 1).unwrap_or(1);
            }
        }
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
                let first = self.sorts.get(sort(name.as_bytes())).copied().unwrap_or_default();
                let alike = usize::from(first).checked_sub(1);
                let alike = alike.and_then(|first| self.members.get(first..)).unwrap_or_default();
                alike.iter().find(|(known, _)| *known == name)
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

/// Where in memory each path was written: who asks with the very text of a rule is answered without
/// a comparison of texts.
#[derive(Debug)]
struct Written {
    /// Address, length and the path's number; a row of entries that meet starts at the one that
    /// their address gives and ends before an empty one.
    entries: Vec<Option<(usize, usize, usize)>>,
}

impl Written {
    fn of(paths: impl Iterator<Item = (&'static str, usize)>) -> Self {
        let paths: Vec<_> = paths.collect();
        // Half of them stay empty, so that rows are short.
        let size = (paths.len() * 2 + 1).next_power_of_two();
        let mut written = Self { entries: vec![None; size] };
        for (path, slot) in paths {
            let free = written.row(path).find(|at| written.entries.get(*at) == Some(&None));
            if let Some(entry) = free.and_then(|at| written.entries.get_mut(at)) {
                *entry = Some((path.as_ptr().addr(), path.len(), slot));
            }
        }
        written
    }

    fn slot(&self, path: &str) -> Option<usize> {
        let entries = self.row(path).map_while(|at| *self.entries.get(at)?);
        let wanted = (path.as_ptr().addr(), path.len());
        entries.into_iter().find(|(at, len, _)| (*at, *len) == wanted).map(|(.., slot)| slot)
    }

    /// The places where a path's entry may be, the likeliest first.
    fn row(&self, path: &str) -> impl Iterator<Item = usize> + use<> {
        let last = self.entries.len() - 1;
        let first = path.as_ptr().addr().wrapping_mul(0x9e37_79b9) >> 7;
        (0..=last).map(move |n| (first + n) & last)
    }
}

const SORTS: usize = 128;

/// A number below [`SORTS`], by a name's length and its last two letters.
#[inline(always)]
fn sort(name: &[u8]) -> usize {
    let last = name.last_chunk::<2>().map_or(0, |last| u16::from_le_bytes(*last));
    let mixed = (u32::from(last) | (name.len() as u32) << 16).wrapping_mul(0x9e37_79b1);
    (mixed >> 25) as usize
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

/// The body as text.
fn utf8(body: &[u8]) -> Result<&str, Unparsed> {
    // The faster of the two does not say where a fault is.
    simdutf8::basic::from_utf8(body).or_else(|_| {
        std::str::from_utf8(body).map_err(|fault| Unparsed::NotUtf8(fault.valid_up_to()))
    })
}
