//! What verify + normalise costs beside the bare HMAC, which nobody can do without.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use hmac::{Hmac, KeyInit, Mac};
use oasis_benches::Payload;
use oasis_core::verify::{GithubHeaders, GithubVerifier};
use oasis_core::{Arrival, KeyRing, Normalizer, Secret, Timestamp};
use serde_json::Value;
use sha2::Sha256;

const SECRET: &str = "It's a Secret to Everybody";
const GROUPS: [&str; 2] = ["hmac", "verify+normalise"];

fn main() {
    let results = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| PathBuf::from("target"), PathBuf::from)
        .join("criterion");
    let mut criterion = Criterion::default()
        .output_directory(&results)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    let payloads = oasis_benches::all();
    hmac_alone(&mut criterion, &payloads);
    verify_and_normalise(&mut criterion, &payloads);
    criterion.final_summary();
    print_ratios(&results, &payloads);
}

fn hmac_alone(criterion: &mut Criterion, payloads: &[Payload]) {
    let keyed = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    let mut group = criterion.benchmark_group(GROUPS[0]);
    for payload in payloads {
        group.throughput(Throughput::Bytes(payload.body.len() as u64));
        group.bench_with_input(id(payload), payload, |bencher, payload| {
            bencher.iter(|| {
                let mac = keyed.clone().chain_update(black_box(&payload.body));
                mac.finalize().into_bytes()
            });
        });
    }
    group.finish();
}

fn verify_and_normalise(criterion: &mut Criterion, payloads: &[Payload]) {
    let verifier = GithubVerifier::new(&KeyRing::new(Secret::new(SECRET).unwrap()));
    let normalizer = Normalizer::default();
    let arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]);
    let mut group = criterion.benchmark_group(GROUPS[1]);
    for payload in payloads {
        let signature = verifier.sign(&payload.body);
        let headers = [
            ("x-github-event", payload.event.as_bytes()),
            ("x-github-delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            ("x-hub-signature-256", signature.as_bytes()),
            ("content-type", b"application/json"),
        ];
        group.throughput(Throughput::Bytes(payload.body.len() as u64));
        group.bench_with_input(id(payload), payload, |bencher, payload| {
            bencher.iter(|| {
                let headers = GithubHeaders::read(black_box(headers)).unwrap();
                let verified = verifier.verify(&headers, black_box(&payload.body));
                normalizer.github(&verified.unwrap(), arrival)
            });
        });
    }
    group.finish();
}

fn id(payload: &Payload) -> BenchmarkId {
    BenchmarkId::from_parameter(payload.name)
}

/// The medians that criterion has just written, side by side.
fn print_ratios(results: &Path, payloads: &[Payload]) {
    println!(
        "{:<18} {:>9} {:>11} {:>18} {:>6}",
        "payload", "bytes", "hmac", "verify+normalise", "ratio"
    );
    for payload in payloads {
        let [hmac, all] = GROUPS.map(|group| median(results, group, payload.name));
        let (Some(hmac), Some(all)) = (hmac, all) else {
            println!("{:<18} not measured", payload.name);
            continue;
        };
        println!(
            "{:<18} {:>9} {:>8.2} µs {:>15.2} µs {:>6.2}",
            payload.name,
            payload.body.len(),
            hmac / 1000.0,
            all / 1000.0,
            all / hmac
        );
    }
}

/// In nanoseconds.
fn median(results: &Path, group: &str, name: &str) -> Option<f64> {
    let file = results.join(group).join(name).join("new/estimates.json");
    let estimates: Value = serde_json::from_slice(&std::fs::read(file).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}
