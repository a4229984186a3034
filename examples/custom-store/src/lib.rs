//! A ledger of one's own: a file with a line of JSON for each append, and all of it in memory.
//!
//! It is what an [`EventStore`] needs and nothing more: six methods, and a test that names it.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use oasis_core::{
    Appended, Event, EventFilter, EventId, EventStore, Order, Page, Position, Query, Recorded,
    StoreError, StoreErrorKind, Timestamp,
};
use tokio::sync::watch;

/// A ledger in one file, for one process.
#[derive(Debug)]
pub struct LineStore {
    ledger: Arc<Mutex<Ledger>>,
    newest: watch::Sender<Option<Position>>,
}

#[derive(Debug)]
struct Ledger {
    file: File,
    /// How much of the file is whole lines.
    length: u64,
    rows: Vec<Recorded>,
    first: HashMap<Key, Recorded>,
}

impl LineStore {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When it can't be read, or another process has it open.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut file = File::options().read(true).append(true).create(true).open(path)?;
        file.try_lock().map_err(io::Error::from)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A line that a crash cut off was acknowledged to nobody.
        let whole = text.rfind('\n').map_or("", |end| text.get(..=end).unwrap_or_default());
        file.set_len(whole.len() as u64)?;
        file.sync_all()?;
        let mut ledger =
            Ledger { file, length: whole.len() as u64, rows: Vec::new(), first: HashMap::new() };
        for line in whole.lines() {
            ledger.remember(serde_json::from_str(line).map_err(io::Error::other)?);
        }
        let newest = watch::Sender::new(ledger.head());
        Ok(Self { ledger: Arc::new(Mutex::new(ledger)), newest })
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    fn head(&self) -> Option<Position> {
        self.rows.last().map(|row| row.position)
    }

    fn append(&mut self, batch: Vec<Event>) -> io::Result<Vec<Appended>> {
        let mut next = self.head().map_or(Position::FIRST, Position::next);
        let (mut new, mut in_batch) = (Vec::new(), HashMap::<Key, Recorded>::new());
        let answer = |event: Event| {
            let known = |key: &Key| self.first.get(key).or_else(|| in_batch.get(key));
            if let Some(first) = keys(&event).find_map(|key| known(&key).cloned()) {
                return Appended::duplicate_of(first);
            }
            let row = Recorded::new(next, now(), event);
            next = next.next();
            in_batch.extend(keys(&row.event).map(|key| (key, row.clone())));
            new.push(row.clone());
            Appended::new(row)
        };
        let answers = batch.into_iter().map(answer).collect();
        if new.is_empty() {
            return Ok(answers);
        }
        // One line for the batch, so that it is there as a whole or not at all.
        let mut line = serde_json::to_vec(&new)?;
        line.push(b'\n');
        let written = self.file.write_all(&line).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += line.len() as u64;
        self.remember(new);
        Ok(answers)
    }

    fn remember(&mut self, rows: Vec<Recorded>) {
        let keyed = rows.iter().flat_map(|row| keys(&row.event).map(|key| (key, row.clone())));
        self.first.extend(keyed);
        self.rows.extend(rows);
    }

    fn page(&self, query: &Query) -> Page {
        let beyond = |row: &&Recorded| match (query.order, query.after) {
            (_, None) => true,
            (Order::Ascending, Some(after)) => row.position > after,
            (Order::Descending, Some(after)) => row.position < after,
        };
        let matching = self.rows.iter().filter(beyond).filter(|r| query.filter.matches(&r.event));
        let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
        let rows = query.limit.saturating_add(1);
        query.page(match query.order {
            Order::Ascending => matching.skip(offset).take(rows).cloned().collect(),
            Order::Descending => matching.rev().skip(offset).take(rows).cloned().collect(),
        })
    }
}

#[async_trait]
impl EventStore for LineStore {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        let (ledger, newest) = (Arc::clone(&self.ledger), self.newest.clone());
        // The disk is waited for elsewhere, and also when the caller goes away.
        let work = tokio::task::spawn_blocking(move || {
            let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
            let appended = ledger.append(batch);
            newest.send_replace(ledger.head());
            appended
        });
        let failed = StoreError::new(StoreErrorKind::Unavailable, "the line can't be written");
        match work.await {
            Ok(appended) => appended.map_err(|error| failed.because(error)),
            Err(stopped) => Err(failed.because(stopped)),
        }
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        Ok(self.ledger().page(query))
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        Ok(self.ledger().rows.iter().filter(|row| filter.matches(&row.event)).count() as u64)
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        Ok(self.ledger().first.get(&Key::Id(id)).cloned())
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        Ok(self.ledger().head())
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        // The other end is the store's own, so it doesn't go away.
        let _ = self.newest.subscribe().wait_for(|newest| *newest > after).await;
        Ok(())
    }
}

/// What an event is known again by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Delivery(String, String),
    Id(EventId),
}

/// The keys of an event; the first that the ledger has counts.
fn keys(event: &Event) -> impl Iterator<Item = Key> {
    let delivery = event.delivery_id.clone().map(|id| Key::Delivery(event.source.clone(), id));
    delivery.into_iter().chain([Key::Id(event.id)])
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
