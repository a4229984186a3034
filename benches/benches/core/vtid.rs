//! The search for a task id, for each KiB of text.

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput};
use oasis_core::VtidSearch;

use super::{CpuTime, median};

const GROUP: &str = "vtid";

pub fn measure(criterion: &mut Criterion<CpuTime>, texts: &[(&str, String)]) {
    let search = VtidSearch::default();
    let mut group = criterion.benchmark_group(GROUP);
    for (name, text) in texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(name), text, |bencher, text| {
            bencher.iter(|| search.find_all(black_box(text)).count());
        });
    }
    group.finish();
}

pub fn print(results: &Path, texts: &[(&str, String)]) {
    println!("{:<18} {:>9} {:>11}", "text", "bytes", "per KiB");
    for (name, text) in texts {
        match median(results, GROUP, name) {
            Some(took) => {
                let kib = text.len() as f64 / 1024.0;
                println!("{name:<18} {:>9} {:>8.0} ns", text.len(), took / kib);
            }
            None => println!("{name:<18} not measured"),
        }
    }
}
