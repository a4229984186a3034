//! One way to spell a task id.

use std::ops::{Range, RangeInclusive};

use super::explain::Rejection;

/// One way to spell a task id: a prefix, words and a number, joined by `-`.
///
/// ```
/// use oasis_core::{VtidScheme, VtidSearch};
///
/// let jira = VtidSearch::new([VtidScheme::numbered("PROJ", 1..=6)]);
/// let found = jira.find("fix: retry the upload (PROJ-123)").unwrap();
/// assert_eq!(found.vtid().as_str(), "PROJ-123");
///
/// // As text, for a configuration:
/// assert_eq!("numbered(PROJ,1-6)".parse(), Ok(VtidScheme::numbered("PROJ", 1..=6)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VtidScheme {
    prefix: Prefix,
    words: RangeInclusive<usize>,
    number: Option<Number>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Prefix {
    /// Any word in an id of capitals only; one of these in any case.
    Known(Vec<Box<str>>),
    /// One of these and no other, in any case.
    Only(Vec<Box<str>>),
}

/// The number at an id's end.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Number {
    digits: RangeInclusive<usize>,
    /// Whether a year may stand before it.
    year: bool,
}

/// Where a scheme's id stands in a text, and its layer word if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) id: Range<usize>,
    pub(super) layer: Option<Range<usize>>,
}

/// How long a layer word may be, in letters.
const LAYER: RangeInclusive<usize> = 2..=8;

