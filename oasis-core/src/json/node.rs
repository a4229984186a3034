//! The tree of the places that a rule wants from a payload.

use super::facts::Facts;
use super::name::Name;
use super::scalar::Scalar;
use super::scan::Scanner;
use super::{MAX_DEPTH, Unparsed};

/// One place in a payload and what is wanted of it.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The place itself, as the number of its path.
    pub(super) slot: Option<usize>,
    /// The place itself, if it is an object that is wanted as it was written.
    pub(super) whole: Option<usize>,
    /// What is wanted of its members, if it is an object.
    members: Option<Box<Members>>,
    /// Items, if it is an array.
    items: Option<Box<Node>>,
}

/// Members that are wanted of an object.
#[derive(Debug)]
struct Members {
    /// For each [`sort`] of name, one more than where its first member stands in `list`, which is in
    /// their order; most names have a sort that no member has.
    sorts: [u8; SORTS],
    /// Whether a member stands for any; see [`ANY`].
    any: bool,
    list: Vec<Member>,
}

#[derive(Debug)]
struct Member {
    name: &'static str,
    /// That of the name.
    head: u128,
    node: Node,
}

/// The start of a step of a path: whatever the member's name is, so long as it ends as the step
/// does and has no step of its own.
const ANY: char = '*';

impl Node {
    /// A place of which nothing is wanted.
    pub(super) const NONE: Self = Self { slot: None, whole: None, members: None, items: None };

    /// The place at a path.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        steps(path).try_fold(self, |node, step| node.members.as_ref()?.named(step))
    }

    pub(super) fn insert(&mut self, path: &'static str) -> &mut Self {
        let mut node = self;
        for step in steps(path) {
            let key = step.trim_end_matches("[]");
            let member = node.members.get_or_insert_default().insert(key);
            node = if step.ends_with("[]") { member.items.get_or_insert_default() } else { member };
        }
        node
    }

    /// Reads one value, `depth` levels deep. The recursion follows the wanted paths, never the body.
    pub(super) fn walk<'c, 'a: 'c>(
        &self,
        given: Scanner<'c, 'a>,
        depth: u32,
        facts: &mut Facts<'a>,
    ) -> Result<Scanner<'c, 'a>, Unparsed> {
        let mut scanner = given.own();
        match scanner.peek() {
            b'{' if let Some(members) = &self.members
                && depth < MAX_DEPTH =>
            {
                scanner.step();
                if scanner.accept(b'}') {
                    return Ok(scanner);
                }
                loop {
                    let name = scanner.name()?;
                    match members.of(name) {
                        Some(member) => scanner = member.walk(scanner, depth + 1, facts)?,
                        None => scanner.pass_value(depth + 1)?,
                    }
                    if !scanner.accept(b',') {
                        scanner.expect(b'}')?;
                        return Ok(scanner);
                    }
                }
            }
            b'[' if let Some(items) = &self.items
                && depth < MAX_DEPTH =>
            {
                scanner.step();
                if scanner.accept(b']') {
                    return Ok(scanner);
                }
                loop {
                    scanner = items.walk(scanner, depth + 1, facts)?;
                    if !scanner.accept(b',') {
                        scanner.expect(b']')?;
                        return Ok(scanner);
                    }
                }
            }
            b'{' if let Some(slot) = self.whole.filter(|_| facts.has_room()) => {
                let written = scanner.passed(|scanner| scanner.past_value(depth))?;
                facts.push(slot, Scalar::Object(written));
                Ok(scanner)
            }
            b'{' | b'[' => scanner.past_value(depth),
            _ => {
                match self.slot {
                    Some(slot) if facts.has_room() => facts.push(slot, scanner.scalar()?),
                    _ => scanner.pass_scalar()?,
                }
                Ok(scanner)
            }
        }
    }

    /// Puts all members below in their order, once they are there.
    pub(super) fn finish(&mut self) {
        if let Some(members) = &mut self.members {
            members.finish();
        }
        if let Some(items) = &mut self.items {
            items.finish();
        }
    }
}

impl Default for Members {
    fn default() -> Self {
        Self { sorts: [0; SORTS], any: false, list: Vec::new() }
    }
}

impl Members {
    fn insert(&mut self, name: &'static str) -> &mut Node {
        let known = self.list.iter().position(|member| member.name == name);
        let at = known.unwrap_or_else(|| {
            let head = Name::plain(name).head();
            self.list.push(Member { name, head, node: Node::default() });
            self.list.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "found or pushed just above")]
        &mut self.list[at].node
    }

    fn finish(&mut self) {
        self.list.sort_by_key(|member| sort(member.head));
        for (n, member) in self.list.iter().enumerate().rev() {
            if let Some(first) = self.sorts.get_mut(sort(member.head)) {
                // A member too many for a byte is looked for from the first one on.
                *first = u8::try_from(n + 1).unwrap_or(1);
            }
        }
        self.any = self.list.iter().any(|member| member.name.starts_with(ANY));
        for member in &mut self.list {
            member.node.finish();
        }
    }

    /// The member of this name, or else the one that stands for any.
    #[inline(always)]
    fn of(&self, name: Name<'_>) -> Option<&Node> {
        let head = name.head();
        let first = self.sorts.get(sort(head)).copied().unwrap_or_default();
        let alike = usize::from(first).checked_sub(1).and_then(|first| self.list.get(first..));
        let mut alike = alike.unwrap_or_default().iter();
        match alike.find(|member| member.head == head && name.is_too(member.name)) {
            Some(member) => Some(&member.node),
            None if self.any | name.is_escaped() => self.by_text(&name.decode()),
            None => None,
        }
    }

    #[cold]
    fn by_text(&self, name: &str) -> Option<&Node> {
        let stands_for = |any: &str| any.strip_prefix(ANY).is_some_and(|end| name.ends_with(end));
        let any = || self.list.iter().find(|member| stands_for(member.name));
        self.named(name).or_else(|| Some(&any()?.node))
    }

    fn named(&self, name: &str) -> Option<&Node> {
        self.list.iter().find(|member| member.name == name).map(|member| &member.node)
    }
}

const SORTS: usize = 128;

/// A number below [`SORTS`] for a name's [`head`](Name::head).
#[inline(always)]
fn sort(head: u128) -> usize {
    let mixed = (head as u64 ^ (head >> 61) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 57) as usize
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
