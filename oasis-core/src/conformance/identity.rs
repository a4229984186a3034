//! One row for each event, by its id.

use super::samples::{delivered, plain};
use super::trial::Trial;

/// An event that has no delivery id and is brought again gets its row, and burns no position: who
/// lost the answer may ask for it in the same words.
pub async fn an_event_that_comes_again_gets_its_row(trial: Trial) {
    let first = trial.append(vec![plain(1), plain(2)]).await;
    for round in 0..3 {
        let mut other = plain(2);
        other.meta.insert("changed".into(), round.into());
        let again = trial.append(vec![plain(10 + round), other, plain(1)]).await;
        let told: Vec<_> = again.iter().map(|answer| answer.duplicate).collect();
        assert_eq!(told, [false, true, true], "an id that the ledger has is a duplicate");
        for (answer, first) in again.iter().skip(1).zip(first.iter().rev()) {
            assert_eq!(answer.recorded, first.recorded, "an event again is answered with its row");
        }
    }
    // Another delivery of the same event is the same event.
    for delivery in ["a", "b"] {
        for answer in trial.append(vec![delivered(1, delivery)]).await {
            assert!(answer.duplicate, "the id counts where the delivery is new");
            assert_eq!(Some(&answer.recorded), first.first().map(|first| &first.recorded));
        }
    }
    let next = trial.append(vec![delivered(20, "a")]).await;
    let next = next.iter().map(|answer| (answer.recorded.position.get(), answer.duplicate));
    let next: Vec<_> = next.collect();
    assert_eq!(next, [(6, false)], "what was no row burns no position and takes no delivery id");
    assert_eq!(trial.ledger().await.len(), 6, "an event is one row");
}

/// The same inside one batch.
pub async fn an_event_that_comes_again_inside_its_batch_gets_its_row(trial: Trial) {
    let batch = vec![
        delivered(1, "a"),
        delivered(1, "b"),
        plain(2),
        plain(2),
        // The second event was no row, so nothing has taken its delivery id.
        delivered(3, "b"),
        delivered(3, "a"),
        delivered(1, "b"),
    ];
    let answers = trial.append(batch).await;
    let told: Vec<_> =
        answers.iter().map(|answer| (answer.recorded.position.get(), answer.duplicate)).collect();
    let wanted = [(1, false), (1, true), (2, false), (2, true), (3, false), (1, true), (3, true)];
    assert_eq!(told, wanted, "position and duplicate for each event of the batch");
    let rows = trial.ledger().await;
    assert_eq!(rows.len(), 3, "one row for each event");
    for answer in answers {
        assert!(rows.contains(&answer.recorded), "each answer is a row of the ledger");
    }
}

/// An event whose delivery is one row and whose id is another's gets the row of its delivery.
pub async fn the_delivery_counts_before_the_id(trial: Trial) {
    trial.append(vec![delivered(1, "a"), delivered(2, "b")]).await;
    for batch in [vec![delivered(1, "b")], vec![plain(3), delivered(1, "b"), delivered(3, "a")]] {
        let answers = trial.append(batch).await;
        let told: Vec<_> = answers.iter().map(|answer| answer.recorded.position.get()).collect();
        assert!(told == [2] || told == [3, 2, 1], "the delivery's row is the answer: {told:?}");
    }
    assert_eq!(trial.ledger().await.len(), 3, "nothing of it is a new row");
}
