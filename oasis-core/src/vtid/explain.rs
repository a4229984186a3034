//! Why a text holds a task id or none.

use std::fmt;
use std::ops::Range;

use super::VtidScheme;
use super::search::{Found, Spans, VtidSearch, after_marker, found};

/// Something in a text that looked like a task id, and what became of it.
///
/// ```
/// use oasis_core::{Rejection, VtidSearch};
///
/// let candidate = VtidSearch::default().explain("see dev-cicdl-31").remove(0);
/// assert_eq!((candidate.text.as_str(), candidate.at), ("dev-cicdl-31", 4..16));
/// assert_eq!(candidate.verdict, Err(Rejection::TooFewDigits));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// What stands there.
    pub text: String,
    /// Where it stands, in bytes.
    pub at: Range<usize>,
    /// The number of the scheme that judged it, from 0.
    pub scheme: usize,
    /// What became of it.
    pub verdict: Result<Found, Rejection>,
}

/// Why something that looked like a task id is none.
///
/// ```
/// use oasis_core::{Rejection, VtidSearch};
///
/// let candidate = VtidSearch::default().explain("acme-web-0031").remove(0);
/// assert_eq!(candidate.verdict, Err(Rejection::NotCapitals), "its prefix is not a known one");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rejection {
    /// It goes on with `-` and a digit: it would be a longer number cut short.
    LongerNumber,
    /// It is not in capitals, and its prefix is not known in any other case.
    NotCapitals,
    /// The number has too few digits.
    TooFewDigits,
    /// There are too few words before the number.
    TooFewWords,
    /// The number has too many digits.
    TooManyDigits,
    /// There are too many words.
    TooManyWords,
    /// A letter or a digit touches it.
    Touched,
    /// It stands in a longer text, and not on a line `VTID: …` of it.
    Unmarked,
    /// The scheme has other prefixes.
    UnknownPrefix,
    /// A word of it has a length or a character that the scheme doesn't allow.
    Word,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::LongerNumber => "a longer number follows",
            Self::NotCapitals => "not in capitals, and the prefix is not a known one",
            Self::TooFewDigits => "too few digits",
            Self::TooFewWords => "too few words",
            Self::TooManyDigits => "too many digits",
            Self::TooManyWords => "too many words",
            Self::Touched => "a letter or digit touches it",
            Self::Unmarked => "only mentioned, not on a line `VTID: …`",
            Self::UnknownPrefix => "the prefix is none of the scheme's",
            Self::Word => "a word of it has not the form it must have",
        })
    }
}

impl VtidSearch {
    /// What in a text looked like a task id, from left to right, and why it is one or none.
    ///
    /// What looks like one is a run of words joined by `-` that has a digit behind a `-`, or whose
    /// prefix is a scheme's. The ids among them are those of [`find_all`](Self::find_all); where
    /// there is none in a run, each scheme says why.
    ///
    /// ```
    /// use oasis_core::{Rejection, VtidSearch};
    ///
    /// let candidates = VtidSearch::default().explain("DEV-CICDL-031 on gateway-staging-00430");
    /// let reasons: Vec<_> = candidates.iter().map(|found| (&*found.text, &found.verdict)).collect();
    /// assert_eq!(reasons, [
    ///     ("DEV-CICDL-031", &Err(Rejection::TooFewDigits)),
    ///     ("gateway-staging-00430", &Err(Rejection::NotCapitals)),
    /// ]);
    /// ```
    #[must_use]
    pub fn explain(&self, text: &str) -> Vec<Candidate> {
        runs(text.as_bytes()).flat_map(|run| self.judge(text, run)).collect()
    }

    /// The same for a longer text, where an id counts on a line `VTID: …` only: on such lines
    /// everything that looks like one, elsewhere what would be one.
    #[must_use]
    pub fn explain_in_body(&self, body: &str) -> Vec<Candidate> {
        let mut start = 0;
        let lines = body.split_inclusive('\n').flat_map(|line| {
            let at = start;
            start += line.len();
            match after_marker(line) {
                Some(rest) => shifted(self.explain(rest), start - rest.len()),
                None => {
                    let mut mentioned = shifted(self.explain(line), at);
                    mentioned.retain(|one| one.verdict.is_ok());
                    mentioned.iter_mut().for_each(|one| one.verdict = Err(Rejection::Unmarked));
                    mentioned
                }
            }
        });
        lines.collect()
    }

