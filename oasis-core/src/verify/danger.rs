//! The way around the proof. Look for this name in a review.

use super::{GcpHeaders, GithubHeaders, Packing, Verified, VerifiedPush};

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

/// The same for a delivery whose headers say more: that its body is a form, for example. Their
/// signature isn't looked at.
///
/// ```
/// use oasis_core::{Arrival, Normalizer, Timestamp};
/// use oasis_core::verify::{GithubHeaders, danger};
///
/// let unsigned = format!("sha256={}", "0".repeat(64));
/// let headers = GithubHeaders::read([
///     ("X-GitHub-Event", b"push".as_slice()),
///     ("X-GitHub-Delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
///     ("X-Hub-Signature-256", unsigned.as_bytes()),
///     ("Content-Type", b"application/x-www-form-urlencoded"),
/// ])
/// .unwrap();
/// let body = b"payload=%7B%22ref%22%3A%22refs%2Fheads%2Fdev-cicdl-0031%22%7D";
/// let trusted = danger::trust_github_delivery(&headers, body);
/// let event = Normalizer::default().github(&trusted, Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]));
/// assert_eq!(event.vtid.unwrap().as_str(), "DEV-CICDL-0031");
/// ```
#[must_use]
pub const fn trust_github_delivery<'a>(
    headers: &GithubHeaders<'a>,
    body: &'a [u8],
) -> Verified<'a> {
    headers.vouch(body)
}

/// Trusts a body of Pub/Sub or Eventarc as it is, for tools that explain one on somebody's own
/// disk or that pulled it from Google themselves.
///
/// What it returns is as good as proven: never hand it bytes that came over a network unasked.
///
/// ```
/// use oasis_core::{Arrival, Normalizer, Timestamp};
/// use oasis_core::verify::{GcpHeaders, danger};
///
/// let body = br#"{"message":{"messageId":"7","attributes":{"Action":"Start","ResourceType":"Rollout",
///     "RolloutId":"dev-cicdl-0031-to-prod"}},"subscription":"projects/p/subscriptions/s"}"#;
/// let trusted = danger::trust_gcp(&GcpHeaders::default(), body);
/// let event = Normalizer::default().gcp(&trusted, Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]));
/// assert_eq!(event.title.as_str(), "CICDL-DEPLOY-ROLLOUT-START");
/// assert_eq!(event.vtid.unwrap().as_str(), "DEV-CICDL-0031");
/// ```
#[must_use]
pub const fn trust_gcp<'a>(headers: &GcpHeaders<'a>, body: &'a [u8]) -> VerifiedPush<'a> {
    VerifiedPush { headers: *headers, body }
}
