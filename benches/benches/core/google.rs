//! Each kind of Google Cloud's, from the body of a push to its event.

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput};
use oasis_core::Normalizer;
use oasis_core::verify::{GcpHeaders, danger};

use super::{ARRIVAL, CpuTime, median};

const GROUP: &str = "gcp";

pub fn measure(criterion: &mut Criterion<CpuTime>, pushes: &[(&str, Vec<u8>)]) {
    let normalizer = Normalizer::default();
    let mut group = criterion.benchmark_group(GROUP);
    for (name, body) in pushes {
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(name), body, |bencher, body| {
            bencher.iter(|| {
                let trusted = danger::trust_gcp(&GcpHeaders::default(), black_box(body));
                normalizer.gcp(&trusted, ARRIVAL)
            });
        });
    }
    group.finish();
}

pub fn print(results: &Path, pushes: &[(&str, Vec<u8>)]) {
    println!("{:<18} {:>9} {:>11}", "push", "bytes", "normalise");
    for (name, body) in pushes {
        match median(results, GROUP, name) {
            Some(took) => println!("{name:<18} {:>9} {:>8.2} µs", body.len(), took / 1000.0),
            None => println!("{name:<18} not measured"),
        }
    }
}
