//! Waiting for what comes next.

use super::samples::{delivered, plain};
use super::trial::{Trial, dropped_after, dropped_when, ok, yield_once};
use crate::event::Position;

/// Where something is there already, nobody waits.
pub async fn changed_returns_at_once_for_what_is_there(trial: Trial) {
    trial.append((0..3).map(plain).collect()).await;
    for after in [None, Position::new(1), Position::new(2)] {
        let changed = trial.in_time("changed with rows to read", trial.store.changed(after));
        ok("changed", changed.await);
    }
}

/// An append wakes everybody who waits for it.
pub async fn changed_wakes_everybody_who_waits(trial: Trial) {
    let mut after = None;
    for n in 0..4 {
        let waiting: Vec<_> = (0..5)
            .map(|_| {
                let trial = trial.clone();
                let mut waiting = Box::pin(async move { wait_for_more(&trial, after).await });
                async move {
                    // It waits before the append comes.
                    let early = dropped_after(1, &mut waiting).await;
                    (early, waiting)
                }
            })
            .collect();
        let mut waiters = Vec::new();
        for waiter in waiting {
            let (early, waiter) = waiter.await;
            assert_eq!(early, None, "nothing is there before it is appended");
            waiters.push(trial.start(waiter));
        }
        // A duplicate is nothing new and wakes nobody for good.
        if n > 0 {
            trial.append(vec![delivered(n - 1, &format!("d{}", n - 1))]).await;
        }
        let appended = trial.append(vec![delivered(n, &format!("d{n}"))]).await;
        after = appended.last().map(|answer| answer.recorded.position);
        for waiter in waiters {
            assert_eq!(waiter.await, after, "who waits finds the new row");
        }
    }
}

/// A wait may be dropped at any point; the next one works.
pub async fn changed_can_be_dropped(trial: Trial) {
    for n in 0..8 {
        let head = ok("head", trial.store.head().await);
        // It may return early, so whether it does says nothing.
        let _ = dropped_after(0, trial.store.changed(head)).await;
        let _ = dropped_after(1, trial.store.changed(head)).await;
        for questions in 0..4 {
            let beside = async {
                for _ in 0..questions {
                    ok("head", trial.store.head().await);
                }
            };
            dropped_when(beside, trial.store.changed(head)).await;
        }
        trial.append(vec![plain(n)]).await;
        let found = wait_for_more(&trial, head).await;
        assert_eq!(found, Position::new(n + 1), "a wait after dropped ones finds the new row");
    }
}

/// Waits as a reader does: `changed` may return early, so who waits looks again.
async fn wait_for_more(trial: &Trial, after: Option<Position>) -> Option<Position> {
    let wait = async {
        loop {
            ok("changed", trial.store.changed(after).await);
            let head = ok("head", trial.store.head().await);
            if head > after {
                return head;
            }
            yield_once().await;
        }
    };
    trial.in_time("the wait for an append", wait).await
}
