//! What is known of a spool: how much waits, and since when.

use std::collections::VecDeque;

use oasis_core::Timestamp;

use super::folder::Found;

/// With so few events left, what comes waits for them to be drained rather than go behind them:
/// else a spool into which deliveries come all the time would never be empty.
const FEW: u64 = 256;

#[derive(Debug)]
pub(super) struct State {
    /// From the oldest on; the newest one may still be written into.
    segments: VecDeque<Segment>,
    /// How many events wait, also those that are being written.
    events: u64,
    /// How many bytes they take.
    bytes: u64,
    /// Whether the ledger takes them just now and few are left.
    finishing: bool,
    rejected: u64,
    damaged: u64,
    drained: u64,
}

/// A file of the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) number: u64,
    /// How many of its events wait.
    records: u64,
    bytes: u64,
}

/// How a spool stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// How many events wait.
    pub(crate) events: u64,
    pub(crate) bytes: u64,
    pub(crate) max_bytes: u64,
    /// When the oldest that waits came, as good as its file tells.
    pub(crate) since: Option<Timestamp>,
    /// How many events the ledger refused for good.
    pub(crate) rejected: u64,
    /// How many lines were found damaged since the process started.
    pub(crate) damaged: u64,
    /// How many events left the spool for the ledger since the process started.
    pub(crate) drained: u64,
}

impl State {
    pub(super) fn new(found: &[Found], rejected: u64) -> Self {
        let of = |found: &Found| Segment {
            number: found.number,
            records: found.records,
            bytes: found.bytes,
        };
        Self {
            segments: found.iter().map(of).collect(),
            events: found.iter().map(|segment| segment.records).sum(),
            bytes: found.iter().map(|segment| segment.bytes).sum(),
            finishing: false,
            rejected,
            damaged: 0,
            drained: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.events == 0
    }

    /// Whether it is known where a newcomer goes: to the ledger or behind the others.
    pub(super) fn is_settled(&self) -> bool {
        self.is_empty() || !self.finishing
    }

    /// Whether there is something to drain; a segment whose records are all damaged is, too.
    pub(super) fn has_work(&self) -> bool {
        self.events > 0 || !self.segments.is_empty()
    }

    /// Counts these as waiting if there is place for them.
    pub(super) fn reserve(&mut self, records: u64, bytes: u64, max_bytes: u64) -> bool {
        if self.bytes.saturating_add(bytes) > max_bytes {
            return false;
        }
        self.events += records;
        self.bytes += bytes;
        true
    }

    /// What was reserved is durable, in this segment.
    pub(super) fn written(&mut self, number: u64, records: u64, bytes: u64) {
        match self.segments.back_mut().filter(|segment| segment.number == number) {
            Some(segment) => {
                segment.records += records;
                segment.bytes += bytes;
            }
            None => self.segments.push_back(Segment { number, records, bytes }),
        }
    }

    /// What was reserved could not be written.
    pub(super) fn not_written(&mut self, records: u64, bytes: u64) {
        self.events = self.events.saturating_sub(records);
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    pub(super) fn segments(&self) -> usize {
        self.segments.len()
    }

    pub(super) fn oldest(&self) -> Option<Segment> {
        self.segments.front().copied()
    }

    /// So many of the oldest segment's events need not wait any more.
    pub(super) fn drained(&mut self, records: u64) {
        if let Some(oldest) = self.segments.front_mut() {
            // A segment that is begun anew was counted before.
            let records = records.min(oldest.records);
            oldest.records -= records;
            self.events = self.events.saturating_sub(records);
            self.drained += records;
        }
        self.finishing = (1..=FEW).contains(&self.events);
    }

    /// The ledger doesn't take them just now.
    pub(super) fn stuck(&mut self) {
        self.finishing = false;
    }

    /// The oldest segment is done; what it holds and wasn't drained is no longer readable.
    pub(super) fn removed(&mut self) {
        if let Some(gone) = self.segments.pop_front() {
            self.not_written(gone.records, gone.bytes);
        }
    }

    pub(super) fn rejected(&mut self) {
        self.rejected += 1;
    }

    pub(super) fn damaged(&mut self) {
        self.damaged += 1;
    }

    pub(super) fn standing(&self, max_bytes: u64) -> Standing {
        let since = |segment: &Segment| {
            Timestamp::from_unix_millis(i64::try_from(segment.number).unwrap_or(i64::MAX))
        };
        Standing {
            events: self.events,
            bytes: self.bytes,
            max_bytes,
            since: self.segments.front().map(since),
            rejected: self.rejected,
            damaged: self.damaged,
            drained: self.drained,
        }
    }
}
