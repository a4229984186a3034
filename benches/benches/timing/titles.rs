//! How long can a text be made to keep the search for task ids?
//!
//! A MiB of what is hard to search stands where an event's task is looked for. Beside the time stands how
//! many times the bare HMAC over the same bytes that is, which no slower machine changes much.

use std::hint::black_box;
use std::time::{Duration, Instant};

use oasis_core::verify::{GithubVerifier, danger};
use oasis_core::{Arrival, KeyRing, Normalizer, Secret, Timestamp};
use serde_json::{Value, json};

const MIB: usize = 1024 * 1024;

/// What one event may take.
const LIMIT: Duration = Duration::from_millis(10);

/// Of so many runs the shortest counts: what is longer was interrupted.
const RUNS: usize = 15;

/// Times each text at each place; wrong where one takes too long.
pub fn judge() -> Result<(), &'static str> {
    let normalizer = Normalizer::default();
    let verifier = GithubVerifier::new(&KeyRing::new(Secret::new("a secret").expect("not empty")));
    let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
    println!("{:<24} {:<10} {:>8} {:>8}", "a MiB of", "as", "ms", "x HMAC");
    let mut longest = Duration::ZERO;
    for (name, text) in texts() {
        for (place, event, payload) in places(&text) {
            let body = payload.to_string().into_bytes();
            let normalised = shortest(|| {
                let trusted = danger::trust_github(event, "d-1", black_box(&body));
                drop(black_box(normalizer.github(&trusted, arrival)));
            });
            let hashed = shortest(|| drop(black_box(verifier.sign(black_box(&body)))));
            let (ms, times) = (normalised.as_secs_f64() * 1e3, normalised.div_duration_f64(hashed));
            println!("{name:<24} {place:<10} {ms:>8.2} {times:>8.1}");
            longest = longest.max(normalised);
        }
    }
    if longest <= LIMIT { Ok(()) } else { Err("a MiB of text keeps the search for too long") }
}

fn shortest(run: impl Fn()) -> Duration {
    let timed = |_| {
        let start = Instant::now();
        run();
        start.elapsed()
    };
    (0..RUNS).map(timed).min().unwrap_or_default()
}

fn texts() -> Vec<(&'static str, String)> {
    let mib = |words: &str| words.chars().cycle().take(MIB).collect::<String>();
    let ids = |count: usize| (0..MIB / 11).map(|n| format!("AB-CD-{:04} ", n % count)).collect();
    vec![
        ("near misses", mib("DEV-CICDL-31 DEV-CICDL-0031-2 XDEV-CICDL-0031X VTID-12 DEV--0031 ")),
        ("words that go on", mib("DEV-CICDLAAA-GOVERNAA-2025-")),
        ("prefixes", mib("VTID-")),
        ("letters and hyphens", mib("A-")),
        ("capitals", mib("A")),
        ("one id", ids(1)),
        ("99 ids", ids(99)),
        ("10,000 ids", ids(10_000)),
        ("marked lines", mib("VTID: AB-CD-0001\n")),
    ]
}

/// The text at the places where an event's task is looked for.
fn places(text: &str) -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("a title", "pull_request", json!({"action": "opened", "pull_request": {"title": text}})),
        ("a body", "pull_request", json!({"action": "opened", "pull_request": {"body": text}})),
        ("a commit", "push", json!({"ref": "refs/heads/x", "commits": [{"message": text}]})),
    ]
}
