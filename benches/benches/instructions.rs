//! How many instructions a delivery costs the core, counted by callgrind: nearly the same in
//! every run, whatever else the machine does. `cargo xtask instructions` runs it.
//!
//! A count over its bound is a regression: find what it costs, or say in the commit why it is worth
//! it. One that shrank much is written down here, so that it stays. The bounds are a tenth above
//! what was counted with Rust 1.95. Valgrind shows programs a processor of its own,
//! without SHA instructions and with AVX2 where the machine has it, so the hash is counted as it is
//! in software: a count with it tells of the signature, the others of all the rest.

use gungraun::{
    Callgrind, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};
use oasis_benches::Payload;
use oasis_core::verify::{GcpHeaders, GithubHeaders, GithubVerifier, danger};
use oasis_core::{Arrival, Event, KeyRing, Normalizer, Secret, Timestamp, VtidSearch};

const ARRIVAL: Arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]);
const DELIVERY: &str = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

fn at_most(instructions: u64) -> LibraryBenchmarkConfig {
    let mut callgrind = Callgrind::with_args(["--cache-sim=no"]);
    callgrind.hard_limits([(EventKind::Ir, instructions)]);
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(callgrind);
    config
}

// What is prepared has done its work once, so that tables that are made at first use are not counted,
// and is leaked, so that taking it down isn't either.

fn payload(name: &str) -> &'static (Normalizer, Payload) {
    let found = oasis_benches::all().into_iter().find(|payload| payload.name == name);
    let prepared = Box::leak(Box::new((Normalizer::default(), found.unwrap())));
    drop(normalise_of(prepared));
    prepared
}

fn normalise_of((normalizer, payload): &(Normalizer, Payload)) -> Event {
    let trusted = danger::trust_github(payload.event, DELIVERY, &payload.body);
    normalizer.github(&trusted, ARRIVAL)
}

fn signed(name: &str) -> &'static (GithubVerifier, String, Payload) {
    let verifier = GithubVerifier::new(&KeyRing::new(Secret::new("not empty").unwrap()));
    let (_, payload) = payload(name);
    let signature = verifier.sign(&payload.body);
    Box::leak(Box::new((verifier, signature, payload.clone())))
}

fn push(name: &str) -> &'static (Normalizer, Vec<u8>) {
    let found = oasis_benches::google().into_iter().find(|(kind, _)| *kind == name);
    let prepared = Box::leak(Box::new((Normalizer::default(), found.unwrap().1)));
    drop(normalise_push_of(prepared));
    prepared
}

fn normalise_push_of((normalizer, body): &(Normalizer, Vec<u8>)) -> Event {
    normalizer.gcp(&danger::trust_gcp(&GcpHeaders::default(), body), ARRIVAL)
}

fn text(name: &str) -> &'static (VtidSearch, String) {
    let found = oasis_benches::texts().into_iter().find(|(kind, _)| *kind == name);
    let prepared = Box::leak(Box::new((VtidSearch::default(), found.unwrap().1)));
    assert!(prepared.0.find_all(&prepared.1).count() < 2);
    prepared
}

#[library_benchmark]
#[bench::push(args = ("push-7k"), setup = payload, config = at_most(55_000))]
#[bench::check_run(args = ("check_run-11k"), setup = payload, config = at_most(72_000))]
#[bench::workflow_run(args = ("workflow_run-19k"), setup = payload, config = at_most(125_000))]
#[bench::pull_request(args = ("pull_request-24k"), setup = payload, config = at_most(219_000))]
fn normalise(prepared: &(Normalizer, Payload)) -> Event {
    normalise_of(prepared)
}

#[library_benchmark]
#[bench::check_run(args = ("check_run-11k"), setup = signed, config = at_most(654_000))]
fn verify((verifier, signature, payload): &(GithubVerifier, String, Payload)) -> bool {
    let headers = GithubHeaders::read([
        ("x-github-event", payload.event.as_bytes()),
        ("x-github-delivery", DELIVERY.as_bytes()),
        ("x-hub-signature-256", signature.as_bytes()),
        ("content-type", b"application/json".as_slice()),
    ]);
    headers.is_ok_and(|headers| verifier.verify(&headers, &payload.body).is_ok())
}

#[library_benchmark]
#[bench::cloud_build(args = ("cloud_build"), setup = push, config = at_most(90_000))]
#[bench::cloud_run(args = ("cloud_run"), setup = push, config = at_most(137_000))]
fn normalise_push(prepared: &(Normalizer, Vec<u8>)) -> Event {
    normalise_push_of(prepared)
}

#[library_benchmark]
#[bench::prose(args = ("prose"), setup = text, config = at_most(530))]
#[bench::named(args = ("named"), setup = text, config = at_most(118_500))]
#[bench::near_misses(args = ("near-misses"), setup = text, config = at_most(114_500))]
fn search((search, text): &(VtidSearch, String)) -> usize {
    search.find_all(text).count()
}

library_benchmark_group!(
    name = hot_paths;
    benchmarks = normalise, verify, normalise_push, search
);
main!(library_benchmark_groups = hot_paths);
