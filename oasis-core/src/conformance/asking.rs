//! Single questions: the head, an id, an empty ledger.

use super::samples::{delivered, plain};
use super::trial::{Trial, ok};
use crate::event::Position;
use crate::store::{EventFilter, Order, Query};

/// An empty ledger has no head, no pages and no rows.
pub async fn an_empty_ledger_holds_nothing(trial: Trial) {
    assert_eq!(ok("head", trial.store.head().await), None, "an empty ledger has no head");
    let count = ok("count", trial.store.count(&EventFilter::default()).await);
    assert_eq!(count, 0, "an empty ledger counts no rows");
    let found = ok("get", trial.store.get(plain(1).id).await);
    assert_eq!(found, None, "an empty ledger finds nothing");
    for order in [Order::Ascending, Order::Descending] {
        for after in [None, Some(Position::FIRST), Position::new(u64::MAX)] {
            let mut query = Query::after(EventFilter::default(), after, 10);
            query.order = order;
            let page = trial.page(&query).await;
            assert!(page.events.is_empty(), "an empty ledger gives an empty page: {query:?}");
            assert_eq!(page.next, None, "an empty ledger has no next page: {query:?}");
        }
    }
}

/// An id finds its event, and an id that no event has finds nothing.
pub async fn an_event_is_found_by_its_id(trial: Trial) {
    let answers = trial.append((0..5).map(plain).collect()).await;
    for answer in answers {
        let found = ok("get", trial.store.get(answer.recorded.event.id).await);
        assert_eq!(found, Some(answer.recorded), "an id finds its own event");
    }
    let found = ok("get", trial.store.get(plain(5).id).await);
    assert_eq!(found, None, "an unknown id finds nothing");

    trial.append(vec![delivered(6, "a"), delivered(7, "a")]).await;
    let found = ok("get", trial.store.get(delivered(7, "a").id).await);
    assert_eq!(found, None, "the id of a duplicate finds nothing: it has no row");
}

/// The head is the position that was given last.
pub async fn the_head_is_the_newest_position(trial: Trial) {
    for n in 0..5 {
        let newest = trial.append(vec![plain(2 * n), plain(2 * n + 1)]).await.pop();
        let newest = newest.map(|answer| answer.recorded.position);
        let head = ok("head", trial.store.head().await);
        assert_eq!(
            head, newest,
            "the head is the newest position as soon as the append is answered"
        );
    }
}
