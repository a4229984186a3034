//! Verify + normalise beside the bare HMAC, which nobody can do without.

use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput};
use hmac::{Hmac, KeyInit, Mac};
use oasis_benches::{Figures, Payload};
use oasis_core::verify::{GithubHeaders, GithubVerifier};
use oasis_core::{KeyRing, Normalizer, Secret};
use sha2::Sha256;

use super::{ARRIVAL, CpuTime, median};

const SECRET: &str = "It's a Secret to Everybody";
const GROUPS: [&str; 2] = ["hmac", "verify+normalise"];

pub fn measure(criterion: &mut Criterion<CpuTime>, payloads: &[Payload]) {
    // A payload's two sides one after the other: the processor's clock drifts over minutes, and a ratio
    // would drift with it.
    for payload in payloads {
        hmac_alone(criterion, payload);
        verify_and_normalise(criterion, payload);
    }
}

fn hmac_alone(criterion: &mut Criterion<CpuTime>, payload: &Payload) {
    let keyed = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    let mut group = criterion.benchmark_group(GROUPS[0]);
    group.throughput(Throughput::Bytes(payload.body.len() as u64));
    group.bench_with_input(id(payload), payload, |bencher, payload| {
        bencher.iter(|| {
            let mac = keyed.clone().chain_update(black_box(&payload.body));
            mac.finalize().into_bytes()
        });
    });
    group.finish();
}

fn verify_and_normalise(criterion: &mut Criterion<CpuTime>, payload: &Payload) {
    let verifier = GithubVerifier::new(&KeyRing::new(Secret::new(SECRET).unwrap()));
    let normalizer = Normalizer::default();
    let mut group = criterion.benchmark_group(GROUPS[1]);
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
            normalizer.github(&verified.unwrap(), ARRIVAL)
        });
    });
    group.finish();
}

fn id(payload: &Payload) -> BenchmarkId {
    BenchmarkId::from_parameter(payload.name)
}

/// The medians that criterion has just written, side by side, and the mean of the ratios as the
/// figure of this key.
pub fn print(results: &Path, payloads: &[Payload], mean: &str, figures: &mut Figures) {
    let mut ratios = Vec::new();
    for Payload { name, body, .. } in payloads {
        let [hmac, all] = GROUPS.map(|group| median(results, group, name));
        let (Some(hmac), Some(all)) = (hmac, all) else {
            println!("{name} was not measured");
            continue;
        };
        let ratio = all / hmac;
        let detail =
            format!("µs for {} bytes, HMAC {:.2} µs, {ratio:.2} ×", body.len(), hmac / 1000.0);
        figures.see(&format!("core.{name}"), all / 1000.0, detail);
        ratios.push(ratio);
    }
    if !ratios.is_empty() {
        let logarithms = ratios.iter().map(|ratio| ratio.ln()).sum::<f64>();
        let detail = format!("the geometric mean of {} payloads", ratios.len());
        figures.see(mean, (logarithms / ratios.len() as f64).exp(), detail);
    }
}
