//! What may happen to a store. Each thing comes from a small set, so that what belongs together
//! meets: a delivery its redelivery, a filter what it finds.

use std::time::Duration;

use serde_json::json;

use super::choices::Choices;
use crate::arrival::Arrival;
use crate::conformance::samples::{START, vtid};
use crate::event::{Event, EventId, Position, Status};
use crate::store::{EventFilter, Order, Presence, Query};
use crate::time::Timestamp;
use crate::vtid::Vtid;

#[derive(Debug, Clone)]
pub(super) enum Step {
    Append(Vec<Event>),
    Page(Query),
    /// All pages from there on.
    Walk(Query),
    Follow(Option<Position>),
    Count(EventFilter),
    Get(EventId),
    Head,
    Note(Presence),
    Agent(&'static str),
    Agents,
    Reached(&'static str, Timestamp),
    Checkpoint(&'static str),
}

const SOURCES: [&str; 3] = ["github.actions", "gcp.deploy", "crew.one"];
const LAYERS: [&str; 3] = ["CICDL", "cicdl", "AGTL"];
const MODULES: [&str; 3] = ["PR", "WORKFLOW", "Ü%_"];
const KINDS: [&str; 3] = ["pull_request", "push", "pull%request"];
const TEXTS: [&str; 8] = ["", "main", "MAIN", "a_b%", "aXb\\", "ß'\"é", "É", "delivery"];
const ACTIONS: [&str; 3] = ["merged", "ended badly", ""];
const DELIVERIES: [&str; 5] = ["d-1", "D-1", "d-2 ", "é%_\\'", "delivery"];
const LINKS: [&str; 2] = ["https://Example.com/a_b?c=%25'", "http://x/é"];
const NAMES: [&str; 5] = ["a", "A", "b", "é 'q' %_", "Z"];

impl Step {
    /// The next one; `None` where the bytes end.
    pub(super) fn next(choices: &mut Choices<'_>) -> Option<Self> {
        if choices.ended() {
            return None;
        }
        Some(match choices.below(16) {
            0..=4 => Self::Append((0..=choices.below(5)).map(|_| event(choices)).collect()),
            5 => Self::Append(Vec::new()),
            6 | 7 => Self::Page(query(choices)),
            8 => {
                let mut query = query(choices);
                // A page without room has no last row to go on from.
                query.limit = query.limit.max(1);
                Self::Walk(query)
            }
            9 => Self::Follow(position(choices)),
            10 => Self::Count(filter(choices)),
            11 => Self::Get(arrival(choices).event_id()),
            12 => Self::Head,
            13 => Self::Note(presence(choices)),
            14 if choices.below(2) == 0 => Self::Agent(choices.pick(&NAMES)),
            14 => Self::Agents,
            _ if choices.below(2) == 0 => Self::Reached(choices.pick(&NAMES), moment(choices)),
            _ => Self::Checkpoint(choices.pick(&NAMES)),
        })
    }
}

fn arrival(choices: &mut Choices<'_>) -> Arrival {
    Arrival::new(START.saturating_add_millis(i64::from(choices.below(4))), [choices.below(8); 10])
}

fn moment(choices: &mut Choices<'_>) -> Timestamp {
    START.saturating_add_millis(i64::from(choices.below(40)) - 20)
}

fn some_vtid(choices: &mut Choices<'_>) -> Option<Vtid> {
    choices.perhaps(&[vtid("DEV-CICDL-0031"), vtid("VTID-03697")])
}

fn event(choices: &mut Choices<'_>) -> Event {
    let source = choices.pick(&SOURCES);
    let mut event = Event::new(arrival(choices), source, choices.pick(&KINDS));
    event.delivery_id = choices.perhaps(&DELIVERIES).map(str::to_owned);
    event.ts = moment(choices);
    event.vtid = some_vtid(choices);
    event.layer = choices.pick(&LAYERS).to_owned();
    event.module = choices.pick(&MODULES).to_owned();
    event.status = choices.pick(&Status::ALL);
    event.retitle(choices.pick(&ACTIONS));
    event.reference = choices.perhaps(&TEXTS).map(str::to_owned);
    event.link = choices.perhaps(&LINKS).and_then(|link| link.parse().ok());
    if choices.below(4) == 1 {
        let value = json!({ "n": choices.byte(), "of": [0.1, null, "\r\n\u{1}"] });
        event.meta.insert(choices.pick(&TEXTS).into(), value);
    }
    event
}

fn filter(choices: &mut Choices<'_>) -> EventFilter {
    fn word(choices: &mut Choices<'_>, words: &[&str]) -> Option<String> {
        Some(choices.pick(words).to_owned())
    }
    let mut filter = EventFilter::default();
    for _ in 0..choices.below(4) {
        match choices.below(9) {
            0 => filter.vtid = Some(some_vtid(choices)),
            1 => filter.layer = word(choices, &LAYERS),
            2 => filter.module = word(choices, &MODULES),
            3 => filter.source = word(choices, &SOURCES),
            4 => filter.kind = word(choices, &KINDS),
            5 => filter.status = Some(choices.pick(&Status::ALL)),
            6 => filter.since = Some(moment(choices)),
            7 => filter.until = Some(moment(choices)),
            _ => filter.text = word(choices, &TEXTS),
        }
    }
    filter
}

fn position(choices: &mut Choices<'_>) -> Option<Position> {
    Position::new(u64::from(choices.below(12)))
}

fn query(choices: &mut Choices<'_>) -> Query {
    let filter = filter(choices);
    let mut query = Query::after(filter, position(choices), 1);
    query.order = choices.pick(&[Order::Ascending, Order::Descending]);
    query.limit = usize::from(choices.pick(&[1_u16, 2, 3, 5, 0, 1000]));
    query.offset = u64::from(choices.pick(&[0_u8, 0, 0, 1, 2, 7]));
    query
}

fn presence(choices: &mut Choices<'_>) -> Presence {
    let role = choices.pick(&TEXTS).to_owned();
    let name = choices.pick(&NAMES).to_owned();
    let mut presence = Presence::new(name, role, moment(choices));
    presence.vtid = some_vtid(choices);
    presence.status = choices.pick(&Status::ALL);
    presence.interval = Duration::from_secs(u64::from(choices.byte()));
    if choices.below(2) == 1 {
        presence.meta.insert("n".into(), json!([choices.byte(), "é"]));
    }
    presence
}
