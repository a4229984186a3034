//! What came of it.

use std::fmt;

use oasis_core::Timestamp;
use serde::Serialize;

/// How complete the ledger is, and what was done about it.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) hook: String,
    pub(super) since: Timestamp,
    /// Deliveries, each once however often it was tried.
    pub(super) listed: usize,
    /// Those that the ledger had.
    pub(super) present: usize,
    /// Those that it had not.
    pub(super) missing: usize,
    /// How many of the missing GitHub saw answered 2xx.
    pub(super) missing_but_acknowledged: usize,
    /// The missing that came when GitHub sent them again.
    pub(super) redelivered: usize,
    /// The missing that were asked for and stored.
    pub(super) fetched: usize,
    /// The missing that nobody has any more.
    pub(super) lost: Vec<Lost>,
    pub(super) dry_run: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Lost {
    pub(super) delivery_id: String,
    pub(super) why: String,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, deliveries since {}", self.hook, self.since)?;
        writeln!(f, "  {:>6} listed by GitHub", self.listed)?;
        writeln!(f, "  {:>6} in the ledger", self.present)?;
        write!(f, "  {:>6} missing", self.missing)?;
        match self.missing_but_acknowledged {
            0 => writeln!(f)?,
            some => writeln!(f, ", {some} of them answered 2xx by who received them")?,
        }
        if self.dry_run {
            return write!(f, "nothing was fetched: --dry-run");
        }
        let recovered = self.fetched + self.redelivered;
        writeln!(
            f,
            "  {recovered:>6} recovered ({} fetched, {} redelivered)",
            self.fetched, self.redelivered
        )?;
        write!(f, "  {:>6} lost", self.lost.len())?;
        for lost in &self.lost {
            write!(f, "\n         {}: {}", crate::plain::plain(&lost.delivery_id), lost.why)?;
        }
        Ok(())
    }
}
