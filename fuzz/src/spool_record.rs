use crate::record::{Piece, Pieces, write};

/// A segment of the spool: whatever its bytes are, each is in one piece or ends a line, and what is a
/// record is one again when it is written. And what was written is read, also where the end is cut.
pub fn spool_record(data: &[u8]) {
    let mut rest = data;
    for piece in Pieces::of(data) {
        let (Piece::Record(part) | Piece::Damaged(part) | Piece::Torn(part)) = piece;
        let start = part.as_ptr() as usize - data.as_ptr() as usize;
        assert!(start >= data.len() - rest.len(), "a byte is in two pieces");
        let end = start + part.len();
        let between = &data[data.len() - rest.len()..start];
        let is_head = matches!(piece, Piece::Record(_));
        assert!(is_head || between.is_empty(), "bytes are in no piece");
        rest = &data[end..];
        rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        if is_head {
            assert_eq!(records(&written([part])), [part]);
        }
    }
    assert!(rest.is_empty(), "the end was not read");

    let lines: Vec<_> = data.split(|&byte| byte == b'\n').collect();
    let segment = written(lines.iter().copied());
    assert_eq!(records(&segment), lines);
    let cut = &segment[..segment.len() - segment.len() / 3];
    let whole = records(cut);
    assert_eq!(whole, lines[..whole.len()]);
    let damaged = Pieces::of(cut).any(|piece| matches!(piece, Piece::Damaged(_)));
    assert!(!damaged, "a cut is no damage");
}

fn written<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut segment = Vec::new();
    lines.into_iter().for_each(|line| write(line, &mut segment));
    segment
}

fn records(segment: &[u8]) -> Vec<&[u8]> {
    let record = |piece| match piece {
        Piece::Record(json) => Some(json),
        Piece::Damaged(_) | Piece::Torn(_) => None,
    };
    Pieces::of(segment).filter_map(record).collect()
}
