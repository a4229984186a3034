//! What GitHub delivered, beside what the ledger holds.

use std::collections::{HashMap, HashSet};

use anyhow::Result;
use oasis_core::{EventFilter, EventStore, Query, Timestamp};

use super::github::Attempt;

/// How much earlier than a delivery its row may seem to be: clocks differ.
const MARGIN: i64 = 3_600_000;

/// A delivery that the ledger lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) guid: String,
    /// Its first attempt that GitHub still knows.
    pub(super) attempt: u64,
    pub(super) delivered_at: Timestamp,
    /// Whether a receiver answered 2xx: then not the way was at fault, but what received it.
    pub(super) acknowledged: bool,
}

/// The deliveries, each once, from the oldest on.
pub(super) fn deliveries(attempts: Vec<Attempt>) -> Vec<Missing> {
    let mut by_guid: HashMap<String, Missing> = HashMap::new();
    for attempt in attempts {
        let acknowledged = (200..300).contains(&attempt.status_code);
        let known = by_guid.entry(attempt.guid).or_insert_with_key(|guid| Missing {
            guid: guid.clone(),
            attempt: attempt.id,
            delivered_at: attempt.delivered_at,
            acknowledged,
        });
        known.acknowledged |= acknowledged;
        if attempt.delivered_at < known.delivered_at {
            (known.attempt, known.delivered_at) = (attempt.id, attempt.delivered_at);
        }
    }
    let mut deliveries: Vec<_> = by_guid.into_values().collect();
    deliveries.sort_by_key(|one| (one.delivered_at, one.attempt));
    deliveries
}

/// Those that the ledger lacks.
pub(super) async fn missing(
    store: &dyn EventStore,
    deliveries: Vec<Missing>,
) -> Result<Vec<Missing>> {
    let Some(oldest) = deliveries.first().map(|first| first.delivered_at) else {
        return Ok(deliveries);
    };
    let held = held(store, oldest.saturating_add_millis(-MARGIN)).await?;
    Ok(deliveries.into_iter().filter(|one| !held.contains(&one.guid)).collect())
}

/// The deliveries that were recorded since then.
async fn held(store: &dyn EventStore, since: Timestamp) -> Result<HashSet<String>> {
    let source = Some("github.actions".to_owned());
    let filter = EventFilter { source, ..EventFilter::default() };
    let mut query = Query::newest(filter, Query::MAX_LIMIT);
    let mut held = HashSet::new();
    loop {
        let page = store.query(&query).await?;
        let is_over = page.events.last().is_none_or(|last| last.recorded_at < since);
        held.extend(page.events.into_iter().filter_map(|row| row.event.delivery_id));
        match page.next.filter(|_| !is_over) {
            None => return Ok(held),
            Some(next) => query = query.from_cursor(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(id: u64, guid: &str, minute: i64, status_code: u16) -> Attempt {
        Attempt {
            id,
            guid: guid.to_owned(),
            delivered_at: Timestamp::from_unix_seconds(60 * minute),
            redelivery: false,
            status_code,
        }
    }

    #[test]
    fn a_delivery_is_one_however_often_it_was_tried() {
        let tried = [
            attempt(4, "b", 9, 200),
            attempt(3, "a", 8, 502),
            attempt(2, "b", 2, 0),
            attempt(1, "a", 1, 0),
        ];
        let found = deliveries(tried.to_vec());
        let told: Vec<_> =
            found.iter().map(|one| (&*one.guid, one.attempt, one.acknowledged)).collect();
        assert_eq!(told, [("a", 1, false), ("b", 2, true)]);
    }
}
