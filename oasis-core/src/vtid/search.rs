//! The search for a task id in a text.

use std::ops::Range;

use super::scheme::Span;
use super::{Vtid, VtidScheme};

/// The schemes that are tried, in their order; compiled once, used for every delivery.
///
/// ```
/// use oasis_core::VtidSearch;
///
/// let search = VtidSearch::default();
/// let found = search.find("vt/dev-cicdl-0031-phase2").unwrap();
/// assert_eq!(found.vtid().as_str(), "DEV-CICDL-0031");
/// assert_eq!(found.layer(), Some("CICDL"));
/// assert!(search.find("gateway-staging-00430").is_none());
/// ```
#[derive(Debug, Clone)]
pub struct VtidSearch {
    schemes: Vec<VtidScheme>,
}

/// A task id that was found, and its layer where its scheme has one.
///
/// ```
/// use oasis_core::VtidSearch;
///
/// let found = VtidSearch::default().find("VTID-03697 is done").unwrap();
/// assert_eq!(found.vtid().as_str(), "VTID-03697");
/// assert_eq!(found.layer(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    vtid: Vtid,
    layer: Option<Box<str>>,
}

impl Found {
    /// The task id, in capitals.
    #[must_use]
    pub fn vtid(&self) -> &Vtid {
        &self.vtid
    }

    /// The word after the prefix, in capitals; `None` for a numbered id.
    #[must_use]
    pub fn layer(&self) -> Option<&str> {
        self.layer.as_deref()
    }

    pub(crate) fn into_parts(self) -> (Vtid, Option<Box<str>>) {
        (self.vtid, self.layer)
    }
}

impl Default for VtidSearch {
    /// The canonical scheme, then `VTID-` with 4–6 digits.
    fn default() -> Self {
        Self::new([VtidScheme::canonical(), VtidScheme::numbered("VTID", 4..=6)])
    }
}

impl VtidSearch {
    /// Tries these schemes, each over the whole text, in this order.
    #[must_use]
    pub fn new(schemes: impl IntoIterator<Item = VtidScheme>) -> Self {
        Self { schemes: schemes.into_iter().collect() }
    }

    pub(super) fn schemes(&self) -> impl ExactSizeIterator<Item = &VtidScheme> {
        self.schemes.iter()
    }

    /// The leftmost id of the first scheme that has one in this text.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Found> {
        self.find_all(text).next()
    }

    /// All ids in this text, scheme by scheme and from left to right; an id that stands there
    /// twice comes twice.
    pub fn find_all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Found> + 't {
        self.find_starting(text, usize::MAX)
    }

    /// The same for those that start in so many bytes.
    pub(crate) fn find_starting<'t>(
        &'t self,
        text: &'t str,
        within: usize,
    ) -> impl Iterator<Item = Found> + 't {
        let spans = move |scheme: &'t VtidScheme| Spans::of(scheme, text.as_bytes(), within);
        self.schemes.iter().flat_map(spans).filter_map(|span| found(text, span))
    }

    /// The ids on the lines `VTID: …` of a longer text: there they are meant, elsewhere mentioned.
    pub fn find_in_body<'t>(&'t self, body: &'t str) -> impl Iterator<Item = Found> + 't {
        self.find_in_body_starting(body, usize::MAX)
    }

    /// The same for those that start in so many bytes of their line.
    pub(crate) fn find_in_body_starting<'t>(
        &'t self,
        body: &'t str,
        within: usize,
    ) -> impl Iterator<Item = Found> + 't {
        let lines = body.lines().filter_map(after_marker);
        lines.flat_map(move |rest| self.find_starting(rest, within))
    }
}

/// What follows `VTID:` where a line starts with it, whatever Markdown decorates it.
pub(super) fn after_marker(line: &str) -> Option<&str> {
    const MARKER: &str = "VTID";
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "*_`#>-+[".contains(c));
    let (marker, rest) = line.split_at_checked(MARKER.len())?;
    let rest = rest.trim_start_matches(['*', '_', '`', ' ']);
    marker.eq_ignore_ascii_case(MARKER).then(|| rest.strip_prefix(':'))?
}

pub(super) fn found(text: &str, span: Span) -> Option<Found> {
    let vtid = text.get(span.id)?.to_ascii_uppercase().parse().ok()?;
    let layer = span.layer.and_then(|layer| text.get(layer));
    Some(Found { vtid, layer: layer.map(|layer| layer.to_ascii_uppercase().into()) })
}

