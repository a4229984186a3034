//! Where plain text ends, found for 512 bytes at a time.

use fearless_simd::{Level, Simd, SimdFrom, dispatch, prelude::*, u8x64};

/// How many bytes are looked at together: a bit of a word for each.
const CHUNK: usize = WORDS * WORD;
const WORDS: usize = 8;
const WORD: usize = 64;

/// The places of the bytes that no string holds as they are, from left to right: quotes,
/// backslashes and controls.
///
/// Each byte is looked at once, however many strings there are: most of a payload's are shorter
/// than a word has bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stops<'a> {
    bytes: &'a [u8],
    /// What the processor can do.
    level: Level,
    /// The stops of the chunk that was looked at last.
    words: [u64; WORDS],
    /// How many words were begun, of this chunk and all before it.
    begun: usize,
    /// The stops of the last of these that are still to come, the first byte's in the lowest bit.
    ahead: u64,
}

impl<'a> Stops<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, level: Level::new(), words: [0; WORDS], begun: 0, ahead: 0 }
    }

    /// The place of the next stop; behind the last one, a place behind the end.
    #[inline(always)]
    pub(super) fn take(&mut self) -> usize {
        while self.ahead == 0 {
            self.begin_word();
        }
        let place = (self.begun - 1) * WORD + self.ahead.trailing_zeros() as usize;
        self.ahead &= self.ahead - 1;
        place
    }

    #[inline(always)]
    fn begin_word(&mut self) {
        let word = self.begun % WORDS;
        if word == 0 {
            let rest = self.bytes.get(self.begun * WORD..).unwrap_or_default();
            self.words = stops(self.level, rest);
        }
        self.ahead = self.words.get(word).copied().unwrap_or_default();
        self.begun += 1;
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
            bytes in prop::collection::vec(
                prop_oneof![9 => 0x20_u8..=0xff, 1 => any::<u8>(), 1 => Just(b'\\')],
                0..1300,
            )
        ) {
            for level in levels() {
                let mut stops = Stops { level, ..Stops::new(&bytes) };
                for place in slowly(&bytes) {
                    prop_assert_eq!(stops.take(), place);
                }
                // Behind the last one there is always another, and none of them is in the text.
                for _ in 0..2000 {
                    prop_assert!(stops.take() >= bytes.len());
                }
            }
        }
    }

    #[test]
    fn a_stop_at_each_place_around_a_block_s_end_is_found() {
        for place in (0..200).chain(500..530).chain(1020..1030) {
            for len in [place + 1, place + 2, place + 63, place + 64, place + 65] {
                let mut bytes = vec![b'a'; len];
                bytes[place] = b'"';
                assert_eq!(Stops::new(&bytes).take(), place, "{len}");
            }
        }
    }
}
