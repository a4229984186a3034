//! Filters: what a query gives is what [`EventFilter::matches`] says.

use super::chance::Chance;
use super::samples::{START, mixed, plain, vtid};
use super::trial::{Trial, ok};
use crate::event::{Recorded, Status};
use crate::store::{EventFilter, Order, Query};

/// Texts that a database may take for something else.
const TEXTS: &[&str] = &[
    "",
    "%",
    "_",
    "\\",
    "'",
    "\"",
    "100%",
    "%%",
    "a_b",
    "aXb",
    "a\\b",
    "b'c",
    "c\"d",
    "';--",
    "*",
    "?",
    "[a-z]",
    "MAIN",
    "main",
    "mAiN",
    "straße",
    "STRASSE",
    "STRAßE",
    "é",
    "É",
    "-é",
    "-É",
    "unset",
    "UNSET",
    "dev-cicdl",
    "0031",
    "https://example.COM/",
    "delivery-1",
    "nowhere",
    "merged",
    "Ended-Badly",
    " ",
    "\n",
    "{",
    "null",
    "note",
];

/// Every filter gives the rows that `matches` says, in both orders, and counts them.
pub async fn each_filter_gives_what_matches_says(trial: Trial) {
    let mut chance = Chance::new(42);
    trial.append((0..160).map(|n| mixed(n, &mut chance)).collect()).await;
    let rows = trial.ledger().await;

    for field in 0..FIELDS {
        for _ in 0..8 {
            let mut filter = EventFilter::default();
            fill(field, &mut filter, &mut chance);
            agrees(&trial, &rows, &filter).await;
        }
    }
    for _ in 0..150 {
        let mut filter = EventFilter::default();
        for field in 0..FIELDS {
            if chance.once_in(4) {
                fill(field, &mut filter, &mut chance);
            }
        }
        agrees(&trial, &rows, &filter).await;
    }
}

/// A text is searched for as it stands, in the five fields and no other; only ASCII letters are
/// the same in both cases.
pub async fn a_text_is_searched_for_as_it_is(trial: Trial) {
    let mut chance = Chance::new(43);
    let mut events: Vec<_> = (0..40).map(|n| mixed(n, &mut chance)).collect();
    for (text, n) in TEXTS.iter().zip(100..) {
        let mut event = plain(n);
        event.reference = Some(format!("x{text}y"));
        // Not among what is searched:
        event.meta.insert("text".into(), "nowhere".into());
        event.kind = "nowhere".to_owned();
        events.push(event);
    }
    trial.append(events).await;
    let rows = trial.ledger().await;
    for text in TEXTS {
        let filter = EventFilter { text: Some((*text).to_owned()), ..EventFilter::default() };
        agrees(&trial, &rows, &filter).await;
    }
}

const FIELDS: u8 = 9;

/// Sets one field of a filter to something that some events have, or none.
fn fill(field: u8, filter: &mut EventFilter, chance: &mut Chance) {
    let mut word = |words: &[&str]| Some((*chance.pick(words)).to_owned());
    match field {
        0 => {
            let some = [
                None,
                Some(vtid("DEV-CICDL-0031")),
                Some(vtid("VTID-03697")),
                Some(vtid("DEV-X-1")),
            ];
            filter.vtid = Some(chance.pick(&some).clone());
        }
        1 => filter.layer = word(&["CICDL", "cicdl", "AGTL", "CICD%", ""]),
        2 => filter.module = word(&["PR", "WORKFLOW", "PUSH", "pr"]),
        3 => filter.source = word(&["github.actions", "gcp.deploy", "oasis.events", "gcp_deploy"]),
        4 => filter.kind = word(&["pull_request", "pull request", "push", "pull%"]),
        5 => filter.status = Some(*chance.pick(&Status::ALL)),
        6 => filter.since = Some(moment(chance)),
        7 => filter.until = Some(moment(chance)),
        _ => filter.text = Some((*chance.pick(TEXTS)).to_owned()),
    }
}

fn moment(chance: &mut Chance) -> crate::time::Timestamp {
    let seconds = i64::try_from(chance.below(54)).unwrap_or(0) - 2;
    START.saturating_add_millis(seconds * 1000 + if chance.once_in(4) { 1 } else { 0 })
}

async fn agrees(trial: &Trial, rows: &[Recorded], filter: &EventFilter) {
    let mut wanted: Vec<_> = rows.iter().filter(|row| filter.matches(&row.event)).collect();
    let count = ok("count", trial.store.count(filter).await);
    assert_eq!(count, wanted.len() as u64, "count counts what matches: {filter:?}");
    for order in [Order::Ascending, Order::Descending] {
        let mut query = Query::newest(filter.clone(), Query::MAX_LIMIT);
        query.order = order;
        let page = trial.page(&query).await;
        if order == Order::Descending {
            wanted.reverse();
        }
        assert!(
            page.events.iter().eq(wanted.iter().copied()),
            "a query gives what matches, in its order: {query:?}\n gives {:?}\nwanted {:?}",
            positions(&page.events),
            positions(wanted.iter().copied()),
        );
    }
}

fn positions<'a>(rows: impl IntoIterator<Item = &'a Recorded>) -> Vec<u64> {
    rows.into_iter().map(|row| row.position.get()).collect()
}
