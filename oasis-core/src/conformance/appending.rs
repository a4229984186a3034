//! Appending: dense positions in the order of commit, all of a batch or nothing.

use super::samples::{delivered, plain};
use super::trial::{Trial, dropped_after, ok};
use crate::store::EventFilter;

/// No events, no answers, no rows.
pub async fn an_empty_batch_changes_nothing(trial: Trial) {
    assert!(trial.append(Vec::new()).await.is_empty(), "no events get no answers");
    assert!(trial.ledger().await.is_empty(), "no events make no rows");
}

/// Positions are 1, 2, 3 … in the order of the appends, whatever the batches' sizes.
pub async fn positions_are_dense_across_batches(trial: Trial) {
    let mut n = 0;
    for size in [1, 3, 1, 7, 2] {
        let batch = (n..n + size).map(plain).collect();
        for answer in trial.append(batch).await {
            n += 1;
            let position = answer.recorded.position.get();
            assert_eq!(position, n, "the event number {n} stands at its place");
            assert!(!answer.duplicate, "an event that is new is no duplicate");
        }
    }
    let rows = trial.ledger().await;
    let in_order = rows.iter().map(|row| &row.event).eq(&(0..n).map(plain).collect::<Vec<_>>());
    assert!(in_order, "the ledger's order is the order of the appends");
}

/// The answers stand in the order of the events, and say what the ledger holds.
pub async fn a_batch_is_answered_in_its_order(trial: Trial) {
    let batch: Vec<_> = [5, 3, 9, 1].map(plain).into();
    let answers = trial.append(batch).await;
    let rows: Vec<_> = answers.into_iter().map(|answer| answer.recorded).collect();
    assert_eq!(rows, trial.ledger().await, "what is answered is what is held");
}

/// A batch has no size at which a part of it gets lost or comes twice.
pub async fn a_large_batch_is_recorded_whole(trial: Trial) {
    let mut n = 0;
    for size in [255, 64, 65, 1000, 83] {
        let batch = (n..n + size).map(|n| delivered(n, &format!("d{n}"))).collect();
        trial.append(batch).await;
        n += size;
    }
    let rows = trial.ledger().await;
    assert_eq!(rows.len() as u64, n, "each event of a large batch is a row");
    for (row, n) in rows.iter().zip(0..) {
        assert_eq!(row.event, delivered(n, &format!("d{n}")), "large batches keep their order");
    }
}

/// An append that is dropped at any point leaves the whole batch or nothing, no gap, and a ledger
/// that goes on.
pub async fn a_dropped_append_is_whole_or_absent(trial: Trial) {
    const BATCH: u64 = 5;
    for polls in 0..24_usize {
        let start = polls as u64 * BATCH;
        let batch: Vec<_> =
            (start..start + BATCH).map(|n| delivered(n, &format!("d{n}"))).collect();
        let dropped = dropped_after(polls % 8, trial.store.append(batch.clone())).await;
        if let Some(answers) = dropped {
            ok("append", answers);
        }
        // The sender didn't get its answer and brings it again.
        let again = trial.append(batch).await;
        let known = again.iter().filter(|answer| answer.duplicate).count();
        assert!(
            known == 0 || known == again.len(),
            "a batch that was dropped after {polls} polls is recorded whole or not at all, \
             but {known} of {} events were",
            again.len(),
        );
        let positions = again.iter().map(|answer| answer.recorded.position.get());
        let first = again.first().map_or(0, |answer| answer.recorded.position.get());
        assert!(positions.eq(first..first + BATCH), "a batch stands together, in its order");
    }
    let rows = trial.ledger().await;
    assert_eq!(rows.len() as u64, 24 * BATCH, "each delivery is one row");
    let count = ok("count", trial.store.count(&EventFilter::default()).await);
    assert_eq!(count, 24 * BATCH, "a dropped append writes nothing later on");
}
