//! Where plain text ends, found a block of 64 bytes at a time.

/// How many bytes are looked at together: one bit of a word for each.
const BLOCK: usize = 64;

/// The places of the bytes that no string holds as they are, from left to right: quotes,
/// backslashes and controls.
///
/// Each block is looked at once, however many strings stand in it: most of a payload's are shorter
/// than one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stops<'a> {
    bytes: &'a [u8],
    /// Where the block starts that was looked at last.
    block: usize,
    /// Those of its stops that are still to come, the first byte's in the lowest bit.
    ahead: u64,
}

impl<'a> Stops<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, block: 0, ahead: stops(bytes) }
    }

    /// The place of the next stop; behind the last one, a place behind the end.
    #[inline(always)]
    pub(super) fn take(&mut self) -> usize {
        while self.ahead == 0 {
            self.block += BLOCK;
            self.ahead = stops(self.bytes.get(self.block..).unwrap_or_default());
        }
        let place = self.block + self.ahead.trailing_zeros() as usize;
        self.ahead &= self.ahead - 1;
        place
    }
}

/// The stops among the first bytes of these. What is behind the end counts as a stop, so that
/// there always is one.
#[inline]
fn stops(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(block) => bits(block),
        None => {
            let mut block = [b'"'; BLOCK];
            block.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            bits(&block)
        }
    }
}

/// One bit for each byte that is a stop. Written as two loops without a branch, which the compiler
/// turns into vector instructions: first each byte becomes its own bit of eight or nothing, then
/// eight bytes become one by a multiplication that adds them up in the highest.
#[inline]
fn bits(block: &[u8; BLOCK]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut marked = [0; BLOCK];
    for (n, (mark, &byte)) in marked.iter_mut().zip(block).enumerate() {
        let stop = byte == b'"' || byte == b'\\' || byte < 0x20;
        *mark = if stop { 1_u8 << (n % 8) } else { 0 };
    }
    let (words, _) = marked.as_chunks::<8>();
    words
        .iter()
        .rev()
        .fold(0, |bits, word| bits << 8 | u64::from_le_bytes(*word).wrapping_mul(ONES) >> 56)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn slowly(bytes: &[u8]) -> Vec<usize> {
        let stop = |&(_, &b): &(usize, &u8)| b == b'"' || b == b'\\' || b < 0x20;
        bytes.iter().enumerate().filter(stop).map(|(place, _)| place).collect()
    }

    proptest! {
        #[test]
        fn stops_are_found_as_byte_by_byte(
            bytes in prop::collection::vec(
                prop_oneof![9 => 0x20_u8..=0xff, 1 => any::<u8>(), 1 => Just(b'\\')],
                0..300,
            )
        ) {
            let mut stops = Stops::new(&bytes);
            for place in slowly(&bytes) {
                prop_assert_eq!(stops.take(), place);
            }
            // Behind the last one there is always another, and none of them is in the text.
            for _ in 0..100 {
                prop_assert!(stops.take() >= bytes.len());
            }
        }
    }

    #[test]
    fn a_stop_at_each_place_around_a_block_s_end_is_found() {
        for place in 0..200 {
            for len in [place + 1, place + 2, place + 63, place + 64, place + 65] {
                let mut bytes = vec![b'a'; len];
                bytes[place] = b'"';
                assert_eq!(Stops::new(&bytes).take(), place, "{len}");
            }
        }
    }
}
