//! The form of what is spooled: a line of text for each event, so that somebody who must rescue a
//! spool by hand can read it.

use crc::{CRC_32_ISCSI, Crc, Table};

/// CRC-32C, slicing through sixteen bytes at a time.
static CHECKSUM: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);

/// `length checksum `, each as eight hexadecimal digits.
pub(super) const HEAD: usize = 18;

/// Adds one record: the length and the checksum of this JSON, the JSON, and the line's end.
///
/// JSON that is written without spaces has no line break in it, so a reader that lost its place
/// finds the next record at the next line.
///
/// ```
/// use oasis_axum::spool::record;
///
/// let mut segment = Vec::new();
/// record::write(br#"{"kind":"push"}"#, &mut segment);
/// assert_eq!(segment, b"0000000f 2b712aff {\"kind\":\"push\"}\n");
/// ```
pub fn write(json: &[u8], into: &mut Vec<u8>) {
    into.extend_from_slice(
        format!("{:08x} {:08x} ", json.len(), CHECKSUM.checksum(json)).as_bytes(),
    );
    into.extend_from_slice(json);
    into.push(b'\n');
}

/// A part of a segment.
///
/// ```
/// use oasis_axum::spool::record::{self, Piece, Pieces};
///
/// let mut segment = Vec::new();
/// record::write(b"{}", &mut segment);
/// record::write(b"[]", &mut segment);
/// // The disk changed the first one, and the process ended in the middle of a third.
/// segment[18] = b'(';
/// segment.extend_from_slice(b"00000002 01");
/// let [damaged, whole, torn] = Pieces::of(&segment).collect::<Vec<_>>()[..] else { panic!() };
/// assert!(matches!(damaged, Piece::Damaged(line) if line.ends_with(b"(}")));
/// assert_eq!(whole, Piece::Record(b"[]"));
/// assert_eq!(torn, Piece::Torn(b"00000002 01"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// The JSON of a whole record.
    Record(&'a [u8]),
    /// A line that is no record: something changed it after it was written.
    Damaged(&'a [u8]),
    /// The end of a write that was cut off. Nobody was told that this was durable.
    Torn(&'a [u8]),
}

/// The pieces of a segment, from its start to its end. Whatever the bytes are, each of them is in
/// exactly one piece or ends a line, and the time is linear in their number.
///
/// ```
/// use oasis_axum::spool::record::{self, Piece, Pieces};
///
/// // What waits in a spool, read by hand.
/// let mut segment = Vec::new();
/// record::write(br#"{"delivery_id":"d-1"}"#, &mut segment);
/// record::write(br#"{"delivery_id":"d-2"}"#, &mut segment);
/// let waiting = Pieces::of(&segment).filter(|piece| matches!(piece, Piece::Record(_)));
/// assert_eq!(waiting.count(), 2);
/// ```
#[derive(Debug, Clone)]
pub struct Pieces<'a> {
    rest: &'a [u8],
}

impl<'a> Pieces<'a> {
    /// The pieces of these bytes.
    #[must_use]
    pub const fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let bytes = self.rest;
        if bytes.is_empty() {
            return None;
        }
        let line = line(bytes);
        if let Some(json) = record(line) {
            let after = bytes.get(HEAD + json.len()..).unwrap_or_default();
            self.rest = after.strip_prefix(b"\n").unwrap_or(after);
            return Some(Piece::Record(json));
        }
        // Only the byte that parts two records may be wrong; then the second begins behind it.
        let (wrong, behind) = bytes.split_at(1);
        if line.len() > 1 && line.get(1..).and_then(record).is_some() {
            self.rest = behind;
            return Some(Piece::Damaged(wrong));
        }
        let after = bytes.get(line.len()..).unwrap_or_default();
        Some(match after.strip_prefix(b"\n") {
            Some(after) => {
                self.rest = after;
                Piece::Damaged(line)
            }
            None => {
                self.rest = after;
                Piece::Torn(line)
            }
        })
    }
}

/// Up to the line's end, without it.
fn line(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| byte == b'\n').next().unwrap_or_default()
}

/// The JSON of the record that a line starts with.
fn record(line: &[u8]) -> Option<&[u8]> {
    let (head, rest) = line.split_at_checked(HEAD)?;
    let (length, checksum) = (number(head.get(..9)?)?, number(head.get(9..)?)?);
    let json = rest.get(..usize::try_from(length).ok()?)?;
    (CHECKSUM.checksum(json) == checksum).then_some(json)
}

/// Eight hexadecimal digits, in the one way in which they are written, and a space.
fn number(field: &[u8]) -> Option<u32> {
    let digits = field.strip_suffix(b" ")?;
    let written = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let digits = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| written(&b)))?;
    u32::from_str_radix(digits, 16).ok()
}
