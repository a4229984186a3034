use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use oasis_axum::Oasis;
use tokio::time::Instant;

use crate::away::{Ledger, Mood};
use crate::{Gateway, problem, ring};

/// The answers to twenty deliveries that come at once: their statuses and how long they took.
async fn twenty(gateway: &Gateway, round: usize) -> Vec<(u16, Duration)> {
    join_all((0..20).map(async |n| {
        let asked = Instant::now();
        let response =
            gateway.call(gateway.delivery("push", &format!("d-{round}-{n}"), b"{}")).await;
        let (status, took) = (response.status().as_u16(), asked.elapsed());
        if status == 503 {
            assert!(response.headers().contains_key("retry-after"));
            problem(response).await;
        }
        (status, took)
    }))
    .await
}

#[tokio::test(start_paused = true)]
async fn f5_while_the_ledger_is_away_nobody_queues_for_it() {
    let ledger = Ledger::new();
    let gateway = Gateway::over(Oasis::new(Arc::new(ledger.clone()), &ring()));
    ledger.is(Mood::Silent);
    for round in 0..3 {
        let answers = twenty(&gateway, round).await;
        assert!(answers.iter().all(|(status, _)| *status == 503), "{answers:?}");
        assert!(answers.iter().all(|(_, took)| *took <= Duration::from_millis(2250)));
        let waited = answers.iter().filter(|(_, took)| *took > Duration::from_millis(300)).count();
        assert_eq!(waited, if round == 0 { 20 } else { 1 }, "one finds out: {answers:?}");
    }
    ledger.is(Mood::Well);
    let answers = twenty(&gateway, 3).await;
    assert!(answers.iter().all(|(status, _)| *status == 200), "nobody is refused: {answers:?}");
}