/// The places in a text where a scheme's ids stand, from left to right.
pub(super) struct Spans<'t> {
    scheme: &'t VtidScheme,
    text: &'t [u8],
    at: usize,
    /// Behind this no id starts.
    last: usize,
}

impl<'t> Spans<'t> {
    fn of(scheme: &'t VtidScheme, text: &'t [u8], within: usize) -> Self {
        Self { scheme, text, at: 0, last: scheme.last_start(text).min(within) }
    }

    /// Those that start in this part of a text.
    pub(super) fn within(scheme: &'t VtidScheme, text: &'t [u8], part: &Range<usize>) -> Self {
        Self { scheme, text, at: part.start, last: part.end }
    }
}

impl Iterator for Spans<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        loop {
            let rest = self.text.get(self.at..self.last)?;
            let start = self.at + rest.iter().position(u8::is_ascii_alphabetic)?;
            let touched =
                start > 0 && self.text.get(start - 1).is_some_and(u8::is_ascii_alphanumeric);
            if !touched && let Ok(span) = self.scheme.match_at(self.text, start) {
                self.at = span.id.end;
                return Some(span);
            }
            let run = self.text.get(start..)?;
            self.at = start + run.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(text: &str) -> Option<String> {
        VtidSearch::default().find(text).map(|found| found.vtid.to_string())
    }

    #[test]
    fn the_forms_of_the_contract_are_found() {
        for (text, id) in [
            ("[VTID DEV-CICDL-0031] Phase 2", "DEV-CICDL-0031"),
            ("vt/dev-cicdl-0031-phase2", "DEV-CICDL-0031"),
            ("DEV-OASIS-GOV-0109: x", "DEV-OASIS-GOV-0109"),
            ("DEV-CICDL-2025-0004", "DEV-CICDL-2025-0004"),
            ("DEV-CICDL-2025 alone", "DEV-CICDL-2025"),
            ("fix (VTID-03697)", "VTID-03697"),
            ("claude/analyze-vtid-01155-deploy", "VTID-01155"),
            ("éDEV-CICDL-0031🚀", "DEV-CICDL-0031"),
            ("VTID-DEV-CICDL-0031", "DEV-CICDL-0031"),
            ("VTID-03697 then OPS-INFRA-0001", "OPS-INFRA-0001"),
        ] {
            assert_eq!(first(text).as_deref(), Some(id), "{text}");
        }
    }

    #[test]
    fn near_misses_are_none() {
        for text in [
            "",
            "gateway-staging-00430",
            "DEV-CICDL-0031000",
            "DEV-CICDL-031",
            "DEV-CICDL-0031a",
            "1DEV-CICDL-0031",
            "DEV-COMHU-03402-03405",
            "VTID-2025-0008",
            "VTID-TEST-0004",
            "DEV--CICDL--0031",
            "DEV-C-0031",
            "DEV-ORCHESTRATE-0031",
            "DEV-CI2DL-0031",
            "A-B",
            "DEV-",
            "DEV-CICDL-",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
    }

    #[test]
    fn all_ids_come_in_order_and_a_body_counts_only_on_its_line() {
        let search = VtidSearch::default();
        let all: Vec<_> = search
            .find_all("VTID-03592/03607, DEV-CICDL-0031_DEV-CICDL-0032")
            .map(|found| found.vtid.to_string())
            .collect();
        assert_eq!(all, ["DEV-CICDL-0031", "DEV-CICDL-0032", "VTID-03592"]);

        let body = "See DEV-CICDL-0001.\r\n- **VTID:** DEV-CICDL-0031\nvtid : none";
        let meant: Vec<_> = search.find_in_body(body).map(|found| found.vtid.to_string()).collect();
        assert_eq!(meant, ["DEV-CICDL-0031"]);
    }

    proptest! {
        #[test]
        fn what_is_found_stands_there_in_capitals_and_has_the_shape(text in any::<String>()) {
            for found in VtidSearch::default().find_all(&text) {
                prop_assert!(text.to_ascii_uppercase().contains(found.vtid.as_str()));
            }
        }

        #[test]
        fn an_id_is_found_between_any_ends(
            before in "[^A-Za-z0-9]{0,4}", id in "DEV-[A-KM-Z]{2,8}-[0-9]{4,6}", after in "([^A-Za-z0-9-].{0,4})?",
        ) {
            let text = format!("{before}{id}{after}");
            prop_assert_eq!(first(&text), Some(id));
        }
    }
}
