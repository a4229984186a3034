//! GitHub's proof: `X-Hub-Signature-256`, an HMAC-SHA-256 over the raw bytes of the body.
//!
//! The rules are GitHub's own: <https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries>.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Packing, RefuseReason, Refused, Verified, header};
use crate::secret::KeyRing;

const EVENT: &str = "X-GitHub-Event";
const DELIVERY: &str = "X-GitHub-Delivery";
const SIGNATURE: &str = "X-Hub-Signature-256";
const CONTENT_TYPE: &str = "Content-Type";
const CONTENT_ENCODING: &str = "Content-Encoding";

/// The longest event name and delivery id that are taken, in bytes. GitHub's own are at most 43
/// and 36 long; they become keys of an index, which no database lets grow without end.
const MAX_NAME: usize = 128;

/// What GitHub's headers say, checked; all of it is known before the body is read.
#[derive(Debug, Clone, Copy)]
pub struct GithubHeaders<'a> {
    event: &'a str,
    delivery_id: &'a str,
    signature: Signature,
    packing: Packing,
}

/// What a sender claims to have signed. It can't be compared with `==`, whose time tells where two
/// differ: only [`Mac::verify_slice`] sees it.
#[derive(Clone, Copy)]
struct Signature([u8; 32]);

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signature")
    }
}

impl<'a> GithubHeaders<'a> {
    /// Reads the headers of a delivery; names in any case, other headers are passed over.
    ///
    /// ```
    /// use oasis_core::verify::{GithubHeaders, RefuseReason};
    ///
    /// let unsigned = [("x-github-event", b"ping".as_slice()), ("x-github-delivery", b"1")];
    /// let refused = GithubHeaders::read(unsigned).unwrap_err();
    /// assert_eq!(refused.reason(), RefuseReason::MissingSignature);
    /// ```
    ///
    /// # Errors
    /// [`Refused`] when one of `X-GitHub-Event`, `X-GitHub-Delivery` and `X-Hub-Signature-256` is
    /// missing, malformed or there twice, or when the body is neither JSON nor a form.
    pub fn read(headers: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Self, Refused> {
        let values = header::once(&NAMES, headers)?;
        let [event, delivery_id, signature, content_type, content_encoding] = values;
        Ok(Self {
            event: name(EVENT, event)?,
            delivery_id: name(DELIVERY, delivery_id)?,
            packing: packing(content_type, content_encoding)?,
            signature: signature_bytes(signature)?,
        })
    }

    /// The event's name, such as `pull_request`.
    #[must_use]
    pub fn event(&self) -> &'a str {
        self.event
    }

