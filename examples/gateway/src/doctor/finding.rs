//! What was found, and what to do about it.

use std::fmt;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::plain::plain;

/// What came of one check.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    check: &'static str,
    verdict: Verdict,
    found: String,
    /// What to do; none where nothing has to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    Fine,
    /// It works, and somebody should know.
    Warning,
    /// It doesn't work.
    Fault,
}

impl Finding {
    pub(super) fn fine(check: &'static str, found: impl Into<String>) -> Self {
        Self { check, verdict: Verdict::Fine, found: found.into(), remedy: None }
    }

    pub(super) fn warning(
        check: &'static str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let remedy = Some(remedy.into());
        Self { check, verdict: Verdict::Warning, found: found.into(), remedy }
    }

    pub(super) fn fault(
        check: &'static str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let remedy = Some(remedy.into());
        Self { check, verdict: Verdict::Fault, found: found.into(), remedy }
    }

    pub(super) fn is_fault(&self) -> bool {
        self.verdict == Verdict::Fault
    }
}

/// For people, with colours; whoever prints it takes them out where there are none.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, color) = match self.verdict {
            Verdict::Fine => ("ok", AnsiColor::Green.on_default()),
            Verdict::Warning => ("warn", AnsiColor::Yellow.on_default()),
            Verdict::Fault => ("FAIL", AnsiColor::Red.on_default()),
        };
        let bold = Style::new().bold();
        write!(f, "{color}{word:4}{color:#}  {:14}  {}", self.check, plain(&self.found))?;
        match &self.remedy {
            None => Ok(()),
            Some(remedy) => write!(f, "\n{:22}{bold}→ {}{bold:#}", "", plain(remedy)),
        }
    }
}