    fn judge(&self, text: &str, run: Range<usize>) -> Vec<Candidate> {
        let candidate = |at: Range<usize>, scheme, verdict| Candidate {
            text: text.get(at.clone()).unwrap_or_default().to_owned(),
            at,
            scheme,
            verdict,
        };
        let accepted = |scheme| {
            let spans = Spans::within(scheme, text.as_bytes(), &run);
            spans.filter_map(|span| Some((span.id.clone(), found(text, span)?)))
        };
        let ids = self.schemes().enumerate().flat_map(|(n, scheme)| {
            accepted(scheme).map(move |(at, found)| candidate(at, n, Ok(found)))
        });
        let mut ids: Vec<_> = ids.collect();
        if !ids.is_empty() {
            ids.sort_by_key(|id| (id.at.start, id.scheme));
            return ids;
        }
        let mut refused: Vec<_> = self
            .schemes()
            .enumerate()
            .filter_map(|(n, scheme)| Some((n, refusal(scheme, text.as_bytes(), &run)?)))
            .collect();
        // That a scheme has other prefixes says little where another one says more.
        if refused.iter().any(|(_, reason)| *reason != Rejection::UnknownPrefix) {
            refused.retain(|(_, reason)| *reason != Rejection::UnknownPrefix);
        }
        refused.into_iter().map(|(n, reason)| candidate(run.clone(), n, Err(reason))).collect()
    }
}

fn shifted(mut candidates: Vec<Candidate>, by: usize) -> Vec<Candidate> {
    for one in &mut candidates {
        one.at = one.at.start + by..one.at.end + by;
    }
    candidates
}

/// Why a scheme finds no id in a run: what it says of the first place where it got further than to
/// a word that it doesn't know.
fn refusal(scheme: &VtidScheme, text: &[u8], run: &Range<usize>) -> Option<Rejection> {
    let looks_like_one = scheme.last_start(text.get(..run.end)?) > run.start;
    let mut first = None;
    for start in starts(text, run) {
        let letter = text.get(start).is_some_and(u8::is_ascii_alphabetic);
        let refused = match letter {
            true => scheme.match_at(text, start).err()?,
            false => Rejection::Touched,
        };
        match refused {
            Rejection::UnknownPrefix | Rejection::Word => drop(first.get_or_insert(refused)),
            further => return looks_like_one.then_some(further),
        }
    }
    // Of any word a scheme with its own prefixes could say that it isn't one of them.
    let of_a_number = first.filter(|_| looks_like_one && !scheme.is_worded());
    of_a_number.or(first.filter(|reason| *reason == Rejection::Word && scheme.is_worded()))
}

/// The runs of letters, digits and `-` that have a `-` between two of the others.
fn runs(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let start = at + rest.iter().position(u8::is_ascii_alphanumeric)?;
            let run = text.get(start..)?;
            let joins = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'-';
            let len = run.iter().take_while(joins).count();
            at = start + len;
            let hyphens = run.get(..len)?.iter().rev().take_while(|b| **b == b'-').count();
            let end = at - hyphens;
            if text.get(start..end)?.contains(&b'-') {
                return Some(start..end);
            }
        }
    })
}

