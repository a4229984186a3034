//! The id of an event.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::time::Timestamp;

/// The id of an event: a UUID, version 7, made once, when the event is normalised.
///
/// ```
/// use oasis_core::EventId;
///
/// let id: EventId = "019a2fd6-d600-7707-8707-070707070707".parse()?;
/// assert_eq!(id.to_string(), "019a2fd6-d600-7707-8707-070707070707");
/// # Ok::<(), oasis_core::InvalidEventId>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Uuid);

impl EventId {
    pub(crate) fn v7(at: Timestamp, entropy: &[u8; 10]) -> Self {
        // A time before 1970 has no place in a UUIDv7; it becomes 1970.
        let millis = u64::try_from(at.unix_millis()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, entropy).into_uuid())
    }

    /// The sixteen bytes of the UUID, big-endian.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// An id from the sixteen bytes of a UUID, whatever its version: rows of an earlier phase
    /// carry version 4.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

/// The text is no UUID.
///
/// ```
/// use oasis_core::{EventId, InvalidEventId};
///
/// let error: InvalidEventId = "019a2fd6".parse::<EventId>().unwrap_err();
/// assert!(error.to_string().starts_with("not a"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an event id, which is a UUID such as 019a2fd6-d600-7707-8707-070707070707")]
#[non_exhaustive]
pub struct InvalidEventId;

impl FromStr for EventId {
    type Err = InvalidEventId;

    fn from_str(text: &str) -> Result<Self, InvalidEventId> {
        Uuid::try_parse(text).map(Self).map_err(|_| InvalidEventId)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.hyphenated(), f)
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for EventId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
