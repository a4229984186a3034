//! The way around the proof. Look for this name in a review.

use super::{Packing, Verified};

/// Trusts a GitHub body as it is, for tools that explain a payload on somebody's own disk.
///
/// What it returns is as good as signed: never hand it bytes that came over a network.
///
/// ```
/// use oasis_core::{Arrival, Normalizer, Timestamp, verify::danger};
///
/// let body = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"o/r"}}"#;
/// let trusted = danger::trust_github("push", "local", body);
/// let event = Normalizer::default().github(&trusted, Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]));
/// assert_eq!(event.vtid.unwrap().as_str(), "DEV-CICDL-0031");
/// ```
#[must_use]
pub fn trust_github<'a>(event: &'a str, delivery_id: &'a str, body: &'a [u8]) -> Verified<'a> {
    Verified { kind: event, delivery_id, packing: Packing::Json, body }
}
