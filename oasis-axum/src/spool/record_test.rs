//! The form of records; a file of its own, for the fuzz targets take `record.rs` as it is.

use super::record::*;
use proptest::prelude::*;

fn segment(records: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    records.iter().for_each(|json| write(json, &mut bytes));
    bytes
}

fn records(bytes: &[u8]) -> Vec<&[u8]> {
    let record = |piece| match piece {
        Piece::Record(json) => Some(json),
        Piece::Damaged(_) | Piece::Torn(_) => None,
    };
    Pieces::of(bytes).filter_map(record).collect()
}

/// What no line break is in, as in JSON.
fn json() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>().prop_filter("a line", |b| *b != b'\n'), 0..60)
}

#[test]
fn a_record_is_a_line_that_can_be_read() {
    assert_eq!(segment(&[b"123456789".to_vec()]), b"00000009 e3069283 123456789\n");
}

#[test]
fn every_byte_of_a_hundred_records_may_change_and_all_others_are_read() {
    let json = |n: usize| format!(r#"{{"n":{n},"text":"{}"}}"#, "x".repeat(n % 7)).into_bytes();
    let all: Vec<_> = (0..100).map(json).collect();
    let bytes = segment(&all);
    let mut ends = 0;
    let owner: Vec<usize> = all
        .iter()
        .enumerate()
        .flat_map(|(n, json)| std::iter::repeat_n(n, HEAD + json.len() + 1))
        .collect();
    for at in 0..bytes.len() {
        for change in [0x01, 0x20, 0x80, b'\n' ^ bytes[at]] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            let read = records(&changed);
            let intact = all.iter().enumerate().filter(|(n, _)| *n != owner[at]);
            let whole = read.len() == all.len();
            ends += usize::from(whole);
            if !whole {
                assert_eq!(read, intact.map(|(_, json)| json).collect::<Vec<_>>(), "at {at}");
            }
        }
    }
    // Only a change of a line's end leaves every record as it was (and no change at all does).
    assert!(ends <= 4 * all.len() + all.len(), "{ends}");
}

proptest! {
    #[test]
    fn any_prefix_gives_exactly_the_whole_records(
        all in proptest::collection::vec(json(), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = segment(&all);
        let cut = cut.index(bytes.len() + 1);
        let mut end = 0;
        let whole: Vec<_> = all.iter().take_while(|json| {
            // Its last byte counts; the line's end is only for the next one.
            end += HEAD + json.len() + 1;
            end - 1 <= cut
        }).collect();
        let pieces: Vec<_> = Pieces::of(&bytes[..cut]).collect();
        prop_assert_eq!(records(&bytes[..cut]), whole);
        let damaged = pieces.iter().any(|piece| matches!(piece, Piece::Damaged(_)));
        prop_assert!(!damaged, "a cut is no damage: {:?}", pieces);
    }

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut covered = 0;
        for piece in Pieces::of(&bytes) {
            let (Piece::Record(part) | Piece::Damaged(part) | Piece::Torn(part)) = piece;
            covered += part.len();
        }
        prop_assert!(covered <= bytes.len());
    }
}
