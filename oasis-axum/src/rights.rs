//! Who signs, reads, ingests and administers; that may change while the process runs.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use oasis_core::KeyRing;
use oasis_core::verify::GithubVerifier;
use tokio_util::sync::CancellationToken;

use crate::auth::{Admins, Readers, Token, Writers};

/// The secrets and tokens of an [`Oasis`](crate::Oasis), for [`renew`](crate::Oasis::renew).
///
/// ```
/// use oasis_axum::{Access, Token};
/// use oasis_core::{KeyRing, Secret};
///
/// let ring = KeyRing::new(Secret::new("the secret of today")?).with(Secret::new("of yesterday")?);
/// let reader = Token::new("a-read-token-of-the-host")?;
/// let access = Access { read_tokens: vec![reader], ..Access::signed_with(ring) };
/// assert!(access.ingest_tokens.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "written with `..Access::signed_with(ring)`")]
pub struct Access {
    /// What GitHub's deliveries are signed with.
    pub github: KeyRing,
    /// As [`Options::read_tokens`](crate::Options::read_tokens).
    pub read_tokens: Vec<Token>,
    /// As [`Options::ingest_tokens`](crate::Options::ingest_tokens).
    pub ingest_tokens: Vec<Token>,
    /// As [`Options::admin_tokens`](crate::Options::admin_tokens).
    pub admin_tokens: Vec<Token>,
}

impl Access {
    /// For deliveries that are signed with a secret of this ring; without a token everybody may
    /// read, and nobody may ingest.
    #[must_use]
    pub const fn signed_with(github: KeyRing) -> Self {
        Self {
            github,
            read_tokens: Vec::new(),
            ingest_tokens: Vec::new(),
            admin_tokens: Vec::new(),
        }
    }
}

/// What is checked with.
pub(crate) struct Rights {
    pub(crate) github: GithubVerifier,
    pub(crate) readers: Readers,
    pub(crate) writers: Writers,
    pub(crate) admins: Admins,
    /// Told when somebody who may read now may no longer.
    pub(crate) withdrawn: CancellationToken,
}

impl Rights {
    fn new(access: Access, withdrawn: CancellationToken) -> Self {
        Self {
            github: GithubVerifier::new(&access.github),
            readers: Readers::new(access.read_tokens, &access.admin_tokens),
            writers: Writers::new(access.ingest_tokens),
            admins: Admins::new(access.admin_tokens),
            withdrawn,
        }
    }
}

/// The rights as they are now. A request goes on with those that it began with.
pub(crate) struct CurrentRights(RwLock<Arc<Rights>>);

impl CurrentRights {
    pub(crate) fn new(access: Access) -> Self {
        Self(RwLock::new(Arc::new(Rights::new(access, CancellationToken::new()))))
    }

    pub(crate) fn get(&self) -> Arc<Rights> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn renew(&self, access: Access) {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut renewed = Rights::new(access, current.withdrawn.clone());
        if renewed.readers.admit_all_of(&current.readers) {
            *current = Arc::new(renewed);
            return;
        }
        renewed.withdrawn = CancellationToken::new();
        let before = std::mem::replace(&mut *current, Arc::new(renewed));
        before.withdrawn.cancel();
    }
}

impl fmt::Debug for CurrentRights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CurrentRights(***)")
    }
}
