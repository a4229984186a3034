//! What the feed costs: clients that come back and read what they missed, from the router itself, so
//! that no socket is in the way. By the thread's CPU time.

#[path = "core/cpu_time.rs"]
mod cpu_time;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::http::Request;
use cpu_time::CpuTime;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use oasis_axum::Oasis;
use oasis_benches::event;
use oasis_core::{EventStore, KeyRing, MemoryStore, Secret, Timestamp};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

const EVENTS: u64 = 1000;

criterion_group!(
    name = feeds;
    config = Criterion::default().with_measurement(CpuTime);
    targets = resume
);
criterion_main!(feeds);

fn resume(criterion: &mut Criterion<CpuTime>) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let feed = feed(&runtime);
    let mut group = criterion.benchmark_group("feed");
    for clients in [1, 100] {
        group.throughput(Throughput::Elements(EVENTS * clients));
        group.bench_function(BenchmarkId::new("resume", clients), |bencher| {
            bencher.iter(|| {
                runtime.block_on(async {
                    for _ in 0..clients {
                        follow(&feed).await;
                    }
                });
            });
        });
    }
    group.finish();
}

/// The feed of a ledger with some thousand events.
fn feed(runtime: &Runtime) -> Router {
    let _running = runtime.enter();
    let store = Arc::new(MemoryStore::new(|| Timestamp::from_unix_seconds(1_761_739_200)));
    let payload = oasis_benches::all().swap_remove(1);
    let all = (0..EVENTS).map(|number| event(&payload, number)).collect();
    runtime.block_on(store.append(all)).unwrap();
    let oasis = Oasis::new(store, &KeyRing::new(Secret::new("not empty").unwrap()));
    oasis.feed()
}

/// Reads all events from the first on.
async fn follow(feed: &Router) {
    let request = Request::get("/api/v1/devhub/feed?last_event_id=0").body(Body::empty());
    let response = feed.clone().oneshot(request.unwrap()).await.unwrap();
    let mut body = response.into_body();
    let mut told = 0;
    while told < EVENTS {
        let frame = std::future::poll_fn(|cx| std::pin::Pin::new(&mut body).poll_frame(cx)).await;
        let data = frame.unwrap().unwrap().into_data().unwrap();
        told += memchr::memmem::find_iter(&data, b"\nid: ").count() as u64;
        told += u64::from(data.starts_with(b"id: "));
    }
    assert_eq!(told, EVENTS);
}
