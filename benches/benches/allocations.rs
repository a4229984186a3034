//! How often a delivery asks for memory, which is the same on every machine and in every run.

use allocation_counter::AllocationInfo;
use oasis_core::verify::{GcpHeaders, GithubHeaders, GithubVerifier, danger};
use oasis_core::{Arrival, KeyRing, Normalizer, Secret, Timestamp};

const ARRIVAL: Arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]);

fn main() {
    let verifier = GithubVerifier::new(&KeyRing::new(Secret::new("not empty").unwrap()));
    let normalizer = Normalizer::default();
    println!("{:<18} {:>9} {:>12} {:>14}", "payload", "bytes", "allocations", "bytes in all");
    for payload in oasis_benches::all() {
        let signature = verifier.sign(&payload.body);
        let info = allocation_counter::measure(|| {
            let headers = GithubHeaders::read([
                ("x-github-event", payload.event.as_bytes()),
                ("x-github-delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
                ("x-hub-signature-256", signature.as_bytes()),
            ]);
            let headers = headers.unwrap();
            let verified = verifier.verify(&headers, &payload.body).unwrap();
            drop(normalizer.github(&verified, ARRIVAL));
        });
        print(payload.name, payload.body.len(), &info);
    }
    for (name, body) in oasis_benches::google() {
        let info = allocation_counter::measure(|| {
            let trusted = danger::trust_gcp(&GcpHeaders::default(), &body);
            drop(normalizer.gcp(&trusted, ARRIVAL));
        });
        print(name, body.len(), &info);
    }
}

fn print(name: &str, len: usize, info: &AllocationInfo) {
    println!("{name:<18} {len:>9} {:>12} {:>14}", info.count_total, info.bytes_total);
}