    /// The delivery's id; the same when GitHub sends the delivery again.
    #[must_use]
    pub fn delivery_id(&self) -> &'a str {
        self.delivery_id
    }

    /// Eight bytes of the signature. Once [`GithubVerifier::verify`] has proven it, they tell this
    /// body from every other: a digest for which nothing more is hashed, and nobody without the
    /// secret can make two bodies with the same one.
    ///
    /// ```
    /// use oasis_core::verify::GithubHeaders;
    ///
    /// let signed = |signature: &'static [u8]| {
    ///     GithubHeaders::read([
    ///         ("X-GitHub-Event", b"ping".as_slice()),
    ///         ("X-GitHub-Delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
    ///         ("X-Hub-Signature-256", signature),
    ///     ])
    /// };
    /// let one = signed(b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")?;
    /// let other = signed(b"sha256=857107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")?;
    /// assert_ne!(one.fingerprint(), other.fingerprint());
    /// # Ok::<(), oasis_core::verify::Refused>(())
    /// ```
    #[must_use]
    pub const fn fingerprint(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.signature.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// For who has the proof, or goes without: this body came with these headers.
    pub(super) const fn vouch(&self, body: &'a [u8]) -> Verified<'a> {
        let Self { event, delivery_id, packing, .. } = *self;
        Verified { kind: event, delivery_id, packing, body }
    }
}

const NAMES: [&str; 5] = [EVENT, DELIVERY, SIGNATURE, CONTENT_TYPE, CONTENT_ENCODING];

/// Verifies what GitHub sends, with any secret of a [`KeyRing`].
///
/// ```
/// use oasis_core::{KeyRing, Secret, verify::{GithubHeaders, GithubVerifier}};
///
/// // GitHub's own published example.
/// let verifier = GithubVerifier::new(&KeyRing::new(Secret::new("It's a Secret to Everybody")?));
/// let headers = GithubHeaders::read([
///     ("X-GitHub-Event", b"ping".as_slice()),
///     ("X-GitHub-Delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
///     ("X-Hub-Signature-256", b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
/// ]).unwrap();
/// assert!(verifier.verify(&headers, b"Hello, World!").is_ok());
/// assert!(verifier.verify(&headers, b"Hello, World?").is_err());
/// # Ok::<(), oasis_core::EmptySecret>(())
/// ```
#[derive(Clone)]
pub struct GithubVerifier {
    /// Each with its key already mixed in.
    keyed: Vec<Hmac<Sha256>>,
}

impl GithubVerifier {
    /// Any secret of the ring verifies.
    #[must_use]
    pub fn new(ring: &KeyRing) -> Self {
        let keyed = ring.iter().filter_map(|secret| Hmac::new_from_slice(secret.expose()).ok());
        Self { keyed: keyed.collect() }
    }

    /// Nothing verifies.
    pub(crate) const fn of_nobody() -> Self {
        Self { keyed: Vec::new() }
    }

    /// Proves that these bytes were signed, in constant time.
    ///
    /// # Errors
    /// [`Refused`] with [`RefuseReason::WrongSignature`] when no secret of the ring signed them.
    pub fn verify<'a>(
        &self,
        headers: &GithubHeaders<'a>,
        body: &'a [u8],
    ) -> Result<Verified<'a>, Refused> {
        let signed = |keyed: &Hmac<Sha256>| {
            keyed.clone().chain_update(body).verify_slice(&headers.signature.0).is_ok()
        };
        if !self.keyed.iter().any(signed) {
            return Err(Refused::new(RefuseReason::WrongSignature, SIGNATURE));
        }
        Ok(headers.vouch(body))
    }

    /// The value of `X-Hub-Signature-256` that GitHub would send with this body, made with the
    /// ring's current secret.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> String {
        let current = self.keyed.first().cloned();
        let mac = current.map(|keyed| keyed.chain_update(body).finalize().into_bytes());
        format!("sha256={}", base16ct::lower::encode_string(&mac.unwrap_or_default()))
    }
}

impl std::fmt::Debug for GithubVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GithubVerifier").field("secrets", &self.keyed.len()).finish()
    }
}

fn name<'a>(header: &'static str, value: Option<&'a [u8]>) -> Result<&'a str, Refused> {
    let value = value.ok_or(Refused::new(RefuseReason::MissingHeader, header))?;
    // All bytes and not until the first that is wrong: so many are looked at together.
    let plain = value.iter().fold(true, |plain, byte| plain & byte.is_ascii_graphic());
    let fits = plain && (1..=MAX_NAME).contains(&value.len());
    std::str::from_utf8(value)
        .ok()
        .filter(|_| fits)
        .ok_or(Refused::new(RefuseReason::MalformedHeader, header))
}

fn signature_bytes(value: Option<&[u8]>) -> Result<Signature, Refused> {
    let value = value.ok_or(Refused::new(RefuseReason::MissingSignature, SIGNATURE))?;
    let malformed = Refused::new(RefuseReason::MalformedSignature, SIGNATURE);
    let digits = value.strip_prefix(b"sha256=").ok_or_else(|| malformed.clone())?;
    let mut signature = [0; 32];
    match base16ct::mixed::decode(digits, &mut signature) {
        Ok(bytes) if bytes.len() == 32 => Ok(Signature(signature)),
        _ => Err(malformed),
    }
}

