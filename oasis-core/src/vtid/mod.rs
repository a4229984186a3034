//! The task id (VTID), the schemes that spell it, and the search for it.

mod explain;
mod scheme;
mod search;
mod spelling;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use explain::{Candidate, Rejection};
pub use scheme::VtidScheme;
pub use search::{Found, VtidSearch};
pub use spelling::InvalidScheme;

/// A task id in capitals, such as `DEV-CICDL-0031` or `VTID-03697`.
///
/// A `Vtid` is words of ASCII capitals and digits joined by `-`, the first one starting with a
/// letter: the shape that all schemes have in common. Which of such texts count as a task id where
/// they stand in a title or a branch is for a [`VtidScheme`] to say.
///
/// ```
/// use oasis_core::Vtid;
///
/// let vtid: Vtid = "DEV-CICDL-0031".parse()?;
/// assert_eq!(vtid.as_str(), "DEV-CICDL-0031");
/// assert!("dev-cicdl-0031".parse::<Vtid>().is_err());
/// # Ok::<(), oasis_core::InvalidVtid>(())
/// ```
///
/// Its parser is its only constructor:
///
/// ```compile_fail,E0423
/// let vtid = oasis_core::Vtid("no task".into());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vtid(Box<str>);

/// How an event without a task id spells that.
pub const UNSET: &str = "UNSET";

const MAX_LEN: usize = 96;

impl Vtid {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text has not the shape of a task id.
///
/// ```
/// use oasis_core::{InvalidVtid, Vtid};
///
/// let error: InvalidVtid = "dev-cicdl-0031".parse::<Vtid>().unwrap_err();
/// assert!(error.to_string().starts_with("not a"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a task id, which is capitals and digits joined by -, such as DEV-CICDL-0031")]
#[non_exhaustive]
pub struct InvalidVtid;

impl FromStr for Vtid {
    type Err = InvalidVtid;

    fn from_str(text: &str) -> Result<Self, InvalidVtid> {
        let starts_with_letter = text.bytes().next().is_some_and(|b| b.is_ascii_uppercase());
        if text.len() > MAX_LEN || !starts_with_letter || !text.contains('-') {
            return Err(InvalidVtid);
        }
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        };
        if text.split('-').all(word) { Ok(Self(text.into())) } else { Err(InvalidVtid) }
    }
}

impl fmt::Display for Vtid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Vtid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Vtid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
