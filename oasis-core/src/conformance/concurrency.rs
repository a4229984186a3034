//! Many at once.

use std::collections::BTreeMap;

use super::chance::Chance;
use super::samples::delivered;
use super::trial::{Trial, ok, yield_once};
use crate::event::{Position, Recorded};
use crate::store::Appended;

const WRITERS: u64 = 8;
const BATCHES: u64 = 16;

/// Whatever order the appends of many tasks are committed in, the positions are dense, each
/// delivery is one row and everybody who brought it got that row.
pub async fn concurrent_appends_are_dense_and_once(trial: Trial) {
    let answers = join(start_writers(&trial)).await;
    let rows = trial.ledger().await;
    let mut by_delivery: BTreeMap<_, Vec<&Appended>> = BTreeMap::new();
    for answer in &answers {
        by_delivery.entry(&answer.recorded.event.delivery_id).or_default().push(answer);
    }
    assert_eq!(rows.len(), by_delivery.len(), "each delivery is one row");
    for (delivery, answers) in by_delivery {
        let new = answers.iter().filter(|answer| !answer.duplicate).count();
        assert_eq!(new, 1, "of those who bring {delivery:?} one is told that it is new");
        for answer in answers {
            assert!(rows.contains(&answer.recorded), "each answer is the row of {delivery:?}");
        }
    }
}

/// A reader that goes on where it was never misses a row that is committed meanwhile, and meets
/// none twice.
pub async fn a_reader_beside_writers_meets_each_row_once(trial: Trial) {
    let reader = {
        let trial = trial.clone();
        async move {
            let mut seen: Vec<Recorded> = Vec::new();
            // The last row that the writers bring.
            while seen.last().is_none_or(|row| row.event.delivery_id.as_deref() != Some("end")) {
                let last = seen.last().map(|row| row.position);
                ok("changed", trial.in_time("changed", trial.store.changed(last)).await);
                yield_once().await;
                for row in trial.after(last, 7).await {
                    let next = seen.last().map_or(Position::FIRST, |row| row.position.next());
                    assert_eq!(row.position, next, "a reader meets the rows one after the other");
                    seen.push(row);
                }
            }
            seen
        }
    };
    let reader = trial.start(reader);
    join(start_writers(&trial)).await;
    trial.append(vec![delivered(u64::MAX, "end")]).await;
    let seen = reader.await;
    assert_eq!(seen, trial.ledger().await, "what was read is what the ledger holds");
}

type Writing = std::pin::Pin<Box<dyn Future<Output = Vec<Appended>> + Send>>;

fn start_writers(trial: &Trial) -> Vec<Writing> {
    let write = |writer: u64| {
        let trial = trial.clone();
        async move {
            let mut chance = Chance::new(writer);
            let mut answers = Vec::new();
            for batch in 0..BATCHES {
                let size = 1 + chance.below(4);
                let events = (0..size).map(|n| {
                    let n = (writer * BATCHES + batch) * 4 + n;
                    // One in ten is a delivery that several writers bring.
                    let common = chance.once_in(10);
                    let delivery =
                        if common { format!("common {}", chance.below(6)) } else { format!("{n}") };
                    delivered(n, &delivery)
                });
                let events = events.collect();
                answers.extend(trial.append(events).await);
            }
            answers
        }
    };
    (0..WRITERS).map(|writer| Box::pin(trial.start(write(writer))) as Writing).collect()
}

async fn join(writers: Vec<Writing>) -> Vec<Appended> {
    let mut answers = Vec::new();
    for writer in writers {
        answers.extend(writer.await);
    }
    answers
}
