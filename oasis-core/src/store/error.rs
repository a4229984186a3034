//! Why a store could not do it: never the sender's fault.

use std::error::Error;

/// What the caller can do about a [`StoreError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store is away, busy or full: try again later.
    Unavailable,
    /// The store holds something that it can't have written: somebody must look.
    Corrupt,
    /// The store can't be used as it is set up: configuration or schema must change.
    Misconfigured,
}

/// A store could not do what was asked.
///
/// The text is for a log; what caused it is its [`source`](Error::source).
#[derive(Debug, thiserror::Error)]
#[error("{context}")]
pub struct StoreError {
    kind: StoreErrorKind,
    context: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error of this kind; `context` says what was being done.
    #[must_use]
    pub const fn new(kind: StoreErrorKind, context: &'static str) -> Self {
        Self {
            kind,
            context,
            source: None,
        }
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// What the caller can do about it.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}
