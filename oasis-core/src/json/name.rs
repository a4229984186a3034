//! The names of an object's members.

use std::borrow::Cow;

use super::scalar::decode;

/// How many bytes of a name are compared at once.
const HEAD: usize = 16;

/// A member's name, undecoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Name<'a> {
    /// The text from the name's first byte on.
    rest: &'a [u8],
    len: usize,
    escaped: bool,
}

impl<'a> Name<'a> {
    #[inline(always)]
    pub(super) fn new(rest: &'a [u8], len: usize, escaped: bool) -> Self {
        Self { rest, len, escaped }
    }

    /// A name that stands for itself.
    pub(super) fn plain(name: &'a str) -> Self {
        Self::new(name.as_bytes(), name.len(), false)
    }

    #[inline(always)]
    pub(super) fn is_escaped(self) -> bool {
        self.escaped
    }

    pub(super) fn decode(self) -> Cow<'a, str> {
        decode(str::from_utf8(self.raw()).unwrap_or_default(), self.escaped)
    }

    /// Its first bytes as one number, zeros behind a shorter name: there is no zero in one.
    #[inline(always)]
    pub(super) fn head(self) -> u128 {
        let head = match self.rest.first_chunk::<HEAD>() {
            Some(head) => u128::from_le_bytes(*head),
            None => self.last_head(),
        };
        head & MASKS.get(self.len).copied().unwrap_or(u128::MAX)
    }

    /// The same where less than that many bytes are left.
    #[cold]
    fn last_head(self) -> u128 {
        let bytes = self.rest.iter().rev();
        bytes.fold(0, |head, byte| head << 8 | u128::from(*byte))
    }

    /// Whether two names whose heads are the same are the same.
    #[inline(always)]
    pub(super) fn is_too(self, known: &str) -> bool {
        self.len <= HEAD || self.raw() == known.as_bytes()
    }

    fn raw(self) -> &'a [u8] {
        self.rest.get(..self.len).unwrap_or_default()
    }
}

/// The bits that a name of each length below [`HEAD`] fills.
const MASKS: [u128; HEAD] = {
    let mut masks = [0; HEAD];
    let mut len = 1;
    #[expect(clippy::indexing_slicing, reason = "at compile time")]
    while len < HEAD {
        masks[len] = u128::MAX >> (128 - 8 * len);
        len += 1;
    }
    masks
};
