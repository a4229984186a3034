//! One row for each delivery.

use super::samples::{delivered, plain};
use super::trial::Trial;

/// A delivery that comes again is answered with its first row, and burns no position.
pub async fn a_redelivery_gets_the_first_row(trial: Trial) {
    let first = trial.append(vec![delivered(1, "a")]).await;
    trial.append(vec![delivered(2, "b")]).await;
    for n in 3..6 {
        // The same delivery with another body: the first one counts.
        let mut other = delivered(n, "a");
        other.meta.insert("changed".into(), true.into());
        let again = trial.append(vec![delivered(100 + n, "c"), other]).await;
        for (answer, first) in again.iter().skip(1).zip(&first) {
            assert!(answer.duplicate, "what comes again is a duplicate");
            assert_eq!(
                answer.recorded, first.recorded,
                "a duplicate is answered with the first row"
            );
        }
    }
    let next = trial.append(vec![plain(9)]).await;
    let positions: Vec<_> = next.iter().map(|answer| answer.recorded.position.get()).collect();
    assert_eq!(positions, [4], "duplicates burn no positions");
    assert_eq!(trial.ledger().await.len(), 4, "duplicates make no rows");
}

/// The same inside one batch.
pub async fn a_redelivery_inside_its_batch_gets_the_first_row(trial: Trial) {
    let batch = vec![
        delivered(1, "a"),
        delivered(2, "b"),
        delivered(3, "a"),
        plain(4),
        delivered(5, "b"),
        delivered(6, "a"),
    ];
    let answers = trial.append(batch).await;
    let told: Vec<_> =
        answers.iter().map(|answer| (answer.recorded.position.get(), answer.duplicate)).collect();
    let wanted = [(1, false), (2, false), (1, true), (3, false), (2, true), (1, true)];
    assert_eq!(told, wanted, "position and duplicate for a, b, a, none, b, a");
    let rows = trial.ledger().await;
    for answer in answers {
        assert!(rows.contains(&answer.recorded), "each answer is a row of the ledger");
    }
}

/// Two sources may use the same delivery id.
pub async fn the_source_is_part_of_the_delivery(trial: Trial) {
    let mut other = delivered(2, "a");
    other.source = "gcp.deploy".to_owned();
    let mut joined = delivered(3, "deploya");
    joined.source = "gcp.".to_owned();
    let answers = trial.append(vec![delivered(1, "a"), other.clone(), joined]).await;
    let new = answers.iter().all(|answer| !answer.duplicate);
    assert!(new, "the same delivery id from another source is another delivery");
    let again = trial.append(vec![other]).await;
    let positions: Vec<_> = again.iter().map(|answer| answer.recorded.position.get()).collect();
    assert_eq!(positions, [2], "a duplicate gets the row of its own source");
    assert_eq!(trial.ledger().await.len(), 3, "one row for each source and delivery");
}

/// Events that have no delivery id are all new, however alike they are.
pub async fn events_without_a_delivery_are_never_duplicates(trial: Trial) {
    for n in 0..3 {
        let alike = (0..4).map(|m| {
            let mut event = plain(n * 4 + m);
            (event.ts, event.meta) = (plain(0).ts, plain(0).meta);
            event
        });
        for answer in trial.append(alike.collect()).await {
            assert!(!answer.duplicate, "an event without a delivery id is never a duplicate");
        }
    }
    // An id that is empty is an id.
    let answers = trial.append(vec![delivered(20, ""), delivered(21, "")]).await;
    let duplicates: Vec<_> = answers.iter().map(|answer| answer.duplicate).collect();
    assert_eq!(duplicates, [false, true], "an empty delivery id is one like any other");
    assert_eq!(trial.ledger().await.len(), 13, "each event without a delivery id is a row");
}
