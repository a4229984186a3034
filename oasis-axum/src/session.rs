//! A reader's session: what a browser keeps instead of a read token.
//!
//! The value is `v1.<expiry>.<proof>`. The proof is an HMAC of the expiry, with a key that is made of
//! the token which was traded for it. So the value works at every replica that has the token and
//! after a restart, ends with its expiry or when the token is taken away, and doesn't tell the token.

use ctutils::CtEq;
use hmac::{Hmac, KeyInit, Mac};
use oasis_core::Timestamp;
use sha2::Sha256;

/// How long a session lasts, in seconds: a working day.
pub(crate) const LIFETIME: i64 = 12 * 60 * 60;

const VERSION: &str = "v1";

/// Says what the derived key is for, so that no other use of the token makes the same bytes.
const PURPOSE: &[u8] = b"oasis console session v1";

/// The key of a token's sessions.
pub(crate) struct SessionKey([u8; 32]);

impl SessionKey {
    pub(crate) fn derive(token: &[u8]) -> Self {
        Self(mac(token, PURPOSE))
    }

    /// The value of a session that starts now.
    pub(crate) fn seal(&self, now: Timestamp) -> String {
        let expiry = seconds(now).saturating_add(LIFETIME);
        format!("{VERSION}.{expiry}.{}", self.proof(expiry))
    }

    /// When the session of this value ends, if it was sealed with this key and lasts still; a moment
    /// further ahead than a session lasts was not sealed by a clock that is right.
    pub(crate) fn opens(&self, value: &str, now: Timestamp) -> Option<Timestamp> {
        let mut parts = value.splitn(3, '.');
        let (Some(VERSION), Some(expiry), Some(proof)) = (parts.next(), parts.next(), parts.next())
        else {
            return None;
        };
        let expiry = expiry.parse::<i64>().ok()?;
        let left = expiry.saturating_sub(seconds(now));
        let wanted = self.proof(expiry);
        let proven =
            wanted.len() == proof.len() && wanted.as_bytes().ct_eq(proof.as_bytes()).to_bool();
        let lasts = proven && left > 0 && left <= LIFETIME + SKEW;
        lasts.then(|| Timestamp::from_unix_millis(expiry.saturating_mul(1000)))
    }

    fn proof(&self, expiry: i64) -> String {
        base16ct::lower::encode_string(&mac(&self.0, &expiry.to_be_bytes()))
    }
}

/// How far two replicas' clocks may stand apart, in seconds.
const SKEW: i64 = 300;

fn seconds(at: Timestamp) -> i64 {
    at.unix_millis().div_euclid(1000)
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length; were it ever refused, no proof would be right.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_millis(seconds * 1000)
    }

    #[test]
    fn a_session_opens_with_its_own_key_until_it_expires() {
        let key = SessionKey::derive(b"a token of this test");
        let value = key.seal(at(1000));
        assert_eq!(key.opens(&value, at(1000)), Some(at(1000 + LIFETIME)));
        assert!(key.opens(&value, at(1000 + LIFETIME - 1)).is_some());
        assert!(key.opens(&value, at(1000 + LIFETIME)).is_none());
        assert!(
            SessionKey::derive(b"a token of this test").opens(&value, at(1001)).is_some(),
            "after a restart"
        );
        assert!(SessionKey::derive(b"another token").opens(&value, at(1001)).is_none());
        assert!(!value.contains("token"));
    }

    #[test]
    fn nobody_makes_a_session_last_longer() {
        let key = SessionKey::derive(b"a token of this test");
        let value = key.seal(at(1000));
        let proof = value.rsplit('.').next().unwrap();
        let later = 1000 + LIFETIME + 1;
        for forged in [
            format!("v1.{later}.{proof}"),
            format!("v2.{}.{proof}", 1000 + LIFETIME),
            format!("v1.{}.", 1000 + LIFETIME),
            format!("v1..{proof}"),
            format!("v1.{}.{}", 1000 + LIFETIME, &proof[1..]),
            format!("v1.{}.{}", i64::MAX, key.proof(i64::MAX)),
            String::new(),
            "v1".to_owned(),
            "..".to_owned(),
        ] {
            assert!(key.opens(&forged, at(1000)).is_none(), "{forged}");
        }
    }
}