/// Where the words of a run start that have a letter in them.
fn starts(text: &[u8], run: &Range<usize>) -> impl Iterator<Item = usize> {
    let words = text.get(run.clone()).unwrap_or_default().split(|b| *b == b'-');
    let mut next = run.start;
    words.filter_map(move |word| {
        let start = next;
        next += word.len() + 1;
        word.iter().any(u8::is_ascii_alphabetic).then_some(start)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reasons(search: &VtidSearch, text: &str) -> Vec<(String, usize, Rejection)> {
        let candidates = search.explain(text).into_iter();
        candidates.filter_map(|one| Some((one.text, one.scheme, one.verdict.err()?))).collect()
    }

    #[test]
    fn each_near_miss_has_its_reason() {
        use Rejection::*;
        for (text, scheme, reason) in [
            ("DEV-CICDL-031", 0, TooFewDigits),
            ("DEV-CICDL-0031000", 0, TooManyDigits),
            ("DEV-COMHU-03402-03405", 0, LongerNumber),
            ("gateway-staging-00430", 0, NotCapitals),
            ("DEV-CICDL-0031a", 0, Touched),
            ("1DEV-CICDL-0031", 0, Touched),
            ("DEV-C-0031", 0, Word),
            ("DEV-ORCHESTRATE-0031", 0, Word),
            ("DEV-A0-0031", 0, Word),
            ("DEV--CICDL--0031", 0, Word),
            ("dev-oasis-gov-sub-0109", 0, TooManyWords),
            ("ORDERS-0031", 0, TooFewWords),
        ] {
            let all = reasons(&VtidSearch::default(), text);
            assert_eq!(all.first(), Some(&(text.to_owned(), scheme, reason)), "{text}: {all:?}");
        }
        let vtid = VtidSearch::new([VtidScheme::numbered("VTID", 4..=6)]);
        assert_eq!(
            reasons(&vtid, "VTID-TEST-0004"),
            [("VTID-TEST-0004".to_owned(), 0, TooManyWords)]
        );
        assert_eq!(reasons(&vtid, "PROJ-0004"), [("PROJ-0004".to_owned(), 0, UnknownPrefix)]);
        let boot = VtidSearch::new([VtidScheme::worded("BOOTSTRAP", 2..=3)]);
        assert_eq!(reasons(&boot, "BOOTSTRAP-A"), [("BOOTSTRAP-A".to_owned(), 0, TooFewWords)]);
        assert_eq!(reasons(&boot, "bootstrap-a-b-c-d").len(), 1);
        assert_eq!(reasons(&boot, "a-plain sentence-like text"), []);
        assert_eq!(reasons(&VtidSearch::default(), "a-plain text of 2025-10-29, x-y"), []);
    }

    #[test]
    fn what_is_accepted_says_where_it_stands() {
        let found = VtidSearch::default().explain("see vt/dev-cicdl-0031-x and VTID-03697");
        let shown: Vec<_> =
            found.iter().map(|one| (one.at.clone(), one.scheme, one.verdict.is_ok())).collect();
        assert_eq!(shown, [(7..21, 0, true), (28..38, 1, true)]);
        assert_eq!(found[0].text, "dev-cicdl-0031");
    }

    #[test]
    fn in_a_body_an_id_counts_on_a_marked_line() {
        let body = "As DEV-CICDL-0001 did, 2025-1.\r\n> **VTID:** DEV-CICDL-0031, DEV-X-1\r\nend";
        let found = VtidSearch::default().explain_in_body(body);
        let shown: Vec<_> =
            found.iter().map(|one| (&*one.text, one.verdict.clone().err())).collect();
        assert_eq!(
            shown,
            [
                ("DEV-CICDL-0001", Some(Rejection::Unmarked)),
                ("DEV-CICDL-0031", None),
                ("DEV-X-1", Some(Rejection::Word)),
            ]
        );
        assert!(found.iter().all(|one| body[one.at.clone()] == one.text), "{found:?}");
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_what_is_found(
            text in "((DEV|vtid|Proj|0031|x|2025|BOOTSTRAP)[-/ _]?){0,12}|.{0,40}",
        ) {
            let schemes = [
                VtidScheme::canonical(), VtidScheme::numbered("VTID", 4..=6), VtidScheme::worded("BOOTSTRAP", 1..=3),
            ];
            let search = VtidSearch::new(schemes);
            let candidates = search.explain(&text);
            let mut accepted: Vec<_> = candidates.iter().filter_map(|one| one.verdict.clone().ok()).collect();
            let mut found: Vec<_> = search.find_all(&text).collect();
            accepted.sort_by(|a, b| a.vtid().cmp(b.vtid()));
            found.sort_by(|a, b| a.vtid().cmp(b.vtid()));
            prop_assert_eq!(accepted, found);
            for one in candidates {
                prop_assert_eq!(text.get(one.at), Some(&*one.text));
            }
        }
    }
}
