//! One source that is loud, and another one that is not.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, interval};

use super::crew::Crew;
use super::vitals::quantiles;
use super::wire::Wire;
use super::{ingest_token, start};
use crate::feed_load::raise_open_files;
use crate::gateway::data_dir;
use crate::siege::long;

/// How long it may take until somebody is refused.
const AT_MOST: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h2_a_source_that_is_loud() {
    // More than the gateway takes at once, for longer than it takes a burst.
    let (loud, time) = if long() { (2000, 20) } else { (1000, 3) };
    let time = Duration::from_secs(time);
    raise_open_files(loud + 200);
    let dir = data_dir();
    let gateway = start(dir.path(), "1h");
    let client = Quiet { address: gateway.address().to_owned(), token: ingest_token(dir.path()) };
    let began = Instant::now();
    let mut alone = client.bring(|| began.elapsed() < time).await;

    let crew = Crew::new(gateway.address(), 8 * 1024);
    let rush = tokio::spawn(rush(crew, loud as usize, time));
    let mut beside = client.bring(|| !rush.is_finished()).await;
    let (rate, refused) = rush.await.unwrap();

    let [(p50, p99, _), (beside_p50, beside_p99, _)] =
        [&mut alone, &mut beside].map(|it| quantiles(it));
    eprintln!(
        "{loud} in a rush, {rate:.0} a second of theirs taken and {refused} refused; of another source \
         {} taken, none refused: p50 {beside_p50:.1?}, p99 {beside_p99:.1?}; alone {p50:.1?}, {p99:.1?}",
        beside.len()
    );
    assert!(refused > 0, "that was no rush");
}

/// So many bring all that they can for so long, and go on until somebody was refused: where they share
/// the cores with the gateway it depends on their turns when there are too many at once. How many were
/// taken in a second in the end, and how many refused.
async fn rush(crew: Arc<Crew>, connections: usize, time: Duration) -> (f64, usize) {
    let began = Instant::now();
    loop {
        let (tell, mut told) = mpsc::unbounded_channel();
        let rate = crew.peak(connections, time, &tell).await;
        drop(tell);
        let mut refused = 0;
        while let Some(told) = told.recv().await {
            refused += usize::from(told.position().is_none());
        }
        if refused > 0 || began.elapsed() > AT_MOST {
            return (rate, refused);
        }
    }
}

/// A client that brings an event now and then.
struct Quiet {
    address: String,
    token: String,
}

impl Quiet {
    /// Brings five a second, each of which must be taken, as long as it goes on; how long each took.
    async fn bring(&self, goes_on: impl Fn() -> bool) -> Vec<Duration> {
        let mut wire = Wire::to(&self.address);
        let mut pace = interval(Duration::from_millis(200));
        let mut took = Vec::new();
        while goes_on() {
            let due = pace.tick().await;
            let body = r#"{"kind":"deploy","status":"success","vtid":"DEV-CICDL-0031"}"#;
            let answer = wire.post("/events/ingest", &self.token, body).await.unwrap();
            assert_eq!(answer.status, 200, "{answer:?}");
            took.push(due.elapsed());
        }
        took
    }
}
