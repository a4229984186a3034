//! How much a client is written at once.

use bytes::{Bytes, BytesMut};

/// How many bytes a client takes at once. One that doesn't read holds these and no more, however far
/// behind it is.
pub(super) const MAX_WRITE: usize = 64 * 1024;

/// How many of these frames one write has place for: the first in any case.
pub(super) fn fitting<'a>(frames: impl Iterator<Item = &'a Bytes>) -> usize {
    let ends = frames.scan(0, |end, frame| {
        *end += frame.len();
        Some(*end)
    });
    ends.take_while(|end| *end <= MAX_WRITE).count().max(1)
}

/// These frames as one write.
pub(super) fn joined<'a>(frames: impl Iterator<Item = &'a Bytes> + Clone) -> Bytes {
    let mut joined = BytesMut::with_capacity(frames.clone().map(Bytes::len).sum());
    frames.for_each(|frame| joined.extend_from_slice(frame));
    joined.freeze()
}
