//! A body that comes in parts.

use bytes::{Bytes, BytesMut};

/// How much of it is kept together, in bytes, where nobody knows how long it will be. One buffer that
/// grows would be copied each time it does, and the allocator would keep the holes that it leaves.
const SEGMENT: usize = 64 * 1024;

/// What came of a body until now.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) length: usize,
    /// How long its sender says that it is. Whoever has sent a segment of so long a body gets room for
    /// all of it: the system gives memory as it is written, and nothing is copied in the end.
    announced: usize,
    /// The first part, until a second one comes: most bodies come in one, which needs no copy.
    only: Bytes,
    full: Vec<Bytes>,
    open: BytesMut,
}

impl Gathered {
    /// Nothing yet of a body that is said to have so many bytes.
    pub(crate) fn of(announced: usize) -> Self {
        Self { announced, ..Self::default() }
    }

    pub(crate) fn push(&mut self, part: Bytes) {
        let first = self.length == 0;
        self.length += part.len();
        if first {
            self.only = part;
            return;
        }
        let only = std::mem::take(&mut self.only);
        for mut part in [only, part] {
            while !part.is_empty() {
                let segment = SEGMENT.max(self.open.capacity());
                let room = segment.saturating_sub(self.open.len()).min(part.len());
                self.open.extend_from_slice(&part.split_to(room));
                if self.open.len() >= segment {
                    self.go_on();
                }
            }
        }
    }

    /// The open segment is full.
    fn go_on(&mut self) {
        if self.full.is_empty() && self.open.len() < self.announced {
            let mut whole = BytesMut::with_capacity(self.announced);
            whole.extend_from_slice(&self.open);
            self.open = whole;
            return;
        }
        let full = std::mem::replace(&mut self.open, BytesMut::with_capacity(SEGMENT));
        self.full.push(full.freeze());
    }

    /// All of it in one piece.
    pub(crate) fn whole(self) -> Bytes {
        let Self { length, announced: _, only, full, open } = self;
        if !only.is_empty() {
            return only;
        }
        if full.is_empty() {
            return open.freeze();
        }
        if let [whole] = full.as_slice()
            && open.is_empty()
        {
            return whole.clone();
        }
        let mut whole = BytesMut::with_capacity(length);
        // Each one is free as soon as it is copied.
        for segment in full {
            whole.extend_from_slice(&segment);
        }
        whole.extend_from_slice(&open);
        whole.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_body_is_its_parts_one_after_the_other(
            sizes in prop::collection::vec(0..3 * SEGMENT, 0..6),
            // Whatever is said, what comes counts.
            announced in prop_oneof![Just(0), 0..12 * SEGMENT],
        ) {
            let mut body = Vec::new();
            let mut gathered = Gathered::of(announced);
            for size in sizes {
                let part: Vec<u8> = (body.len()..).map(|n| (n % 251) as u8).take(size).collect();
                body.extend_from_slice(&part);
                gathered.push(part.into());
                prop_assert_eq!(gathered.length, body.len());
            }
            prop_assert_eq!(gathered.whole(), body);
        }
    }

    #[test]
    fn a_body_that_is_as_long_as_its_sender_said_is_copied_once() {
        let length = 40 * SEGMENT;
        let mut gathered = Gathered::of(length);
        let mut place = None;
        for _ in 0..40 {
            gathered.push(vec![7; SEGMENT].into());
            let open = gathered.open.as_ptr();
            if gathered.length > 2 * SEGMENT && gathered.length < length {
                assert_eq!(*place.get_or_insert(open), open);
            }
        }
        let whole = gathered.whole();
        assert_eq!((whole.len(), Some(whole.as_ptr())), (length, place));
    }
}
