//! What becomes of deliveries of Pub/Sub's and Eventarc's, in shapes written for these tests.

mod cloud_build;
mod cloud_deploy;
mod cloud_run;
mod envelope;

use oasis_core::verify::{GcpHeaders, danger};
use oasis_core::{Arrival, Normalizer, Timestamp};
use serde_json::{Value, json};

use crate::contract;

pub(crate) use cloud_build::build;
pub(crate) use cloud_deploy::notification;
pub(crate) use cloud_run::log_entry;

pub(crate) const RECEIVED: Timestamp = Timestamp::from_unix_seconds(1_761_750_000);

/// The event of a body that came with these headers.
pub(crate) fn event_of(headers: &[(&str, &str)], body: &[u8]) -> Value {
    let pairs = headers.iter().map(|(name, value)| (*name, value.as_bytes()));
    let headers = GcpHeaders::read(pairs).unwrap();
    let trusted = danger::trust_gcp(&headers, body);
    let event = Normalizer::default().gcp(&trusted, Arrival::new(RECEIVED, [1; 10]));
    assert_eq!(event.source, "gcp.deploy");
    contract::check(&event, &String::from_utf8_lossy(body))
}

fn pushed(body: &Value) -> Value {
    event_of(&[], body.to_string().as_bytes())
}

/// Pub/Sub's wrapping of a message with this payload.
pub(crate) fn wrapped(attributes: &Value, payload: Option<&Value>) -> Value {
    let mut message = json!({
        "attributes": attributes,
        "messageId": "7004000000000001",
        "message_id": "7004000000000001",
        "publishTime": "2025-10-29T12:04:40.250Z",
        "publish_time": "2025-10-29T12:04:40.250Z"
    });
    if let Some(payload) = payload {
        message["data"] = base64(payload.to_string().as_bytes()).into();
    }
    json!({ "message": message, "subscription": "projects/acme-prod/subscriptions/oasis" })
}

/// A second way to write base64 beside the core's way to read it.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().chain(&[0, 0]).take(3).fold(0, |word, b| word << 8 | usize::from(*b));
        for n in 0..4 {
            let digit = DIGITS[word >> (18 - 6 * n) & 63];
            text.push(if n <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}
