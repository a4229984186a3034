//! One way to spell a task id.

use std::ops::{Range, RangeInclusive};

/// One way to spell a task id: a prefix, layer words and a number, joined by `-`.
///
/// ```
/// use oasis_core::{VtidScheme, VtidSearch};
///
/// let jira = VtidSearch::new([VtidScheme::numbered("PROJ", 1..=6)]);
/// let found = jira.find("fix: retry the upload (PROJ-123)").unwrap();
/// assert_eq!(found.vtid().as_str(), "PROJ-123");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VtidScheme {
    prefix: Prefix,
    words: RangeInclusive<usize>,
    year: bool,
    digits: RangeInclusive<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Prefix {
    /// Any word in an id of capitals only; one of these in any case.
    Known(Vec<Box<str>>),
    /// One of these and no other, in any case.
    Only(Vec<Box<str>>),
}

/// Where a scheme's id stands in a text, and its layer word if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) id: Range<usize>,
    pub(super) layer: Option<Range<usize>>,
}

/// How long a word of an id may be, in letters.
const WORD: RangeInclusive<usize> = 2..=8;

impl VtidScheme {
    /// `PREFIX-LAYER-NUMBER`, such as `DEV-CICDL-0031`, with a second layer word
    /// (`DEV-OASIS-GOV-0109`) or a year before the number (`DEV-CICDL-2025-0004`).
    ///
    /// The prefix and each word have 2–8 letters, the number 4–6 digits. In capitals any prefix
    /// will do; in any other case only a known one (`DEV`, `PROD`), so that a branch
    /// `vt/dev-cicdl-0031` holds an id and a service `gateway-staging-00430` does not.
    #[must_use]
    pub fn canonical() -> Self {
        Self::canonical_with(["DEV", "PROD"])
    }

    /// The canonical scheme with known prefixes of one's own.
    #[must_use]
    pub fn canonical_with<'a>(known: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            prefix: Prefix::Known(known.into_iter().map(Box::from).collect()),
            words: 1..=2,
            year: true,
            digits: 4..=6,
        }
    }

    /// `PREFIX-NUMBER` with this prefix in any case and that many digits: `VTID-03697`, `PROJ-123`.
    #[must_use]
    pub fn numbered(prefix: &str, digits: RangeInclusive<usize>) -> Self {
        Self { prefix: Prefix::Only(vec![prefix.into()]), words: 0..=0, year: false, digits }
    }

    /// The id that starts right at `start`, where a run of ASCII letters and digits starts.
    pub(super) fn match_at(&self, text: &[u8], start: usize) -> Option<Span> {
        let mut next = Words { text, at: start };
        let prefix = next.word()?;
        self.accepts_prefix(text.get(prefix.clone())?)?;

        let mut layer = None;
        let mut count = 0;
        let number = loop {
            let word = next.word()?;
            if is_number(text.get(word.clone())?) {
                break word;
            }
            if !is_layer(text.get(word.clone())?) {
                return None;
            }
            count += 1;
            layer.get_or_insert(word);
            if count > *self.words.end() {
                return None;
            }
        };
        if count < *self.words.start() {
            return None;
        }
        let number = match self.year && is_year(text.get(number.clone())?) {
            true => next.number().unwrap_or(number),
            false => number,
        };
        if !self.digits.contains(&number.len()) || continues_with_digit(text, number.end) {
            return None;
        }
        let id = prefix.start..number.end;
        self.accepts_case(text.get(prefix)?, text.get(id.clone())?)?;
        Some(Span { id, layer })
    }

    fn accepts_prefix(&self, prefix: &[u8]) -> Option<()> {
        let accepted = match &self.prefix {
            Prefix::Known(_) => is_layer(prefix),
            Prefix::Only(only) => is_one_of(prefix, only),
        };
        accepted.then_some(())
    }

    fn accepts_case(&self, prefix: &[u8], id: &[u8]) -> Option<()> {
        let accepted = match &self.prefix {
            Prefix::Known(known) => {
                is_one_of(prefix, known) || !id.iter().any(u8::is_ascii_lowercase)
            }
            Prefix::Only(_) => true,
        };
        accepted.then_some(())
    }
}

/// The runs of ASCII letters and digits of a text, as long as one `-` joins them.
struct Words<'a> {
    text: &'a [u8],
    at: usize,
}

impl Words<'_> {
    fn word(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        let rest = self.text.get(start..)?;
        // A run longer than any word is none, however long it is: no need to walk to its end.
        let window = rest.get(..WORD.end() + 1).unwrap_or(rest);
        let len = window.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if len == 0 || len > *WORD.end() {
            return None;
        }
        let end = start + len;
        let joined = self.text.get(end) == Some(&b'-');
        self.at = if joined { end + 1 } else { self.text.len() };
        Some(start..end)
    }

    fn number(&mut self) -> Option<Range<usize>> {
        let word = self.word()?;
        is_number(self.text.get(word.clone())?).then_some(word)
    }
}

fn is_one_of(prefix: &[u8], list: &[Box<str>]) -> bool {
    list.iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(prefix))
}

fn is_layer(word: &[u8]) -> bool {
    WORD.contains(&word.len())
        && word.iter().all(u8::is_ascii_alphabetic)
        && !word.eq_ignore_ascii_case(b"VTID")
}

fn is_number(word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_digit)
}

fn is_year(word: &[u8]) -> bool {
    word.len() == 4 && word.starts_with(b"20")
}

/// Whether what ends here goes on with `-` and a digit: then it is a longer number cut short.
fn continues_with_digit(text: &[u8], end: usize) -> bool {
    text.get(end) == Some(&b'-') && text.get(end + 1).is_some_and(u8::is_ascii_digit)
}
