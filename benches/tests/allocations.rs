//! How often a delivery asks for memory, which is the same on every machine and in every run.
//!
//! `cargo xtask allocations` prints it. A number that grew is a regression: find what asks, or say in
//! the commit why it is worth it. One that shrank is written down here, so that it stays.

use allocation_counter::AllocationInfo;
use oasis_core::verify::{GcpHeaders, GithubHeaders, GithubVerifier, danger};
use oasis_core::{Arrival, KeyRing, Normalizer, Secret, Timestamp};

const ARRIVAL: Arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]);

/// The most allocations that each payload may cost, from its headers to its event.
const MOST: [(&str, u64); 12] = [
    ("push-7k", 29),
    ("check_run-11k", 32),
    ("workflow_run-19k", 34),
    ("pull_request-24k", 34),
    ("push-1m", 1866),
    ("cloud_build", 40),
    ("cloud_deploy", 31),
    ("cloud_run", 37),
    ("cloud_run-request", 37),
    ("audit_log", 29),
    ("cloud_event", 30),
    ("pubsub", 24),
];

#[test]
fn no_delivery_asks_for_memory_more_often_than_it_did() {
    let verifier = GithubVerifier::new(&KeyRing::new(Secret::new("not empty").unwrap()));
    let normalizer = Normalizer::default();
    let mut counted = Vec::new();
    for payload in oasis_benches::all() {
        let signature = verifier.sign(&payload.body);
        let info = of_the_second(|| {
            let headers = GithubHeaders::read([
                ("x-github-event", payload.event.as_bytes()),
                ("x-github-delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
                ("x-hub-signature-256", signature.as_bytes()),
            ]);
            let headers = headers.unwrap();
            let verified = verifier.verify(&headers, &payload.body).unwrap();
            drop(normalizer.github(&verified, ARRIVAL));
        });
        counted.push((payload.name, payload.body.len(), info));
    }
    for (name, body) in oasis_benches::google() {
        let info = of_the_second(|| {
            let trusted = danger::trust_gcp(&GcpHeaders::default(), &body);
            drop(normalizer.gcp(&trusted, ARRIVAL));
        });
        counted.push((name, body.len(), info));
    }
    judge(&counted);
}

/// What it asks for when it is done again: what a rule's first event makes is kept for all that follow.
fn of_the_second(done: impl Fn()) -> AllocationInfo {
    done();
    allocation_counter::measure(done)
}

fn judge(counted: &[(&str, usize, AllocationInfo)]) {
    println!(
        "{:<18} {:>9} {:>12} {:>6} {:>14}",
        "payload", "bytes", "allocations", "most", "bytes in all"
    );
    let mut faults = Vec::new();
    assert_eq!(counted.len(), MOST.len());
    for ((name, len, info), (expected, most)) in counted.iter().zip(MOST) {
        assert_eq!(*name, expected);
        let (count, bytes) = (info.count_total, info.bytes_total);
        println!("{name:<18} {len:>9} {count:>12} {most:>6} {bytes:>14}");
        if count > most {
            faults.push(format!("{name} asks {count} times, {most} at most"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("; "));
}
