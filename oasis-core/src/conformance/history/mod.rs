//! Any history: what a store answers to it is what a model says that was written for nothing else.

mod choices;
mod model;
mod step;

use std::collections::BTreeMap;

use self::choices::Choices;
use self::model::Model;
use self::step::Step;
use super::trial::ok;
use crate::event::{Position, Recorded};
use crate::store::{CheckpointStore, EventStore, EventStoreExt, PresenceStore, Query};
use crate::time::Timestamp;

/// Checks that an empty store answers a history as it should: appends and appends again, pages,
/// counts, a follower, heartbeats and checkpoints. The bytes choose what happens, so a fuzzer or a
/// property test finds the history that a store gets wrong, and makes it short.
///
/// ```
/// use oasis_core::conformance::a_history_is_kept;
/// use oasis_core::{MemoryStore, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
/// a_history_is_kept(&store, b"any bytes at all: each history is another").await;
/// # }
/// ```
///
/// # Panics
/// When the store answers anything else, with the steps up to there.
pub async fn a_history_is_kept<S>(store: &S, bytes: &[u8])
where
    S: EventStore + PresenceStore + CheckpointStore,
{
    let mut choices = Choices::new(bytes);
    let mut model = Model::default();
    let mut seen = BTreeMap::new();
    let mut steps = Vec::new();
    while let Some(step) = Step::next(&mut choices) {
        steps.push(step.clone());
        let wanted = model.answer(&step);
        let told = tell(store, step, &mut seen).await;
        assert!(
            told == wanted,
            "step {} of a history is answered wrongly\n  told: {told:?}\nwanted: {wanted:?}\n steps: {steps:#?}",
            steps.len(),
        );
    }
}

/// What a step is answered: all of it but the times at which the store recorded, which are its own.
#[derive(Debug, PartialEq)]
enum Answer {
    Appended(Vec<(Row, bool)>),
    Rows(Vec<Row>, Option<String>),
    Count(u64),
    Head(Option<u64>),
    Agents(Vec<crate::store::Presence>),
    Moment(Option<Timestamp>),
    Noted,
}

/// A row's position and its event.
type Row = (u64, crate::event::Event);

/// When each position was recorded, as it was told first.
type Seen = BTreeMap<Position, Timestamp>;

async fn tell<S>(store: &S, step: Step, seen: &mut Seen) -> Answer
where
    S: EventStore + PresenceStore + CheckpointStore,
{
    match step {
        Step::Append(events) => {
            let appended = ok("append", store.append(events).await);
            let told = appended.into_iter().map(|one| (row(one.recorded, seen), one.duplicate));
            Answer::Appended(told.collect())
        }
        Step::Page(query) => {
            let page = ok("query", store.query(&query).await);
            let next = page.next.map(|cursor| cursor.to_string());
            Answer::Rows(page.events.into_iter().map(|one| row(one, seen)).collect(), next)
        }
        Step::Walk(mut query) => {
            let mut rows = Vec::new();
            loop {
                let page = ok("query", store.query(&query).await);
                rows.extend(page.events.into_iter().map(|one| row(one, seen)));
                let Some(next) = page.next else { break };
                query = Query { offset: 0, ..query.from_cursor(next) };
            }
            Answer::Rows(rows, None)
        }
        Step::Follow(after) => {
            // Where nothing comes after it, it would wait for what comes next.
            let more = ok("head", store.head().await) > after;
            let mut follow = store.follow(after);
            let rows = if more { ok("follow", follow.next().await) } else { Vec::new() };
            Answer::Rows(rows.into_iter().map(|one| row(one, seen)).collect(), None)
        }
        Step::Count(filter) => Answer::Count(ok("count", store.count(&filter).await)),
        Step::Get(id) => {
            let found = ok("get", store.get(id).await);
            Answer::Rows(found.into_iter().map(|one| row(one, seen)).collect(), None)
        }
        Step::Head => Answer::Head(ok("head", store.head().await).map(Position::get)),
        Step::Note(presence) => {
            ok("note", store.note(presence).await);
            Answer::Noted
        }
        Step::Agent(name) => {
            Answer::Agents(ok("agent", store.agent(name).await).into_iter().collect())
        }
        Step::Agents => Answer::Agents(ok("agents", store.agents().await)),
        Step::Reached(source, at) => {
            ok("reached", store.reached(source, at).await);
            Answer::Noted
        }
        Step::Checkpoint(source) => {
            Answer::Moment(ok("checkpoint", store.checkpoint(source).await))
        }
    }
}

fn row(recorded: Recorded, seen: &mut Seen) -> Row {
    let first = *seen.entry(recorded.position).or_insert(recorded.recorded_at);
    assert_eq!(recorded.recorded_at, first, "a row says another time than it said first");
    (recorded.position.get(), recorded.event)
}
