//! A log entry that was asked for, as the CloudEvent that Eventarc would have made of it.

use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::eventarc::CloudEvent;
use crate::json::{Facts, Shape};

const LOG: &str = "logName";
const ID: &str = "insertId";
const TIME: &str = "timestamp";

/// What Eventarc's events of audit logs are called.
const AUDIT: &str = "google.cloud.audit.log.v1.written";
/// Those of other logs, of which Eventarc has none.
const OTHER: &str = "google.logging.v2.LogEntry";

/// What is read of an entry to name it.
pub(super) fn paths() -> impl Iterator<Item = &'static str> {
    [LOG, ID, TIME].into_iter()
}

/// The entry with the id and the source that Eventarc gives it. One that has no name of its own is
/// named by its bytes, so that it is one row however often it is read.
pub(super) fn as_cloud_event<'a>(shape: &Shape, entry: &'a [u8]) -> CloudEvent<'a> {
    let named = shape.pick(entry).ok().and_then(|facts| name(&facts));
    let (id, source, of_type) = named.unwrap_or_else(|| {
        let digest = base16ct::lower::encode_string(&Sha256::digest(entry));
        (format!("sha256:{digest}"), "//logging.googleapis.com".to_owned(), OTHER)
    });
    CloudEvent::of(id, source, of_type, entry)
}

fn name(facts: &Facts<'_>) -> Option<(String, String, &'static str)> {
    let (log, id) = (facts.text(LOG)?, facts.text(ID)?);
    let at = OffsetDateTime::parse(facts.text(TIME)?, &Rfc3339).ok()?;
    let micros = at.unix_timestamp_nanos().div_euclid(1000);
    let (source, of_type) = match log.split_once("/logs/cloudaudit.googleapis.com%2F") {
        Some((of, audit)) => (format!("//cloudaudit.googleapis.com/{of}/logs/{audit}"), AUDIT),
        None => (format!("//logging.googleapis.com/{log}"), OTHER),
    };
    Some((format!("{log}{id}{micros}"), source, of_type))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(entry: &str) -> Option<(String, String, &'static str)> {
        name(&Shape::of(paths()).pick(entry.as_bytes()).unwrap())
    }

    #[test]
    fn an_entry_is_named_as_eventarc_names_it() {
        // The id and the source of an event that Eventarc delivered.
        let entry = r#"{"insertId":"-mgjofydl97u","timestamp":"2021-05-28T11:40:47.409042639Z",
            "logName":"projects/eventarc-test/logs/cloudaudit.googleapis.com%2Factivity"}"#;
        let (id, source, of_type) = named(entry).unwrap();
        assert_eq!(
            id,
            "projects/eventarc-test/logs/cloudaudit.googleapis.com%2Factivity-mgjofydl97u1622202047409042"
        );
        assert_eq!(source, "//cloudaudit.googleapis.com/projects/eventarc-test/logs/activity");
        assert_eq!(of_type, "google.cloud.audit.log.v1.written");
    }

    #[test]
    fn entries_that_differ_in_one_of_the_three_have_two_names() {
        let entry = |log: &str, id: &str, time: &str| {
            named(&format!(
                r#"{{"logName":"projects/p/logs/{log}","insertId":"{id}","timestamp":"{time}"}}"#
            ))
        };
        let one = entry("run", "a", "2026-11-23T12:00:00Z");
        assert!(one.is_some());
        for other in [
            entry("walk", "a", "2026-11-23T12:00:00Z"),
            entry("run", "b", "2026-11-23T12:00:00Z"),
            entry("run", "a", "2026-11-23T12:00:00.000001Z"),
        ] {
            assert_ne!(one, other);
        }
        assert_eq!(entry("run", "a", "noon"), None);
    }
}
