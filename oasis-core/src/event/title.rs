//! `LAYER-MODULE-ACTION`, the title of an event.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The title of an event, `LAYER-MODULE-ACTION`; it matches `^[A-Z]+(-[A-Z]+)+$`.
///
/// ```
/// use oasis_core::Title;
///
/// let title = Title::new("CICDL", "WORKFLOW", "in_progress");
/// assert_eq!(title.as_str(), "CICDL-WORKFLOW-IN-PROGRESS");
/// assert!("cicdl-workflow".parse::<Title>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Title(Box<str>);

impl Title {
    /// Joins the three, each in capitals and with one `-` for each run of anything but A–Z.
    ///
    /// A part that holds no letter at all becomes `OTHER`, so that a title always is one.
    #[must_use]
    pub fn new(layer: &str, module: &str, action: &str) -> Self {
        let mut title = String::with_capacity(layer.len() + module.len() + action.len() + 2);
        for part in [layer, module, action] {
            if !title.is_empty() {
                title.push('-');
            }
            let before = title.len();
            push_words(&mut title, part);
            if title.len() == before {
                title.push_str("OTHER");
            }
        }
        Self(title.into_boxed_str())
    }

    /// None as yet: an event that is being made has its title last.
    pub(super) fn none() -> Self {
        Self(Box::default())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Appends the words of a text in capitals, joined by `-`; what is no ASCII letter only parts them.
fn push_words(title: &mut String, text: &str) {
    let start = title.len();
    let mut apart = false;
    for byte in text.bytes() {
        if byte.is_ascii_alphabetic() {
            if apart && title.len() > start {
                title.push('-');
            }
            apart = false;
            title.push(char::from(byte.to_ascii_uppercase()));
        } else {
            apart = true;
        }
    }
}

/// The text is no title.
///
/// ```
/// use oasis_core::{InvalidTitle, Title};
///
/// let error: InvalidTitle = "Merged".parse::<Title>().unwrap_err();
/// assert!(error.to_string().starts_with("not a"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a title, which is LAYER-MODULE-ACTION in capitals, such as CICDL-PR-MERGED")]
#[non_exhaustive]
pub struct InvalidTitle;

impl FromStr for Title {
    type Err = InvalidTitle;

    fn from_str(text: &str) -> Result<Self, InvalidTitle> {
        let mut words = 0;
        for word in text.split('-') {
            if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return Err(InvalidTitle);
            }
            words += 1;
        }
        if words < 2 { Err(InvalidTitle) } else { Ok(Self(text.into())) }
    }
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Serialize for Title {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Title {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn runs_of_anything_else_become_one_hyphen() {
        for (action, end) in [
            ("completed", "COMPLETED"),
            ("in_progress", "IN-PROGRESS"),
            ("My workflow_run", "MY-WORKFLOW-RUN"),
            ("__a1b--c__", "A-B-C"),
            ("42", "OTHER"),
            ("", "OTHER"),
        ] {
            assert_eq!(Title::new("CICDL", "X", action).as_str(), format!("CICDL-X-{end}"));
        }
    }

    proptest! {
        #[test]
        fn whatever_goes_in_a_title_comes_out(layer in any::<String>(), module in any::<String>(), action in any::<String>()) {
            let title = Title::new(&layer, &module, &action);
            prop_assert_eq!(title.as_str().parse::<Title>(), Ok(title.clone()));
        }
    }
}
