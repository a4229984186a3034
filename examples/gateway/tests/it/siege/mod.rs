//! A gateway under siege: many who send nothing of use, beside GitHub.
//!
//! `cargo xtask siege` runs the long forms.

mod dawdlers;
mod endless;
mod limited;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{MissedTickBehavior, interval};

use crate::gateway::Gateway;

/// How much is done.
#[derive(Clone, Copy)]
struct Siege {
    strangers: usize,
    lasts: Duration,
    /// How long signed deliveries may take, but for one in a hundred.
    slow: Duration,
}

/// Whether it is the form that is promised, of an optimised build (`--release`).
pub(crate) fn long() -> bool {
    std::env::var_os("OASIS_TEST_LONG").is_some_and(|long| long == "1")
}

impl Siege {
    /// Delivers fifty a second, each when it is due, and gives how long each took. Each must be taken.
    async fn deliver(self, gateway: &Arc<Gateway>) -> Vec<Duration> {
        let mut pace = interval(Duration::from_millis(20));
        pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let began = Instant::now();
        let mut deliveries = Vec::new();
        while began.elapsed() < self.lasts {
            let due = pace.tick().await;
            let (gateway, id) = (Arc::clone(gateway), format!("d-{}", deliveries.len()));
            deliveries.push(tokio::spawn(async move {
                gateway.push(&id).await;
                due.elapsed()
            }));
        }
        let mut took = Vec::new();
        for delivery in deliveries {
            took.push(delivery.await.expect("a signed delivery was not taken"));
        }
        took.sort();
        took
    }

    fn judge(self, name: &str, took: &[Duration], more: &str) {
        let [median, p99] = [took.len() / 2, took.len() * 99 / 100].map(|at| took[at]);
        eprintln!(
            "{name}: {} strangers, {} signed deliveries: p50 {median:.1?}, p99 {p99:.1?}, \
             max {:.1?}; {more}",
            self.strangers,
            took.len(),
            took.last().unwrap(),
        );
        assert!(p99 < self.slow, "{p99:?}");
    }
}
