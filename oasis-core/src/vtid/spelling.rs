//! Schemes as text, for a configuration.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::{VtidScheme, VtidSearch};

/// A scheme as text.
///
/// | text | finds |
/// | --- | --- |
/// | `canonical` | `DEV-CICDL-0031`; any prefix in capitals, `DEV` and `PROD` in any case |
/// | `canonical(DEV,OPS)` | the same with these prefixes in any case |
/// | `only(DEV,OPS)` | the canonical form with these prefixes and no other |
/// | `numbered(PROJ,1-6)` | `PROJ-123`; 4 to 6 digits where none are said |
/// | `words(BOOTSTRAP,1-8)` | `BOOTSTRAP-SOME-WORDS`; 1 to 8 words where none are said |
impl FromStr for VtidScheme {
    type Err = InvalidScheme;

    fn from_str(text: &str) -> Result<Self, InvalidScheme> {
        let text = text.trim();
        let fault = |problem| InvalidScheme { text: text.to_owned(), problem };
        let (name, listed) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => {
                let listed = rest.strip_suffix(')').ok_or(fault(Problem::Unclosed))?;
                (name.trim_end(), Some(listed))
            }
        };
        let items = listed.into_iter().flat_map(|listed| listed.split(',')).map(str::trim);
        let (ranges, prefixes): (Vec<&str>, Vec<&str>) =
            items.partition(|item| item.starts_with(|c: char| c.is_ascii_digit()));
        if !prefixes.iter().all(|prefix| is_prefix(prefix)) {
            return Err(fault(Problem::Prefix));
        }
        let range = |default| match ranges.as_slice() {
            [] => Ok(default),
            [range] => read_range(range).ok_or(fault(Problem::Range)),
            _ => Err(fault(Problem::Range)),
        };
        match (name, prefixes.as_slice(), ranges.is_empty()) {
            ("canonical", [], true) if listed.is_none() => Ok(Self::canonical()),
            ("canonical", [_, ..], true) => Ok(Self::canonical_with(prefixes)),
            ("only", [_, ..], true) => Ok(Self::canonical().only(prefixes)),
            ("numbered", [first, ..], _) => Ok(Self::numbered(first, range(4..=6)?).only(prefixes)),
            ("words", [first, ..], _) => Ok(Self::worded(first, range(1..=8)?).only(prefixes)),
            ("canonical" | "only", _, false) => Err(fault(Problem::Range)),
            ("canonical" | "only" | "numbered" | "words", _, _) => Err(fault(Problem::Prefix)),
            _ => Err(fault(Problem::Name)),
        }
    }
}

/// Schemes in the order in which they are tried, parted by commas, semicolons or white space:
/// `canonical, numbered(VTID,4-6)`. Each is written as [`VtidScheme`] is.
///
/// ```
/// use oasis_core::VtidSearch;
///
/// let search: VtidSearch = "only(DEV,OPS) numbered(PROJ,1-6) words(BOOTSTRAP)".parse()?;
/// assert_eq!(search.find("PROJ-7").unwrap().vtid().as_str(), "PROJ-7");
/// assert!("canonical, jira".parse::<VtidSearch>().is_err());
/// # Ok::<(), oasis_core::InvalidScheme>(())
/// ```
impl FromStr for VtidSearch {
    type Err = InvalidScheme;

    fn from_str(text: &str) -> Result<Self, InvalidScheme> {
        let mut depth = 0_u32;
        let parts = text.split(|c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && (c.is_whitespace() || c == ',' || c == ';')
        });
        let schemes: Result<Vec<VtidScheme>, _> =
            parts.filter(|part| !part.is_empty()).map(str::parse).collect();
        match schemes? {
            none if none.is_empty() => {
                Err(InvalidScheme { text: text.to_owned(), problem: Problem::Name })
            }
            schemes => Ok(Self::new(schemes)),
        }
    }
}

/// A text that is no scheme of task ids.
///
/// ```
/// use oasis_core::VtidScheme;
///
/// let error = "jira".parse::<VtidScheme>().unwrap_err();
/// assert!(error.to_string().contains("`jira` is no scheme of task ids"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no scheme of task ids: {problem}")]
pub struct InvalidScheme {
    text: String,
    problem: Problem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error(
        "it is one of canonical, canonical(DEV,OPS), only(DEV,OPS), numbered(PROJ,1-6) and words(BOOTSTRAP,1-8)"
    )]
    Name,
    #[error("it needs prefixes of 1 to 16 letters and digits that start with a letter")]
    Prefix,
    #[error(
        "how many there may be is one number from 1 to 24, or two such as 4-6, and only where it says so"
    )]
    Range,
    #[error("the bracket is not closed")]
    Unclosed,
}

