//! Pages of the ledger that are read and encoded once for all who are far behind.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use oasis_core::{EventStore, EventStoreExt, Position, Recorded, StoreError};

use super::{frame, write};

/// Where pages end, wherever a client begins: after each so many positions. Clients that come back at
/// different places read the same pages from the next such end on.
const BLOCK: u64 = 64;

/// How many bytes of pages are kept.
pub(super) const MAX_KEPT: usize = 4 * 1024 * 1024;

/// What one write has place for of the events after a position.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) bytes: Bytes,
    pub(super) last: Position,
}

/// A position in one of the ledger's histories; 0 is before the first event.
type Place = (u64, u64);

/// The newest pages that somebody asked for. Positions have no gap and are in the order of commits, so
/// what followed a position once is what follows it as long as it is the same history.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    pages: HashMap<Place, Page>,
    /// From the oldest on.
    order: VecDeque<Place>,
    bytes: usize,
}

impl Pages {
    /// The next page after a position of this history; `None` where the ledger has no event after it.
    pub(super) async fn after(
        &self,
        store: &dyn EventStore,
        at: Option<Position>,
        history: u64,
    ) -> Result<Option<Page>, StoreError> {
        let start = at.map_or(0, Position::get);
        if let Some(page) = self.kept().pages.get(&(history, start)) {
            return Ok(Some(page.clone()));
        }
        let rows = store.read_after(at, (BLOCK - start % BLOCK) as usize).await?;
        let pages = encode(start, &rows);
        let first = pages.first().map(|(_, page)| page.clone());
        let mut kept = self.kept();
        pages.into_iter().for_each(|(start, page)| kept.keep((history, start), page));
        Ok(first)
    }

    /// How many bytes are kept.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.kept().bytes
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn keep(&mut self, place: Place, page: Page) {
        self.bytes += page.bytes.len();
        match self.pages.insert(place, page) {
            // Somebody else read it at the same time.
            Some(same) => self.bytes -= same.bytes.len(),
            None => self.order.push_back(place),
        }
        while self.bytes > MAX_KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            let page = self.pages.remove(&oldest);
            self.bytes -= page.map_or(0, |page| page.bytes.len());
        }
    }
}

/// The events as writes, each with the position that it starts after.
fn encode(mut start: u64, rows: &[Recorded]) -> Vec<(u64, Page)> {
    let frames: Vec<_> = rows.iter().map(|row| (row.position, frame::event(row))).collect();
    let mut pages = Vec::new();
    let mut rest = frames.as_slice();
    while !rest.is_empty() {
        let (page, more) = rest.split_at(write::fitting(rest.iter().map(|(_, frame)| frame)));
        rest = more;
        if let Some((last, _)) = page.last() {
            let bytes = write::joined(page.iter().map(|(_, frame)| frame));
            pages.push((start, Page { bytes, last: *last }));
            start = last.get();
        }
    }
    pages
}
