//! The places that a rule wants from a payload, merged into one tree.

use super::Unparsed;
use super::facts::Facts;
use super::node::Node;
use super::scan::Scanner;
use super::stops::Chunks;

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
        let chunks = Chunks::of(text);
        let mut scanner = Scanner::new(&chunks);
        if scanner.is_at_end() {
            return Err(Unparsed::Empty);
        }
        if scanner.peek() != b'{' {
            scanner = scanner.past_value(0)?;
            let other = if scanner.is_at_end() { Unparsed::NotAnObject } else { scanner.fault() };
            return Err(other);
        }
        scanner = self.root.at(under).unwrap_or(&Node::NONE).walk(scanner, 0, facts)?;
        if scanner.is_at_end() { Ok(()) } else { Err(scanner.fault()) }
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

/// The body as text.
fn utf8(body: &[u8]) -> Result<&str, Unparsed> {
    // The faster of the two does not say where a fault is.
    simdutf8::basic::from_utf8(body).or_else(|_| {
        std::str::from_utf8(body).map_err(|fault| Unparsed::NotUtf8(fault.valid_up_to()))
    })
}
