//! Google's proof: the token of a service account, signed by Google.
//!
//! A token tells who sends, not what: the body is not signed. What must be claimed is Google's own
//! advice: <https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions>.

use serde::Deserialize;

use super::{GcpHeaders, RefuseReason, Refused, VerifiedPush};
use crate::time::Timestamp;

/// What a token of Google's claims, its signature already found right.
///
/// The core has no RSA: who makes one of these guarantees that
///
/// - the token came as `Authorization: Bearer …` with this delivery,
/// - its `alg` is RS256 and nothing that the token itself may choose,
/// - its signature was made with the key that its `kid` names among the keys that Google publishes
///   at `https://www.googleapis.com/oauth2/v3/certs`, fetched over TLS and no older than their
///   `Cache-Control` says,
/// - the payload is the one that the signature is of.
///
/// What the claims must be is then for [`GoogleVerifier`] to say.
///
/// ```
/// use oasis_core::verify::SignedClaims;
///
/// let payload = br#"{"iss":"https://accounts.google.com","aud":"https://oasis.example.com",
///     "email":"push@p.iam.gserviceaccount.com","email_verified":true,"exp":1761742800}"#;
/// assert!(SignedClaims::from_verified_jwt(payload).is_ok());
/// assert!(SignedClaims::from_verified_jwt(b"{}").is_err());
/// ```
#[derive(Debug, Clone)]
pub struct SignedClaims(Claims);

#[derive(Debug, Clone, Deserialize)]
struct Claims {
    iss: Box<str>,
    /// One text: a token for several is none of those that Pub/Sub makes.
    aud: Box<str>,
    email: Box<str>,
    email_verified: bool,
    exp: i64,
}

impl SignedClaims {
    /// Reads the payload of a token, which is JSON, after its signature was verified; see
    /// [what the caller guarantees](SignedClaims).
    ///
    /// # Errors
    /// [`RefuseReason::MalformedToken`] when one of `iss`, `aud`, `email`, `email_verified` and
    /// `exp` is missing, there twice or of another type than in a token of Google's.
    pub fn from_verified_jwt(payload: &[u8]) -> Result<Self, Refused> {
        // serde reads a structure of an array as well; a set of claims is an object (RFC 7519).
        let object = payload.trim_ascii_start().starts_with(b"{");
        let claims = serde_json::from_slice(payload).ok().filter(|_| object);
        claims.map(Self).ok_or(Refused::new(RefuseReason::MalformedToken, AUTHORIZATION))
    }
}

/// Takes what one service account pushes to one audience.
///
/// Both are needed: a token for the right audience can be had by anybody with an account of
/// Google's, so the audience alone proves nothing.
///
/// ```
/// use oasis_core::Timestamp;
/// use oasis_core::verify::{GcpHeaders, GoogleVerifier, SignedClaims};
///
/// let verifier = GoogleVerifier::new("https://oasis.example.com/webhooks/gcp", "push@p.iam.gserviceaccount.com")?;
/// // Of a token whose signature was found right:
/// let payload = br#"{"iss":"https://accounts.google.com","aud":"https://oasis.example.com/webhooks/gcp",
///     "email":"push@p.iam.gserviceaccount.com","email_verified":true,"exp":1761742800}"#;
/// let claims = SignedClaims::from_verified_jwt(payload).unwrap();
/// let now = Timestamp::from_unix_seconds(1_761_739_200);
/// assert!(verifier.verify(&claims, &GcpHeaders::default(), b"{}", now).is_ok());
/// # Ok::<(), oasis_core::verify::IncompletePolicy>(())
/// ```
#[derive(Debug, Clone)]
pub struct GoogleVerifier {
    audience: Box<str>,
    service_account: Box<str>,
}

impl GoogleVerifier {
    /// Takes what this service account (its e-mail address) pushes to this audience (what the
    /// subscription or the trigger names as such).
    ///
    /// # Errors
    /// [`IncompletePolicy`] when one of them is blank.
    pub fn new(audience: &str, service_account: &str) -> Result<Self, IncompletePolicy> {
        if audience.trim().is_empty() || service_account.trim().is_empty() {
            return Err(IncompletePolicy);
        }
        Ok(Self { audience: audience.into(), service_account: service_account.into() })
    }

    /// Proves that the account sent this delivery. Each claim is compared as it is, to the letter;
    /// how young the token is doesn't matter, because Pub/Sub uses one for up to an hour.
    ///
    /// # Errors
    /// [`Refused`] when the token was made by somebody else, for somebody else, of another account
    /// or too long ago.
    pub fn verify<'a>(
        &self,
        claims: &SignedClaims,
        headers: &GcpHeaders<'a>,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<VerifiedPush<'a>, Refused> {
        match self.fault(&claims.0, now) {
            Some(reason) => Err(Refused::new(reason, AUTHORIZATION)),
            None => Ok(VerifiedPush { headers: *headers, body }),
        }
    }

    fn fault(&self, claims: &Claims, now: Timestamp) -> Option<RefuseReason> {
        if &*claims.iss != ISSUER {
            Some(RefuseReason::WrongIssuer)
        } else if claims.aud != self.audience {
            Some(RefuseReason::WrongAudience)
        } else if claims.email != self.service_account || !claims.email_verified {
            Some(RefuseReason::WrongAccount)
        } else if now >= Timestamp::from_unix_seconds(claims.exp) {
            Some(RefuseReason::ExpiredToken)
        } else {
            None
        }
    }
}