fn is_prefix(text: &str) -> bool {
    (1..=16).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn read_range(text: &str) -> Option<RangeInclusive<usize>> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let (low, high) = (low.trim().parse().ok()?, high.trim().parse().ok()?);
    (1 <= low && low <= high && high <= 24).then_some(low..=high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(text: &str) -> Result<VtidScheme, Problem> {
        text.parse().map_err(|invalid: InvalidScheme| invalid.problem)
    }

    #[test]
    fn each_spelling_is_a_scheme() {
        assert_eq!(scheme("canonical"), Ok(VtidScheme::canonical()));
        assert_eq!(
            scheme(" canonical ( DEV , OPS ) "),
            Ok(VtidScheme::canonical_with(["DEV", "OPS"]))
        );
        assert_eq!(scheme("only(DEV,OPS)"), Ok(VtidScheme::canonical().only(["DEV", "OPS"])));
        assert_eq!(scheme("numbered(VTID)"), Ok(VtidScheme::numbered("VTID", 4..=6)));
        assert_eq!(scheme("numbered(PROJ,3)"), Ok(VtidScheme::numbered("PROJ", 3..=3)));
        let two = VtidScheme::numbered("A", 1..=6).only(["A", "B2"]);
        assert_eq!(scheme("numbered(A,B2,1-6)"), Ok(two));
        assert_eq!(scheme("words(BOOTSTRAP)"), Ok(VtidScheme::worded("BOOTSTRAP", 1..=8)));
        assert_eq!(scheme("words(BOOTSTRAP,2-3)"), Ok(VtidScheme::worded("BOOTSTRAP", 2..=3)));
    }

    #[test]
    fn what_is_none_says_why() {
        for (text, problem) in [
            ("", Problem::Name),
            ("jira", Problem::Name),
            ("Canonical", Problem::Name),
            ("canonical(", Problem::Unclosed),
            ("canonical(DEV", Problem::Unclosed),
            ("canonical()", Problem::Prefix),
            ("canonical(D-V)", Problem::Prefix),
            ("canonical(DEV,4-6)", Problem::Range),
            ("only", Problem::Prefix),
            ("numbered", Problem::Prefix),
            ("numbered(4-6)", Problem::Prefix),
            ("numbered(PROJ,6-4)", Problem::Range),
            ("numbered(PROJ,0)", Problem::Range),
            ("numbered(PROJ,1-25)", Problem::Range),
            ("numbered(PROJ,1-6,2)", Problem::Range),
            ("numbered(ABCDEFGHIJKLMNOPQ)", Problem::Prefix),
            ("numbered(PROJ)x", Problem::Unclosed),
        ] {
            assert_eq!(scheme(text), Err(problem), "{text}");
        }
        let invalid = "canonical; numbered(4)".parse::<VtidSearch>().unwrap_err();
        assert!(
            invalid.to_string().starts_with("`numbered(4)` is no scheme of task ids: it needs")
        );
        assert!(" , ;".parse::<VtidSearch>().is_err());
    }

    #[test]
    fn a_list_keeps_its_order() {
        let search: VtidSearch =
            "words(BOOT,1-2);numbered(VTID,4-6),\n\tcanonical".parse().unwrap();
        let found = search.find("DEV-CICDL-0031 VTID-03697 BOOT-UP").unwrap();
        assert_eq!(found.vtid().as_str(), "BOOT-UP");
        assert_eq!(search.find_all("DEV-CICDL-0031 VTID-03697").count(), 2);
    }

    #[test]
    fn a_number_may_be_made_for_any_scheme() {
        let scheme = VtidScheme::canonical().only(["GOV"]).words(1..=3).year(false).digits(3..=3);
        let search = VtidSearch::new([scheme]);
        assert_eq!(search.find("gov-a-x gov-cop-sub-two-001").unwrap().layer(), Some("COP"));
        assert!(search.find("GOV-COP-2025-001").is_none());
    }
}
