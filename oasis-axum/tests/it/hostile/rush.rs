use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{FutureExt, stream};
use oasis_axum::{Limits, Oasis, Options};
use tokio::time::advance;

use crate::away::{Ledger, Mood};
use crate::{Gateway, problem, ring};

#[tokio::test(start_paused = true)]
async fn more_deliveries_than_can_be_taken_are_refused_at_once() {
    let ledger = Ledger::new();
    let limits = Limits { deliveries: 4, burst: Duration::from_secs(1), ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let gateway = Gateway::over(Oasis::with(Arc::new(ledger.clone()), &ring(), options));
    ledger.is(Mood::Silent);
    let deliver =
        |n: usize| Box::pin(gateway.call(gateway.delivery("push", &format!("d-{n}"), b"{}")));
    let mut waiting: Vec<_> = (0..8).map(deliver).collect();
    for one in &mut waiting {
        assert!(one.now_or_never().is_none(), "a burst is taken");
    }
    advance(Duration::from_millis(1001)).await;

    let refused = deliver(8).now_or_never().expect("at once");
    assert_eq!(refused.headers()["retry-after"], "5");
    let (status, detail) = problem(refused).await;
    assert!(status == 503 && detail.contains("more deliveries come"), "{detail}");
    // A large body is not waited for.
    let mut large = gateway.delivery("push", "d-9", &vec![b' '; 1 << 20]);
    *large.body_mut() = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let refused = gateway.call(large).now_or_never().expect("before its body is there");
    assert_eq!(refused.status(), 503);
    // Who asks is answered.
    assert_eq!(gateway.get("/livez").await.status(), 200);

    waiting.truncate(1);
    ledger.is(Mood::Well);
    assert_eq!(deliver(10).await.status(), 200, "when they are fewer, it goes on");
}
