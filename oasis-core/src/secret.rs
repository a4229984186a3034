//! Keys that can't be empty and never print.

use std::fmt;

/// A webhook's shared secret.
///
/// It can't be empty (an HMAC with an empty key is a signature that anybody can make) and its
/// `Debug` form shows nothing of it.
///
/// ```
/// use oasis_core::Secret;
///
/// let secret = Secret::new("It's a Secret to Everybody")?;
/// assert_eq!(format!("{secret:?}"), "Secret(***)");
/// assert!(Secret::new("").is_err());
/// # Ok::<(), oasis_core::EmptySecret>(())
/// ```
#[derive(Clone)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Takes the bytes of a key as they are: no trimming, no decoding.
    ///
    /// # Errors
    /// [`EmptySecret`] when there are none, or nothing but white space.
    pub fn new(key: impl Into<Vec<u8>>) -> Result<Self, EmptySecret> {
        let key = key.into();
        if key.iter().all(u8::is_ascii_whitespace) {
            return Err(EmptySecret);
        }
        Ok(Self(key.into_boxed_slice()))
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// The secret is empty or blank.
///
/// ```
/// use oasis_core::{EmptySecret, Secret};
///
/// let error: EmptySecret = Secret::new("  ").unwrap_err();
/// assert!(error.to_string().contains("openssl rand"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret is empty; generate one, for example with `openssl rand -hex 32`")]
#[non_exhaustive]
pub struct EmptySecret;

/// The secrets that a source may sign with just now: the current one, and while a rotation is
/// under way the previous one too.
///
/// ```
/// use oasis_core::{KeyRing, Secret};
///
/// let ring = KeyRing::new(Secret::new("current")?).with(Secret::new("previous")?);
/// assert_eq!(ring.len(), 2);
/// # Ok::<(), oasis_core::EmptySecret>(())
/// ```
#[derive(Debug, Clone)]
pub struct KeyRing(Vec<Secret>);

impl KeyRing {
    /// A ring of one.
    #[must_use]
    pub fn new(current: Secret) -> Self {
        Self(vec![current])
    }

    /// Adds a secret that verifies too.
    #[must_use]
    pub fn with(mut self, other: Secret) -> Self {
        self.0.push(other);
        self
    }

    /// How many secrets verify; never zero.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a ring is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_is_empty_and_nothing_prints() {
        assert!(Secret::new("").is_err());
        assert!(Secret::new(" \t\n").is_err());
        let ring = KeyRing::new(Secret::new("hunter2-canary").unwrap());
        assert!(!format!("{ring:?}").contains("canary"));
    }
}
