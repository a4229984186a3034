//! The proof that a delivery comes from whom it says: only a verifier makes a [`Verified`] or a
//! [`VerifiedPush`]. What was fetched and not sent is a [`PulledEntry`] or a
//! [`PulledDelivery`].

#[cfg(doctest)]
mod a6_a_route_past_verification;
mod client;
pub mod danger;
mod gcp;
mod github;
mod google;
mod header;
mod pulled;
mod refused;

pub use client::VerifiedClient;
pub use gcp::GcpHeaders;
pub use github::{GithubHeaders, GithubVerifier};
pub use google::{GoogleVerifier, IncompletePolicy, SignedClaims};
pub use pulled::{PulledDelivery, PulledEntry};
pub use refused::{RefuseReason, Refused};

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// The body is the JSON.
    Json,
    /// The JSON is the field `payload` of a form.
    Form,
}

/// A delivery that was proven to come from its source.
///
/// There is no public constructor: only a verifier makes one, and [`Normalizer`] takes nothing
/// else, so an unverified body can't reach a ledger.
///
/// ```
/// use oasis_core::verify::{GithubHeaders, GithubVerifier};
/// use oasis_core::{KeyRing, Secret};
///
/// let verifier = GithubVerifier::new(&KeyRing::new(Secret::new("It's a Secret to Everybody")?));
/// let signature = verifier.sign(b"{}");
/// let headers = GithubHeaders::read([
///     ("X-GitHub-Event", b"push".as_slice()),
///     ("X-GitHub-Delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
///     ("X-Hub-Signature-256", signature.as_bytes()),
/// ])?;
/// let verified = verifier.verify(&headers, b"{}")?;
/// assert_eq!(verified.kind(), "push");
/// assert!(verifier.verify(&headers, b"{ }").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Normalizer`]: crate::Normalizer
#[derive(Debug, Clone, Copy)]
pub struct Verified<'a> {
    pub(crate) kind: &'a str,
    pub(crate) delivery_id: &'a str,
    pub(crate) packing: Packing,
    pub(crate) body: &'a [u8],
}

impl Verified<'_> {
    /// The source's name for the event, such as `pull_request`.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.kind
    }

    /// The source's id for this delivery.
    #[must_use]
    pub fn delivery_id(&self) -> &str {
        self.delivery_id
    }
}

/// A delivery that Google's own machinery brought: Pub/Sub or Eventarc.
///
/// The proof is the token of a service account, so it tells who sent the delivery. The body is
/// not signed; that nobody changed it on its way is TLS's to promise.
///
/// ```compile_fail,E0451
/// use oasis_core::verify::VerifiedPush;
///
/// fn forge<'a>(proven: VerifiedPush<'a>, body: &'a [u8]) -> VerifiedPush<'a> {
///     VerifiedPush { body, ..proven }
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct VerifiedPush<'a> {
    pub(crate) headers: GcpHeaders<'a>,
    pub(crate) body: &'a [u8],
}
