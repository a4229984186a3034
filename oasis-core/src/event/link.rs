//! A link that is safe to show.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An `http` or `https` URL: nothing else may become a link on a page (`javascript:`, `data:` …).
///
/// ```
/// use oasis_core::Link;
///
/// assert!("https://github.com/o/r/pull/22".parse::<Link>().is_ok());
/// assert!("javascript:alert(1)".parse::<Link>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link(Box<str>);

/// The longest link that is kept, in bytes; a longer one is dropped rather than cut, because a cut
/// link leads somewhere else.
const MAX_LEN: usize = 2048;

impl Link {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is no `http` or `https` URL of at most 2,048 bytes.
///
/// ```
/// use oasis_core::{InvalidLink, Link};
///
/// let error: InvalidLink = "data:text/html,x".parse::<Link>().unwrap_err();
/// assert!(error.to_string().starts_with("not a"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a link, which is an http or https URL without spaces of at most 2048 bytes")]
#[non_exhaustive]
pub struct InvalidLink;

impl FromStr for Link {
    type Err = InvalidLink;

    fn from_str(text: &str) -> Result<Self, InvalidLink> {
        let (scheme, rest) = text.split_once(':').ok_or(InvalidLink)?;
        let rest = rest.strip_prefix("//").ok_or(InvalidLink)?;
        let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
        let clean = text.bytes().all(|b| b.is_ascii_graphic())
            || !text.chars().any(|c| c.is_control() || c.is_whitespace());
        let has_host = !rest.is_empty() && !rest.starts_with(['/', '?', '#']);
        if web && clean && has_host && text.len() <= MAX_LEN {
            Ok(Self(text.into()))
        } else {
            Err(InvalidLink)
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Link {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_linked() {
        for good in ["http://a", "HTTPS://github.com/a?b#c", "https://[::1]:8080/x"] {
            assert!(good.parse::<Link>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "https://",
            "https:///path",
            "//github.com",
            "javascript:alert(1)//https://x",
            "jAvA\tscript:alert(1)",
            "data:text/html,x",
            "https://a b",
            "https://a\u{0}",
            " https://a",
        ] {
            assert!(bad.parse::<Link>().is_err(), "{bad}");
        }
        assert!(format!("https://a/{}", "x".repeat(2048)).parse::<Link>().is_err());
    }
}
