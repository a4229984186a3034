//! What is wrong with a body, for the client who can mend it.

use std::borrow::Cow;

/// A field of what a client sent is not what it must be; nothing of it is stored.
///
/// ```
/// use oasis_core::{Arrival, Normalizer, Timestamp};
///
/// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
/// let error = Normalizer::default().ingest(br#"{"kind":"two words"}"#, arrival).unwrap_err();
/// assert_eq!(error.field(), "kind");
/// assert_eq!(error.to_string(), format!("`kind` must be {}", error.expected()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` must be {expected}")]
pub struct PayloadError {
    field: Cow<'static, str>,
    expected: Cow<'static, str>,
}

impl PayloadError {
    pub(super) fn new(
        field: impl Into<Cow<'static, str>>,
        expected: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { field: field.into(), expected: expected.into() }
    }

    /// The field's name; `body` where it is about the whole.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What it must be, in words that go on "it must be".
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }
}
