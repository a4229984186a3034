//! An event as a line for people.

use anstyle::{AnsiColor, Style};
use oasis_core::{Recorded, Status, UNSET, Vtid};
use serde_json::Value;

use crate::plain::plain;

/// The line, with its colours; whoever prints it takes them out where there are none.
pub(super) fn of(recorded: &Recorded) -> String {
    let event = &recorded.event;
    let vtid = event.vtid.as_ref().map_or(UNSET, Vtid::as_str);
    let faint = Style::new().dimmed();
    let task = if event.vtid.is_some() { Style::new().bold() } else { faint };
    let status = style(event.status);
    let repository = event.meta.get("repository").and_then(Value::as_str);
    let place = [repository, event.reference.as_deref()];
    let place: Vec<_> = place.into_iter().flatten().map(plain).collect();
    format!(
        "{faint}{:>6} {}{faint:#} {status}{} {:<11}{status:#} {task}{:<18}{task:#} {:<28} {faint}{}{faint:#}",
        recorded.position.get(),
        moment(&event.ts.to_string()),
        sign(event.status),
        event.status.as_str(),
        plain(vtid),
        plain(event.title.as_str()),
        place.join(" "),
    )
    .replace(&format!(" {faint}{faint:#}"), "")
}

/// `2026-11-24 12:00:00` of a timestamp, which is UTC.
fn moment(ts: &str) -> String {
    let (date, time) = ts.split_once('T').unwrap_or((ts, ""));
    format!("{date} {}", time.get(..8).unwrap_or(time))
}

/// Told apart without colours too.
const fn sign(status: Status) -> char {
    match status {
        Status::Success => '✓',
        Status::Failure | Status::Error => '✗',
        Status::Warning => '!',
        Status::Cancelled => '–',
        Status::Queued => '…',
        Status::InProgress => '▸',
        Status::Info => '·',
    }
}

const fn style(status: Status) -> Style {
    let color = match status {
        Status::Success => AnsiColor::Green,
        Status::Failure | Status::Error => AnsiColor::Red,
        Status::Warning => AnsiColor::Yellow,
        Status::InProgress => AnsiColor::Cyan,
        Status::Queued => AnsiColor::Blue,
        Status::Cancelled => AnsiColor::Magenta,
        Status::Info => return Style::new(),
    };
    color.on_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(json: &str) -> Recorded {
        serde_json::from_str(json).unwrap()
    }

    const EVENT: &str = r#"{"id":"019a2fd6-d600-7707-8707-070707070707","position":12,
        "ts":"2026-11-24T12:00:01.250Z","recorded_at":"2026-11-24T12:00:02.000Z",
        "vtid":"DEV-CICDL-0031","layer":"CICDL","module":"PR","source":"github.actions",
        "kind":"pull_request","status":"success","title":"CICDL-PR-MERGED","ref":"vt/\u001b[2J",
        "link":null,"meta":{"repository":"acme/shop"},"delivery_id":null}"#;

    #[test]
    fn a_line_says_what_matters_and_nothing_that_moves_the_cursor() {
        let line = of(&event(EVENT));
        let told = anstream::adapter::strip_str(&line).to_string();
        assert_eq!(
            told,
            "    12 2026-11-24 12:00:01 ✓ success     DEV-CICDL-0031     CICDL-PR-MERGED              acme/shop vt/\u{FFFD}[2J"
        );
        assert!(line.contains("\u{1b}[32m✓ success"), "{line:?}");
    }

    #[test]
    fn every_status_can_be_told_without_a_colour() {
        let signs: std::collections::BTreeSet<_> = Status::ALL.into_iter().map(sign).collect();
        // A failure and an error differ by their words.
        assert_eq!(signs.len(), Status::ALL.len() - 1);
    }
}