/// The longest word or number of any scheme, in letters and digits.
const LONGEST: usize = 24;

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
            number: Some(Number { digits: 4..=6, year: true }),
        }
    }

    /// `PREFIX-NUMBER` with this prefix in any case and that many digits: `VTID-03697`, `PROJ-123`.
    #[must_use]
    pub fn numbered(prefix: &str, digits: RangeInclusive<usize>) -> Self {
        Self {
            prefix: Prefix::Only(vec![prefix.into()]),
            words: 0..=0,
            number: Some(Number { digits, year: false }),
        }
    }

    /// `PREFIX-SOME-WORDS` with this prefix in any case and no number at the end: that many words,
    /// each of up to 24 letters and digits.
    ///
    /// ```
    /// use oasis_core::{VtidScheme, VtidSearch};
    ///
    /// let search = VtidSearch::new([VtidScheme::worded("BOOTSTRAP", 1..=8)]);
    /// let found = search.find("claude/bootstrap-orb-greeting: say hello").unwrap();
    /// assert_eq!(found.vtid().as_str(), "BOOTSTRAP-ORB-GREETING");
    /// ```
    #[must_use]
    pub fn worded(prefix: &str, words: RangeInclusive<usize>) -> Self {
        Self { prefix: Prefix::Only(vec![prefix.into()]), words, number: None }
    }

    /// The same scheme with these prefixes and no other, each in any case.
    ///
    /// ```
    /// use oasis_core::{VtidScheme, VtidSearch};
    ///
    /// let search = VtidSearch::new([VtidScheme::canonical().only(["DEV", "OPS"])]);
    /// assert!(search.find("ops-infra-0007").is_some());
    /// assert!(search.find("MIL-STD-1553").is_none());
    /// ```
    #[must_use]
    pub fn only<'a>(mut self, prefixes: impl IntoIterator<Item = &'a str>) -> Self {
        self.prefix = Prefix::Only(prefixes.into_iter().map(Box::from).collect());
        self
    }

    /// The same scheme with that many words between the prefix and the number.
    #[must_use]
    pub fn words(mut self, words: RangeInclusive<usize>) -> Self {
        self.words = words;
        self
    }

    /// The same scheme with a number of that many digits at the end.
    #[must_use]
    pub fn digits(mut self, digits: RangeInclusive<usize>) -> Self {
        let year = self.has_year();
        self.number = Some(Number { digits, year });
        self
    }

    /// The same scheme with or without the form that has a year, `20dd`, before the number.
    #[must_use]
    pub fn year(mut self, year: bool) -> Self {
        if let Some(number) = &mut self.number {
            number.year = year;
        }
        self
    }

    fn has_year(&self) -> bool {
        self.number.as_ref().is_some_and(|number| number.year)
    }

    /// Whether its ids end in no number.
    pub(super) fn is_worded(&self) -> bool {
        self.number.is_none()
    }

    /// Up to where in a text an id can still start: behind its start each has a `-` and a digit, or
    /// at least a `-` and a letter. Most texts have none.
    pub(super) fn last_start(&self, text: &[u8]) -> usize {
        let ends = self.number.is_some();
        let continues = |b: &u8| if ends { b.is_ascii_digit() } else { b.is_ascii_alphanumeric() };
        let mut hyphens = memchr::memrchr_iter(b'-', text);
        hyphens.find(|at| text.get(at + 1).is_some_and(continues)).unwrap_or(0)
    }

    /// The id that starts right at `start`, where a run of ASCII letters and digits starts.
    pub(super) fn match_at(&self, text: &[u8], start: usize) -> Result<Span, Rejection> {
        let mut next = Words { text, at: start };
        let prefix = next.word().ok_or(Rejection::Word)?;
        self.accept_prefix(part(text, &prefix))?;
        let Some(number) = &self.number else {
            let end = self.read_words(&mut next, prefix.end)?;
            return Ok(Span { id: prefix.start..end, layer: None });
        };
        let (layer, digits) = self.read_layers(&mut next)?;
        let digits = match number.year && is_year(part(text, &digits)) {
            true => next.number().unwrap_or(digits),
            false => digits,
        };
        number.accept(digits.len())?;
        if continues_with_digit(text, digits.end) {
            return Err(Rejection::LongerNumber);
        }
        let id = prefix.start..digits.end;
        self.accept_case(part(text, &prefix), part(text, &id))?;
        Ok(Span { id, layer })
    }

    /// The first layer word, and the number behind the last one.
    fn read_layers(
        &self,
        next: &mut Words<'_>,
    ) -> Result<(Option<Range<usize>>, Range<usize>), Rejection> {
        let mut layer = None;
        for count in 0_usize.. {
            let word = next.word().ok_or(Rejection::Word)?;
            let letters = part(next.text, &word);
            if is_number(letters) {
                return match count < *self.words.start() {
                    true => Err(Rejection::TooFewWords),
                    false => Ok((layer, word)),
                };
            }
            if letters.first().is_some_and(u8::is_ascii_digit) {
                return Err(Rejection::Touched);
            }
            if !is_layer(letters) {
                return Err(Rejection::Word);
            }
            if count >= *self.words.end() {
                return Err(Rejection::TooManyWords);
            }
            layer.get_or_insert(word);
        }
        Err(Rejection::Word)
    }

    /// Where the words of an id without a number end.
    fn read_words(&self, next: &mut Words<'_>, prefix_end: usize) -> Result<usize, Rejection> {
        let (mut count, mut end) = (0, prefix_end);
        while let Some(word) = next.word() {
            count += 1;
            end = word.end;
            if count > *self.words.end() {
                return Err(Rejection::TooManyWords);
            }
        }
        if count < *self.words.start().max(&1) {
            return Err(Rejection::TooFewWords);
        }
        // What goes on is a word that is too long.
        let goes_on = next.text.get(end) == Some(&b'-')
            && next.text.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
        if goes_on { Err(Rejection::Word) } else { Ok(end) }
    }

    fn accept_prefix(&self, prefix: &[u8]) -> Result<(), Rejection> {
        match &self.prefix {
            Prefix::Known(_) if is_layer(prefix) => Ok(()),
            Prefix::Known(_) => Err(Rejection::Word),
            Prefix::Only(only) if is_one_of(prefix, only) => Ok(()),
            Prefix::Only(_) => Err(Rejection::UnknownPrefix),
        }
    }

    fn accept_case(&self, prefix: &[u8], id: &[u8]) -> Result<(), Rejection> {
        match &self.prefix {
            Prefix::Known(known)
                if id.iter().any(u8::is_ascii_lowercase) && !is_one_of(prefix, known) =>
            {
                Err(Rejection::NotCapitals)
            }
            Prefix::Known(_) | Prefix::Only(_) => Ok(()),
        }
    }
}

impl Number {
    fn accept(&self, digits: usize) -> Result<(), Rejection> {
        if digits < *self.digits.start() {
            Err(Rejection::TooFewDigits)
        } else if digits > *self.digits.end() {
            Err(Rejection::TooManyDigits)
        } else {
            Ok(())
        }
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
        let window = rest.get(..=LONGEST).unwrap_or(rest);
        let len = window.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        if len == 0 || len > LONGEST {
            return None;
        }
        let end = start + len;
        let joined = self.text.get(end) == Some(&b'-');
        self.at = if joined { end + 1 } else { self.text.len() };
        Some(start..end)
    }

    fn number(&mut self) -> Option<Range<usize>> {
        let word = self.word()?;
        is_number(part(self.text, &word)).then_some(word)
    }
}

fn part<'t>(text: &'t [u8], range: &Range<usize>) -> &'t [u8] {
    text.get(range.clone()).unwrap_or_default()
}

fn is_one_of(prefix: &[u8], list: &[Box<str>]) -> bool {
    list.iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(prefix))
}

fn is_layer(word: &[u8]) -> bool {
    LAYER.contains(&word.len())
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
