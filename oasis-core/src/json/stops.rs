//! Where plain text ends, found for 512 bytes at a time.

use std::cell::Cell;

use fearless_simd::{Level, Simd, SimdFrom, dispatch, prelude::*, u8x64};

/// How many bytes are looked at together: a bit of a word for each.
const CHUNK: usize = WORDS * WORD;
const WORDS: usize = 8;
const WORD: usize = 64;

/// A text, and the stops of the chunk of it that was looked at last.
#[derive(Debug)]
pub(super) struct Chunks<'a> {
    text: &'a str,
    /// What the processor can do.
    level: Level,
    words: Cell<[u64; WORDS]>,
}

impl<'a> Chunks<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, level: Level::new(), words: Default::default() }
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }
}

/// The places of the bytes that no string holds as they are, from left to right: quotes,
/// backslashes and controls.
///
/// Each byte is looked at once, however many strings there are: most of a payload's are shorter
/// than a word has bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stops<'c> {
    chunks: &'c Chunks<'c>,
    /// Where the word starts that comes next.
    next: usize,
    /// The stops of the last of these that are still to come, the first byte's in the lowest bit.
    ahead: u64,
}

impl<'c> Stops<'c> {
    pub(super) fn new(chunks: &'c Chunks<'c>) -> Self {
        Self { chunks, next: 0, ahead: 0 }
    }

    #[inline(always)]
    pub(super) fn own(self) -> Self {
        let Self { chunks, next, ahead } = self;
        Self { chunks, next, ahead }
    }

    /// The place of the next stop; behind the last one, a place behind the end.
    #[inline(always)]
    pub(super) fn take(&mut self) -> usize {
        while self.ahead == 0 {
            self.begin_word();
        }
        let place = self.next - WORD + self.ahead.trailing_zeros() as usize;
        self.ahead &= self.ahead - 1;
        place
    }

    #[inline(always)]
    fn begin_word(&mut self) {
        let word = self.next / WORD % WORDS;
        if word == 0 {
            self.chunks.look_at(self.next);
        }
        let words = self.chunks.words.as_array_of_cells();
        self.ahead = words.get(word).map(Cell::get).unwrap_or_default();
        self.next += WORD;
    }
}

impl Chunks<'_> {
    #[inline(never)]
    fn look_at(&self, start: usize) {
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        self.words.set(stops(self.level, rest));
    }
}

/// The stops among the first bytes of these. What is behind the end counts as a stop, so that
/// there always is one.
#[inline(never)]
fn stops(level: Level, bytes: &[u8]) -> [u64; WORDS] {
    match bytes.first_chunk() {
        Some(chunk) => dispatch!(level, simd => bits(simd, chunk)),
        None => {
            let mut chunk = [b'"'; CHUNK];
            chunk.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            dispatch!(level, simd => bits(simd, &chunk))
        }
    }
}

/// One bit for each byte that is a stop.
#[inline(always)]
fn bits<S: Simd>(simd: S, chunk: &[u8; CHUNK]) -> [u64; WORDS] {
    let quote = u8x64::splat(simd, b'"');
    let backslash = u8x64::splat(simd, b'\\');
    let space = u8x64::splat(simd, b' ');
    let mut words = [0; WORDS];
    for (word, bytes) in words.iter_mut().zip(chunk.as_chunks::<WORD>().0) {
        let bytes = u8x64::simd_from(simd, *bytes);
        let stops = bytes.simd_eq(quote) | bytes.simd_eq(backslash) | bytes.simd_lt(space);
        *word = stops.to_bitmask();
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slowly(bytes: &[u8]) -> Vec<usize> {
        let stop = |&(_, &b): &(usize, &u8)| b == b'"' || b == b'\\' || b < 0x20;
        bytes.iter().enumerate().filter(stop).map(|(place, _)| place).collect()
    }

    /// Each set of instructions that this processor has.
    #[cfg(target_arch = "x86_64")]
    fn levels() -> Vec<Level> {
        let best = Level::new();
        let levels = [
            best.as_sse2().map(Simd::level),
            best.as_sse4_2().map(Simd::level),
            best.as_avx2().map(Simd::level),
            best.as_avx512().map(Simd::level),
        ];
        assert!(levels.iter().any(Option::is_some));
        levels.into_iter().flatten().collect()
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn levels() -> Vec<Level> {
        vec![Level::new()]
    }

    proptest! {
        #[test]
        fn stops_are_found_as_byte_by_byte(
            text in "([ -\u{ff}]{1,15}|[\\x00-\\x1f\\\\\"🚀]){0,160}",
        ) {
            for level in levels() {
                let chunks = Chunks { level, ..Chunks::of(&text) };
                let mut stops = Stops::new(&chunks);
                for place in slowly(text.as_bytes()) {
                    prop_assert_eq!(stops.take(), place);
                }
                // Behind the last one there is always another, and none of them is in the text.
                for _ in 0..2000 {
                    prop_assert!(stops.take() >= text.len());
                }
            }
        }
    }

    #[test]
    fn a_stop_at_each_place_around_a_block_s_end_is_found() {
        for place in (0..200).chain(500..530).chain(1020..1030) {
            for len in [place + 1, place + 2, place + 63, place + 64, place + 65] {
                let text: String = (0..len).map(|at| if at == place { '"' } else { 'a' }).collect();
                let chunks = Chunks::of(&text);
                assert_eq!(Stops::new(&chunks).take(), place, "{len}");
            }
        }
    }
}
