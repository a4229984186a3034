//! A body that comes in parts.

use bytes::{Bytes, BytesMut};

/// How much of it is kept together, in bytes. One buffer that grows would be copied each time it
/// does, and the allocator would keep the holes that it leaves.
const SEGMENT: usize = 64 * 1024;

/// What came of a body until now.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) length: usize,
    /// The first part, until a second one comes: most bodies come in one, which needs no copy.
    only: Bytes,
    full: Vec<Bytes>,
    open: BytesMut,
}

impl Gathered {
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
                let room = SEGMENT.saturating_sub(self.open.len()).min(part.len());
                self.open.extend_from_slice(&part.split_to(room));
                if self.open.len() >= SEGMENT {
                    let full = std::mem::replace(&mut self.open, BytesMut::with_capacity(SEGMENT));
                    self.full.push(full.freeze());
                }
            }
        }
    }

    /// All of it in one piece.
    pub(crate) fn whole(self) -> Bytes {
        let Self { length, only, full, open } = self;
        if !only.is_empty() {
            return only;
        }
        if full.is_empty() {
            return open.freeze();
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
        ) {
            let mut body = Vec::new();
            let mut gathered = Gathered::default();
            for size in sizes {
                let part: Vec<u8> = (body.len()..).map(|n| (n % 251) as u8).take(size).collect();
                body.extend_from_slice(&part);
                gathered.push(part.into());
                prop_assert_eq!(gathered.length, body.len());
            }
            prop_assert_eq!(gathered.whole(), body);
        }
    }
}
