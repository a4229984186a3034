//! How the thing that an event tells of stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How the thing that an event tells of stands; the list is complete.
///
/// ```
/// use oasis_core::Status;
///
/// assert_eq!("in_progress".parse(), Ok(Status::InProgress));
/// assert_eq!(Status::Failure.as_str(), "failure");
/// ```
#[expect(clippy::exhaustive_enums, reason = "the contract fixes these eight and nothing else")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Waits to start.
    Queued,
    /// Has started and not ended.
    InProgress,
    /// Ended well.
    Success,
    /// Ended badly: the work itself failed.
    Failure,
    /// Was ended by somebody before its end.
    Cancelled,
    /// A fact with no outcome.
    Info,
    /// Somebody should look, or the outcome is not known.
    Warning,
    /// What runs the work failed, not the work.
    Error,
}

impl Status {
    /// All of them, in the order of a life.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::InProgress,
        Self::Success,
        Self::Failure,
        Self::Cancelled,
        Self::Info,
        Self::Warning,
        Self::Error,
    ];

    /// The word that stands in JSON, SQL and queries.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// The word is none of the eight statuses.
///
/// ```
/// use oasis_core::{InvalidStatus, Status};
///
/// let error: InvalidStatus = "splendid".parse::<Status>().unwrap_err();
/// assert!(error.to_string().starts_with("not a"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a status; it is one of queued, in_progress, success, failure, cancelled, info, warning, error"
)]
#[non_exhaustive]
pub struct InvalidStatus;

impl FromStr for Status {
    type Err = InvalidStatus;

    fn from_str(word: &str) -> Result<Self, InvalidStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == word).ok_or(InvalidStatus)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Status {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        word.parse().map_err(serde::de::Error::custom)
    }
}
