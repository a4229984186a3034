//! When the newest event of each source was recorded, whoever recorded it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use oasis_core::{EventFilter, EventStore, Query, Recorded, StoreError, Timestamp};

use crate::clock;

/// A source that must not be silent for long, for [`Options::expected`](crate::Options::expected).
///
/// ```
/// use std::time::Duration;
/// use oasis_axum::{Expected, Options};
///
/// let hourly = Expected { source: "github.actions".to_owned(), within: Duration::from_secs(3600) };
/// let options = Options { expected: vec![hourly], ..Options::default() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a source and a time, and nothing else")]
pub struct Expected {
    /// Such as `github.actions`.
    pub source: String,
    /// How long it may bring nothing.
    pub within: Duration,
}

/// The sources that prove themselves, and what clients' events have who name none.
const KNOWN: [&str; 4] = ["github.actions", "gcp.deploy", "agent.ping", "oasis.events"];

/// All others together: a client may name any.
const OTHER: &str = "other";

/// How many of the newest events are looked at for their sources.
const RECALLED: usize = 100;

#[derive(Debug)]
pub(crate) struct Sources {
    expected: Vec<Expected>,
    newest: Mutex<BTreeMap<String, Timestamp>>,
}

/// How an expected source stands.
#[derive(Debug)]
pub(crate) struct Heard<'a> {
    pub(crate) expected: &'a Expected,
    /// Its newest event; `None` where none was found.
    pub(crate) newest: Option<Timestamp>,
    pub(crate) silent: bool,
}

impl Sources {
    pub(crate) fn new(expected: Vec<Expected>) -> Self {
        Self { expected, newest: Mutex::default() }
    }

    /// An event of this source is durable since then.
    pub(crate) fn note(&self, source: &str, at: Timestamp) {
        let expected = self.expected.iter().any(|expected| expected.source == source);
        let source = if expected || KNOWN.contains(&source) { source } else { OTHER };
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        match newest.get_mut(source) {
            Some(known) => *known = at.max(*known),
            None => drop(newest.insert(source.to_owned(), at)),
        }
    }

    pub(crate) fn note_all<'a>(&self, rows: impl IntoIterator<Item = &'a Recorded>) {
        rows.into_iter().for_each(|row| self.note(&row.event.source, row.recorded_at));
    }

    /// Looks up what was recorded before this process followed the ledger: the newest events, and
    /// for an expected source that is not among them its own newest within its time.
    pub(crate) async fn recall(&self, store: &dyn EventStore) -> Result<(), StoreError> {
        let newest = Query::newest(EventFilter::default(), RECALLED);
        self.note_all(&store.query(&newest).await?.events);
        for Expected { source, within } in &self.expected {
            if self.newest().any(|(known, _)| known == *source) {
                continue;
            }
            let within = i64::try_from(within.as_millis()).unwrap_or(i64::MAX);
            let since =
                Timestamp::from_unix_millis(clock::now().unix_millis().saturating_sub(within));
            let filter = EventFilter {
                source: Some(source.clone()),
                since: Some(since),
                ..EventFilter::default()
            };
            self.note_all(&store.query(&Query::newest(filter, 1)).await?.events);
        }
        Ok(())
    }

    /// The newest event of each source of which any is known.
    pub(crate) fn newest(&self) -> impl Iterator<Item = (String, Timestamp)> + use<> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.clone().into_iter()
    }

    pub(crate) fn heard(&self, now: Timestamp) -> impl Iterator<Item = Heard<'_>> {
        self.expected.iter().map(move |expected| {
            let mut newest = self.newest();
            let newest = newest.find(|(source, _)| *source == expected.source).map(|(_, at)| at);
            let age = newest.map(|at| now.unix_millis().saturating_sub(at.unix_millis()).max(0));
            let silent =
                age.is_none_or(|age| age.unsigned_abs() as u128 > expected.within.as_millis());
            Heard { expected, newest, silent }
        })
    }

    pub(crate) fn are_expected(&self) -> bool {
        !self.expected.is_empty()
    }
}