const ISSUER: &str = "https://accounts.google.com";
const AUTHORIZATION: &str = "Authorization";

/// The audience or the service account is missing; without both, anybody may push.
///
/// ```
/// use oasis_core::verify::GoogleVerifier;
///
/// assert!(GoogleVerifier::new("https://oasis.example.com/webhooks/gcp", " ").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a push needs both an audience and a service account, and one of them is blank")]
#[non_exhaustive]
pub struct IncompletePolicy;

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const AUDIENCE: &str = "https://oasis.example.com/webhooks/gcp";
    const ACCOUNT: &str = "push@p.iam.gserviceaccount.com";
    const NOW: i64 = 1_761_739_200;

    fn token() -> Value {
        json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "azp": "110000000000000000000",
            "sub": "110000000000000000000",
            "email": ACCOUNT,
            "email_verified": true,
            "iat": NOW - 10,
            "exp": NOW + 3_590,
        })
    }

    fn judge(payload: &[u8]) -> Result<(), RefuseReason> {
        let verifier = GoogleVerifier::new(AUDIENCE, ACCOUNT).unwrap();
        let claims =
            SignedClaims::from_verified_jwt(payload).map_err(|refused| refused.reason())?;
        let now = Timestamp::from_unix_seconds(NOW);
        let verified = verifier.verify(&claims, &GcpHeaders::default(), b"{}", now);
        verified.map(drop).map_err(|refused| refused.reason())
    }

    #[test]
    fn each_claim_is_needed_as_it_is() {
        use RefuseReason::{
            ExpiredToken, MalformedToken, WrongAccount, WrongAudience, WrongIssuer,
        };
        let cases: [(&str, Value, Result<(), RefuseReason>); 30] = [
            ("iss", ISSUER.into(), Ok(())),
            ("iss", "accounts.google.com".into(), Err(WrongIssuer)),
            ("iss", "https://accounts.google.com/".into(), Err(WrongIssuer)),
            ("iss", "https://accounts.google.com.evil.example".into(), Err(WrongIssuer)),
            ("iss", "".into(), Err(WrongIssuer)),
            ("iss", Value::Null, Err(MalformedToken)),
            ("aud", "https://oasis.example.com/webhooks/gcp/".into(), Err(WrongAudience)),
            ("aud", "HTTPS://oasis.example.com/webhooks/gcp".into(), Err(WrongAudience)),
            ("aud", "https://other.example.com".into(), Err(WrongAudience)),
            ("aud", "".into(), Err(WrongAudience)),
            ("aud", json!([AUDIENCE]), Err(MalformedToken)),
            ("aud", json!([AUDIENCE, "https://other.example.com"]), Err(MalformedToken)),
            ("aud", Value::Null, Err(MalformedToken)),
            ("email", "somebody@gmail.com".into(), Err(WrongAccount)),
            ("email", "Push@p.iam.gserviceaccount.com".into(), Err(WrongAccount)),
            ("email", "push@p.iam.gserviceaccount.com.evil.example".into(), Err(WrongAccount)),
            ("email", " push@p.iam.gserviceaccount.com".into(), Err(WrongAccount)),
            ("email", "".into(), Err(WrongAccount)),
            ("email", Value::Null, Err(MalformedToken)),
            ("email_verified", false.into(), Err(WrongAccount)),
            ("email_verified", "true".into(), Err(MalformedToken)),
            ("email_verified", 1.into(), Err(MalformedToken)),
            ("email_verified", Value::Null, Err(MalformedToken)),
            ("exp", NOW.into(), Err(ExpiredToken)),
            ("exp", (NOW - 1).into(), Err(ExpiredToken)),
            ("exp", (NOW + 1).into(), Ok(())),
            ("exp", 0.into(), Err(ExpiredToken)),
            ("exp", "9999999999".into(), Err(MalformedToken)),
            ("exp", Value::Null, Err(MalformedToken)),
            // Pub/Sub uses a token for up to an hour.
            ("iat", (NOW - 3_600).into(), Ok(())),
        ];
        for (claim, value, wanted) in cases {
            let mut token = token();
            token[claim] = value;
            assert_eq!(judge(token.to_string().as_bytes()), wanted, "{token}");
        }
    }

    #[test]
    fn a_claim_that_is_missing_or_there_twice_is_no_token_of_google_s() {
        for claim in ["iss", "aud", "email", "email_verified", "exp"] {
            let mut without = token();
            without.as_object_mut().unwrap().remove(claim);
            let body = without.to_string();
            assert_eq!(judge(body.as_bytes()), Err(RefuseReason::MalformedToken), "{claim}");
            let twice =
                token().to_string().replace('{', &format!("{{\"{claim}\":{},", token()[claim]));
            assert_eq!(judge(twice.as_bytes()), Err(RefuseReason::MalformedToken), "{claim}");
        }
        let array = json!([ISSUER, AUDIENCE, ACCOUNT, true, NOW + 1]).to_string();
        for body in ["", "[]", "null", "{", "eyJhbGciOiJub25lIn0.e30.", &array] {
            assert_eq!(judge(body.as_bytes()), Err(RefuseReason::MalformedToken), "{body}");
        }
    }

    #[test]
    fn neither_half_of_the_policy_can_be_left_out() {
        for (audience, account) in [("", ACCOUNT), (AUDIENCE, ""), (" ", ACCOUNT), (AUDIENCE, "\t")]
        {
            assert_eq!(GoogleVerifier::new(audience, account).unwrap_err(), IncompletePolicy);
        }
    }
}
