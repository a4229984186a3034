//! What it takes to keep events, one by one and in groups, and to read them again: in memory, and in
//! SQLite with `synchronous = FULL`. By the clock on the wall, because a disk is waited for.

use std::cell::Cell;
use std::hint::black_box;
use std::sync::Arc;

use criterion::measurement::WallTime;
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main,
};
use oasis_benches::{Payload, event};
use oasis_core::{Event, EventFilter, EventStore, MemoryStore, Query, Timestamp};
use oasis_sqlx::SqliteStore;
use tokio::runtime::Runtime;

const ROWS: u64 = 10_000;

criterion_group!(stores, append, read);
criterion_main!(stores);

fn append(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("append");
    for (name, store) in stores_of(&runtime, dir.path()) {
        for count in [1, 16, 64, 256] {
            group.throughput(Throughput::Elements(count));
            append_to(&mut group, &runtime, name, &*store, count);
        }
    }
    group.finish();
}

fn append_to(
    group: &mut BenchmarkGroup<'_, WallTime>,
    runtime: &Runtime,
    name: &str,
    store: &dyn EventStore,
    count: u64,
) {
    let next = Cell::new(count * 1_000_000_000);
    let batch = || -> Vec<Event> {
        let first = next.replace(next.get() + count);
        (first..first + count).map(|number| event(&check_run(), number)).collect()
    };
    group.bench_function(BenchmarkId::new(name, count), |bencher| {
        bencher.iter_batched(
            batch,
            |batch| runtime.block_on(store.append(batch)).unwrap(),
            BatchSize::SmallInput,
        );
    });
}

fn read(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut group = criterion.benchmark_group("newest");
    let payload = check_run();
    for (name, store) in stores_of(&runtime, dir.path()) {
        let all: Vec<Event> = (0..ROWS).map(|number| event(&payload, number)).collect();
        let task = all[0].vtid.clone();
        runtime.block_on(store.append(all)).unwrap();
        let of_task = EventFilter { vtid: Some(task), ..EventFilter::default() };
        for (what, filter) in [("all", EventFilter::default()), ("task", of_task)] {
            let query = Query::newest(filter, 200);
            group.throughput(Throughput::Elements(200));
            group.bench_function(BenchmarkId::new(name, what), |bencher| {
                bencher.iter(|| runtime.block_on(store.query(black_box(&query))).unwrap());
            });
        }
    }
    group.finish();
}

fn stores_of(runtime: &Runtime, dir: &std::path::Path) -> [(&'static str, Arc<dyn EventStore>); 2] {
    let now = || Timestamp::from_unix_seconds(1_761_739_200);
    let sqlite = runtime.block_on(SqliteStore::open(dir.join("oasis.db"))).unwrap();
    [("memory", Arc::new(MemoryStore::new(now))), ("sqlite", Arc::new(sqlite))]
}

fn check_run() -> Payload {
    oasis_benches::all().swap_remove(1)
}
