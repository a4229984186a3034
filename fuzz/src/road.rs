//! The road that a delivery of GitHub's takes, for bytes that we sign ourselves.

use std::sync::LazyLock;

use oasis_core::verify::{GithubHeaders, GithubVerifier, Verified, danger};
use oasis_core::{Arrival, Event, KeyRing, Normalizer, Secret, Timestamp};
use serde::de::IgnoredAny;

pub static VERIFIER: LazyLock<GithubVerifier> = LazyLock::new(|| {
    let secret = Secret::new("a secret for the fuzzer").expect("it is not empty");
    GithubVerifier::new(&KeyRing::new(secret))
});

pub static NORMALIZER: LazyLock<Normalizer> = LazyLock::new(Normalizer::default);

pub const ARRIVAL: Arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]);

const DELIVERY: &str = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

/// The event of a body that is JSON.
pub fn event_of_json(name: &str, body: &[u8]) -> Event {
    event_of(&danger::trust_github(name, DELIVERY, body))
}

/// The event of a body that is a form.
pub fn event_of_form(name: &str, body: &[u8]) -> Event {
    let signature = VERIFIER.sign(body);
    let headers = GithubHeaders::read([
        ("X-GitHub-Event", name.as_bytes()),
        ("X-GitHub-Delivery", DELIVERY.as_bytes()),
        ("X-Hub-Signature-256", signature.as_bytes()),
        ("Content-Type", b"application/x-www-form-urlencoded"),
    ])
    .expect("these headers are GitHub's");
    let verified = VERIFIER.verify(&headers, body);
    event_of(&verified.expect("we signed it"))
}

fn event_of(verified: &Verified<'_>) -> Event {
    NORMALIZER.github(verified, ARRIVAL)
}

/// Checks that an event says it was not parsed exactly when serde_json doesn't take its body for
/// an object.
pub fn check_verdict(event: &Event, body: Option<&[u8]>) {
    let accepted = body.is_some_and(|body| {
        // Some write a mark of the byte order first, which the core passes over.
        let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
        body.trim_ascii_start().first() == Some(&b'{')
            && std::str::from_utf8(body).is_ok()
            && serde_json::from_slice::<IgnoredAny>(body).is_ok()
    });
    let unparsed = event.meta.contains_key("unparsed");
    assert_eq!(accepted, !unparsed, "{:?}", event.meta);
    assert!(accepted || event.title.as_str().ends_with("-UNPARSED"), "{}", event.title);
}