fn packing(content_type: Option<&[u8]>, encoding: Option<&[u8]>) -> Result<Packing, Refused> {
    let unsupported = |header| Err(Refused::new(RefuseReason::UnsupportedMediaType, header));
    if encoding.is_some_and(|encoding| !encoding.eq_ignore_ascii_case(b"identity")) {
        return unsupported(CONTENT_ENCODING);
    }
    // RFC 9110, section 8.3: without the header the recipient decides.
    let Some(value) = content_type else {
        return Ok(Packing::Json);
    };
    let media_type = value.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
    if media_type.eq_ignore_ascii_case(b"application/json") {
        Ok(Packing::Json)
    } else if media_type.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
        Ok(Packing::Form)
    } else {
        unsupported(CONTENT_TYPE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;
    use proptest::prelude::*;

    const BODY: &[u8] = b"Hello, World!";
    const SIGNED: &str = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn verifier() -> GithubVerifier {
        GithubVerifier::new(&KeyRing::new(Secret::new("It's a Secret to Everybody").unwrap()))
    }

    fn headers<'a>(extra: &[(&'a str, &'a str)]) -> Result<GithubHeaders<'a>, RefuseReason> {
        let needed = [("x-github-event", "push"), ("x-github-delivery", "d-1")];
        let all = needed.iter().chain(extra).map(|(name, value)| (*name, value.as_bytes()));
        GithubHeaders::read(all).map_err(|refused| refused.reason())
    }

    fn judge(signature: &str, body: &[u8]) -> Result<(), RefuseReason> {
        let headers = headers(&[("X-Hub-Signature-256", signature)])?;
        verifier().verify(&headers, body).map(drop).map_err(|refused| refused.reason())
    }

    #[test]
    fn github_s_published_example_verifies() {
        assert_eq!(judge(SIGNED, BODY), Ok(()));
        assert_eq!(verifier().sign(BODY), SIGNED);
        assert_eq!(judge(SIGNED, b"Hello, World!\n"), Err(RefuseReason::WrongSignature));
    }

    #[test]
    fn a2_only_the_whole_signature_passes() {
        for end in 0..SIGNED.len() {
            assert_eq!(judge(&SIGNED[..end], BODY), Err(RefuseReason::MalformedSignature), "{end}");
        }
        for odd in [
            format!("{SIGNED}0"),
            format!(" {SIGNED}"),
            format!("{SIGNED},{SIGNED}"),
            SIGNED.replace("sha256=", "sha1="),
            SIGNED.replace("sha256=", "SHA256="),
            SIGNED.replace('7', "g"),
        ] {
            assert_eq!(judge(&odd, BODY), Err(RefuseReason::MalformedSignature), "{odd}");
        }
    }

    #[test]
    fn either_secret_of_a_ring_verifies_and_no_other() {
        let old = Secret::new("old").unwrap();
        let ring = KeyRing::new(Secret::new("new").unwrap()).with(old.clone());
        let rotating = GithubVerifier::new(&ring);
        for signer in [&rotating, &GithubVerifier::new(&KeyRing::new(old))] {
            let signature = signer.sign(BODY);
            let headers = headers(&[("x-hub-signature-256", &signature)]).unwrap();
            assert!(rotating.verify(&headers, BODY).is_ok());
            assert!(verifier().verify(&headers, BODY).is_err());
        }
    }

    #[test]
    fn headers_are_needed_once_and_well_formed() {
        let signed = ("X-Hub-Signature-256", SIGNED);
        assert_eq!(headers(&[]).unwrap_err(), RefuseReason::MissingSignature);
        assert_eq!(headers(&[signed, signed]).unwrap_err(), RefuseReason::RepeatedHeader);
        let twice = headers(&[signed, ("X-GITHUB-DELIVERY", "d-2")]);
        assert_eq!(twice.unwrap_err(), RefuseReason::RepeatedHeader);

        let missing = GithubHeaders::read([("x-github-event", b"push".as_slice())]).unwrap_err();
        assert_eq!((missing.reason(), missing.header()), (RefuseReason::MissingHeader, DELIVERY));
        for bad in ["", " ", "a b", "é", &"x".repeat(129)] {
            assert!(GithubHeaders::read([(EVENT, bad.as_bytes())]).is_err(), "{bad}");
        }
    }

    #[test]
    fn other_body_types_are_refused() {
        let signed = ("X-Hub-Signature-256", SIGNED);
        for good in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/x-www-form-urlencoded",
        ] {
            assert!(headers(&[signed, ("content-type", good)]).is_ok(), "{good}");
        }
        for (name, bad) in [
            ("content-type", "text/plain"),
            ("content-type", "application/jsonx"),
            ("content-type", ""),
            ("content-encoding", "gzip"),
        ] {
            let refused = headers(&[signed, (name, bad)]).unwrap_err();
            assert_eq!(refused, RefuseReason::UnsupportedMediaType, "{name}: {bad}");
        }
    }

    proptest! {
        #[test]
        fn a_signature_is_of_its_own_bytes_only(body: Vec<u8>, other: Vec<u8>) {
            let signature = verifier().sign(&body);
            prop_assert_eq!(judge(&signature, &body), Ok(()));
            if other != body {
                prop_assert_eq!(judge(&signature, &other), Err(RefuseReason::WrongSignature));
            }
        }

        #[test]
        fn any_headers_are_judged_without_a_panic(pairs: Vec<(String, Vec<u8>)>, pick in prop::collection::vec((0..5_usize, any::<Vec<u8>>()), 0..8)) {
            let known = pick.iter().map(|(n, value)| (NAMES[*n], value.as_slice()));
            let other = pairs.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
            let _ = GithubHeaders::read(other.chain(known));
        }
    }
}
