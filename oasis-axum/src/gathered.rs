//! A body that comes in parts.

use std::io;

use bytes::{Bytes, BytesMut};
use memmap2::MmapMut;

/// Up to so many bytes a body is kept in one buffer that grows, as most deliveries are.
const SMALL: usize = 64 * 1024;

/// How much of a longer one is kept together, in bytes, where nobody knows how long it will be.
const SEGMENT: usize = 256 * 1024;

/// What came of a body until now.
///
/// What is long lies in memory that the system gives for it and takes back as a whole. An allocator keeps
/// the holes that it would leave between small things, so that a process that is poured at with such
/// bodies grows for as long as that goes on; and one that has no more memory ends the process.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) length: usize,
    /// How long its sender says that it is. Whoever has sent more than a small body of it gets room for all
    /// of it: the system gives memory as it is written, and nothing is copied in the end.
    announced: usize,
    /// The first part, until a second one comes: most bodies come in one, which needs no copy.
    only: Bytes,
    small: BytesMut,
    segments: Vec<Segment>,
}

impl Gathered {
    /// Nothing yet of a body that is said to have so many bytes.
    pub(crate) fn of(announced: usize) -> Self {
        Self { announced, ..Self::default() }
    }

    /// Fails where the system has no memory for it.
    pub(crate) fn push(&mut self, part: Bytes) -> io::Result<()> {
        let had = self.length;
        self.length += part.len();
        if had == 0 {
            self.only = part;
            return Ok(());
        }
        let only = std::mem::take(&mut self.only);
        if self.length <= SMALL {
            self.small.extend_from_slice(&only);
            self.small.extend_from_slice(&part);
            return Ok(());
        }
        // `only` and `small` are never both there.
        let small = std::mem::take(&mut self.small);
        for part in [&only, small.as_ref(), part.as_ref()] {
            self.keep(part)?;
        }
        Ok(())
    }

    fn keep(&mut self, mut part: &[u8]) -> io::Result<()> {
        while !part.is_empty() {
            match self.segments.last_mut().filter(|last| last.room() > 0) {
                Some(last) => part = last.fill(part),
                None => self.segments.push(self.another()?),
            }
        }
        Ok(())
    }

    fn another(&self) -> io::Result<Segment> {
        if self.segments.is_empty()
            && self.length <= self.announced
            && let Ok(whole) = Segment::with_room(self.announced)
        {
            return Ok(whole);
        }
        Segment::with_room(SEGMENT)
    }

    /// All of it in one piece. Fails where the system has no memory for it.
    pub(crate) fn whole(self) -> io::Result<Bytes> {
        let Self { length, announced: _, only, small, mut segments } = self;
        if !only.is_empty() {
            return Ok(only);
        }
        if segments.len() <= 1 {
            return Ok(segments.pop().map_or_else(|| small.freeze(), Segment::freeze));
        }
        let mut whole = Segment::with_room(length)?;
        // Each one is free as soon as it is copied.
        for segment in segments {
            whole.fill(segment.written());
        }
        Ok(whole.freeze())
    }
}

/// Memory of the system's, written from its start.
#[derive(Debug)]
struct Segment {
    memory: MmapMut,
    length: usize,
}

impl Segment {
    fn with_room(bytes: usize) -> io::Result<Self> {
        Ok(Self { memory: MmapMut::map_anon(bytes)?, length: 0 })
    }

    fn room(&self) -> usize {
        self.memory.len() - self.length
    }

    /// Takes as much of this as there is room for, and gives the rest.
    fn fill<'p>(&mut self, part: &'p [u8]) -> &'p [u8] {
        let (fits, rest) = part.split_at(self.room().min(part.len()));
        let to = self.length + fits.len();
        if let Some(free) = self.memory.get_mut(self.length..to) {
            free.copy_from_slice(fits);
        }
        self.length = to;
        rest
    }

    fn written(&self) -> &[u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }

    fn freeze(self) -> Bytes {
        let length = self.length;
        Bytes::from_owner(self.memory).slice(..length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Mostly parts as a connection gives them, and some that are long.
    fn sizes() -> impl Strategy<Value = Vec<usize>> {
        prop::collection::vec(prop_oneof![0..SMALL / 2, 0..3 * SEGMENT], 0..6)
    }

    proptest! {
        #[test]
        fn a_body_is_its_parts_one_after_the_other(
            sizes in sizes(),
            // Whatever is said, what comes counts.
            announced in prop_oneof![Just(0), 0..12 * SEGMENT, Just(usize::MAX)],
        ) {
            let mut body = Vec::new();
            let mut gathered = Gathered::of(announced);
            for size in sizes {
                let part: Vec<u8> = (body.len()..).map(|n| (n % 251) as u8).take(size).collect();
                body.extend_from_slice(&part);
                gathered.push(part.into()).unwrap();
                prop_assert_eq!(gathered.length, body.len());
            }
            prop_assert_eq!(gathered.whole().unwrap(), body);
        }
    }

    #[test]
    fn a_body_that_is_as_long_as_its_sender_said_is_copied_once() {
        let length = 40 * SMALL;
        let mut gathered = Gathered::of(length);
        for _ in 0..40 {
            gathered.push(vec![7; SMALL].into()).unwrap();
        }
        let place = gathered.segments.first().map(|segment| segment.memory.as_ptr());
        let whole = gathered.whole().unwrap();
        assert_eq!((whole.len(), Some(whole.as_ptr())), (length, place));
    }

    #[test]
    fn a_body_that_is_longer_than_the_system_has_memory_is_told() {
        assert!(Segment::with_room(usize::MAX / 2).is_err());
    }
}
