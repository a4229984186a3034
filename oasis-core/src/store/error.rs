//! Why a store could not do it: never the sender's fault.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What the caller can do about a [`StoreError`].
///
/// ```
/// use oasis_core::{StoreError, StoreErrorKind};
///
/// let error = StoreError::new(StoreErrorKind::Unavailable, "the ledger does not answer");
/// let worth_another_try = error.kind() == StoreErrorKind::Unavailable;
/// assert!(worth_another_try);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store is away, busy or full: try again later.
    Unavailable,
    /// The store holds something that it can't have written: somebody must look.
    Corrupt,
    /// The store can't be used as it is set up: configuration or schema must change.
    Misconfigured,
    /// The ledger is not the one that was followed: it was put back to an earlier state, by a restore
    /// or a failover that lost its end. Start anew.
    Replaced,
}

/// A store could not do what was asked.
///
/// The text is for a log; what caused it is its [`source`](Error::source). A clone shares the
/// cause: one failed commit may be the answer to many appends.
///
/// ```
/// use std::error::Error;
/// use oasis_core::{StoreError, StoreErrorKind};
///
/// let cause = std::io::Error::other("connection reset");
/// let error = StoreError::new(StoreErrorKind::Unavailable, "can't append").because(cause);
/// assert_eq!(error.source().unwrap().to_string(), "connection reset");
/// ```
#[derive(Debug, Clone)]
pub struct StoreError {
    kind: StoreErrorKind,
    context: &'static str,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.context)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

impl StoreError {
    /// An error of this kind; `context` says what was being done.
    #[must_use]
    pub const fn new(kind: StoreErrorKind, context: &'static str) -> Self {
        Self { kind, context, source: None }
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(Arc::from(cause.into()));
        self
    }

    /// What the caller can do about it.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}
