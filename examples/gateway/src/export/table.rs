//! Events as rows of CSV (RFC 4180).

use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};

use anyhow::Result;
use csv::{ByteRecord, QuoteStyle, ReaderBuilder, WriterBuilder};
use oasis_core::{Recorded, UNSET, Vtid};

/// The columns. The last one's end can be told from its beginning: a row without a whole id is one
/// that was cut off.
const COLUMNS: [&str; 15] = [
    "position",
    "ts",
    "recorded_at",
    "vtid",
    "layer",
    "module",
    "source",
    "kind",
    "status",
    "title",
    "ref",
    "link",
    "meta",
    "delivery_id",
    "id",
];
/// How long an id is.
const ID: usize = 36;

/// The first row.
pub(super) fn head() -> Result<Vec<u8>> {
    let mut head = Vec::new();
    write(&mut head, COLUMNS.map(Cow::Borrowed))?;
    Ok(head)
}

/// The row of an event.
pub(super) fn row(recorded: &Recorded, to: &mut Vec<u8>) -> Result<()> {
    let event = &recorded.event;
    let text = |text: &'_ str| harmless(text).into_owned();
    let or_empty = |text: Option<&str>| text.map(harmless).unwrap_or_default().into_owned();
    let cells = [
        recorded.position.to_string(),
        event.ts.to_string(),
        recorded.recorded_at.to_string(),
        text(event.vtid.as_ref().map_or(UNSET, Vtid::as_str)),
        text(&event.layer),
        text(&event.module),
        text(&event.source),
        text(&event.kind),
        event.status.to_string(),
        text(event.title.as_str()),
        or_empty(event.reference.as_deref()),
        or_empty(event.link.as_ref().map(oasis_core::Link::as_str)),
        serde_json::to_string(&event.meta)?,
        or_empty(event.delivery_id.as_deref()),
        event.id.to_string(),
    ];
    write(to, cells.map(Cow::Owned))
}

fn write(to: &mut Vec<u8>, cells: [Cow<'_, str>; 15]) -> Result<()> {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::NonNumeric).from_writer(to);
    writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    Ok(writer.flush()?)
}

/// A text that no spreadsheet takes for a formula: whoever opens a pull request could otherwise
/// have one run where the export is opened.
fn harmless(text: &str) -> Cow<'_, str> {
    const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(FORMULA) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// Where the last whole row ends, in bytes from the start, and the position that it tells of; `None`
/// where this is no export.
pub(super) fn end(mut file: impl Read + Seek) -> io::Result<Option<(u64, Option<u64>)>> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    file.rewind()?;
    let mut reader = ReaderBuilder::new().flexible(true).has_headers(false).from_reader(file);
    let mut record = ByteRecord::new();
    // The ends of the last two whole rows: of the very last one the line break may be missing.
    let (mut before, mut end) = (None, None);
    while reader.read_byte_record(&mut record)? {
        let is_head = record.iter().eq(COLUMNS.map(str::as_bytes));
        let id = record.get(COLUMNS.len() - 1).unwrap_or_default();
        let is_row = record.len() == COLUMNS.len() && id.len() == ID;
        if end.is_none() != is_head || (!is_head && !is_row) {
            return Ok(end);
        }
        let position = record.get(0).and_then(|cell| std::str::from_utf8(cell).ok()?.parse().ok());
        before = end.replace((reader.position().byte(), position));
    }
    Ok(if last == [b'\n'] { end } else { before })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn event(reference: &str) -> Recorded {
        let json = serde_json::json!({
            "id": "019a2fd6-d600-7707-8707-070707070707", "position": 7,
            "ts": "2026-11-24T12:00:01.250Z", "recorded_at": "2026-11-24T12:00:02.000Z",
            "vtid": "DEV-CICDL-0031", "layer": "CICDL", "module": "PR", "source": "github.actions",
            "kind": "pull_request", "status": "success", "title": "CICDL-PR-MERGED", "ref": reference,
            "link": null, "meta": {"a": "=\"b\",\n"}, "delivery_id": "=d",
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn d7_no_cell_is_a_formula() {
        let bad =
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"];
        for text in bad {
            let mut csv = head().unwrap();
            row(&event(text), &mut csv).unwrap();
            let mut reader = csv::Reader::from_reader(&*csv);
            let record = reader.records().next().unwrap().unwrap();
            assert_eq!(&record[10], format!("'{text}"));
            assert_eq!(&record[13], "'=d");
            assert_eq!(&record[12], "{\"a\":\"=\\\"b\\\",\\n\"}", "JSON is no formula");
            // Each cell but the number is quoted, so that no separator of a spreadsheet's own
            // makes a cell that begins elsewhere.
            assert!(String::from_utf8(csv).unwrap().contains("\n7,\"2026-11-24T12:00:01.250Z\","));
        }
        let plain = "vt/DEV-CICDL-0031=x";
        assert!(matches!(harmless(plain), Cow::Borrowed(text) if text == plain));
    }

    #[test]
    fn the_end_of_the_last_whole_row_is_found_wherever_it_is_cut() {
        let mut csv = head().unwrap();
        let mut ends = vec![(csv.len(), None)];
        for reference in ["main", "two\nlines \"quoted\",", "x"] {
            row(&event(reference), &mut csv).unwrap();
            ends.push((csv.len(), Some(7)));
        }
        for cut in 1..=csv.len() {
            let found = end(Cursor::new(&csv[..cut])).unwrap();
            let wanted = ends.iter().rev().find(|(end, _)| *end <= cut);
            assert_eq!(found, wanted.map(|(at, position)| (*at as u64, *position)), "{cut}");
        }
        assert_eq!(end(Cursor::new(b"a,b\n1,2\n")).unwrap(), None);
    }
}
