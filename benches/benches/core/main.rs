//! What the core costs: verify + normalise beside the bare HMAC, each kind of Google Cloud's, and the
//! search for a task id.

mod cpu_time;
mod github;
mod google;
mod vtid;

use std::path::{Path, PathBuf};
use std::time::Duration;

use cpu_time::CpuTime;
use criterion::Criterion;
use oasis_benches::Figures;
use oasis_core::{Arrival, Timestamp};
use serde_json::Value;

const ARRIVAL: Arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]);

fn main() {
    let results = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from("target"), PathBuf::from)
        .join("criterion");
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .output_directory(&results)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let real = oasis_benches::real();
    if real.is_empty() {
        println!("no real payloads here (set OASIS_CORPUS): only those made for measuring");
    }
    let google = oasis_benches::google();
    let texts = oasis_benches::texts();
    let made = oasis_benches::all();
    github::measure(&mut criterion, &[real.as_slice(), &made].concat());
    google::measure(&mut criterion, &google);
    vtid::measure(&mut criterion, &texts);
    criterion.final_summary();
    let mut figures = Figures::default();
    github::print(&results, &made, "made for measuring", &mut Figures::default());
    github::print(&results, &oasis_benches::measured(), "T1", &mut figures);
    google::print(&results, &google);
    vtid::print(&results, &texts);
    if let Some(file) = std::env::var_os("OASIS_BENCH_FIGURES") {
        figures.write(file.as_ref()).unwrap();
    }
}

/// In nanoseconds.
fn median(results: &Path, group: &str, name: &str) -> Option<f64> {
    let file = results.join(group).join(name).join("new/estimates.json");
    let estimates: Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
