//! The way back: from the spool into the ledger, in order.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use oasis_core::{
    Event, EventFilter, EventStore, EventStoreExt, Query, StoreError, StoreErrorKind,
};
use tokio::task::spawn_blocking;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::record::{Piece, Pieces};
use super::{Disk, Segment, Spool};

/// How many events are appended at once.
const BATCH: usize = 256;

/// How long it waits before it tries again, at first and at most.
const PAUSE: Duration = Duration::from_millis(100);
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// How often a segment may fail before it is set aside; it takes some seconds.
const MAX_FAILURES: u32 = 10;

impl Spool {
    /// Appends what waits, and what will wait, until it is stopped.
    ///
    /// A segment goes when all of it is in the ledger. Whoever stops in the middle of one begins it
    /// anew next time, and the ledger knows what it has: by the delivery's id, or by the event's
    /// own where there is none.
    pub(crate) async fn drain(self, store: Arc<dyn EventStore>, stop: CancellationToken) {
        let drain = Drain { spool: self, store };
        stop.run_until_cancelled_owned(drain.run()).await;
    }
}

struct Drain {
    spool: Spool,
    store: Arc<dyn EventStore>,
}

impl Drain {
    async fn run(self) {
        let mut state = self.disk().state.subscribe();
        let (mut pause, mut failures) = (PAUSE, 0);
        // It fails only when the spool is gone, which this holds.
        while state.wait_for(|state| state.has_work()).await.is_ok() {
            let Some(segment) = self.spool.oldest().await else {
                // What was to be written failed just now.
                tokio::task::yield_now().await;
                continue;
            };
            match self.empty(segment).await {
                Ok(()) => (pause, failures) = (PAUSE, 0),
                Err(error) => {
                    let number = segment.number;
                    tracing::error!(%error, number, "a segment of the spool can't be emptied");
                    sleep(pause).await;
                    (pause, failures) = (longer(pause), failures + 1);
                    if failures == MAX_FAILURES {
                        self.leave_out(number).await;
                    }
                }
            }
        }
    }

    /// Appends a segment's events and removes it.
    async fn empty(&self, segment: Segment) -> io::Result<()> {
        let number = segment.number;
        let disk = Arc::clone(self.disk());
        let events = blocking(move || readable(&disk, number)).await?;
        tracing::info!(events = events.len(), "draining the spool");
        for batch in events.chunks(BATCH) {
            self.append(batch).await?;
        }
        let disk = Arc::clone(self.disk());
        blocking(move || disk.folder.remove(number)).await?;
        self.disk().change(|state| state.removed());
        Ok(())
    }

    /// Appends these, however long the ledger is away.
    async fn append(&self, batch: &[Event]) -> io::Result<()> {
        let Err(error) = self.persist(batch).await else {
            self.disk().change(|state| state.drained(batch.len() as u64));
            return Ok(());
        };
        self.complain(&error);
        // One by one, so that one that is refused doesn't hold the others.
        for event in batch {
            let mut pause = PAUSE;
            while let Err(error) = self.persist(std::slice::from_ref(event)).await {
                if self.takes_others().await {
                    self.reject(event, &error).await?;
                    break;
                }
                self.complain(&error);
                sleep(pause).await;
                pause = longer(pause);
            }
            self.disk().change(|state| state.drained(1));
        }
        Ok(())
    }

    /// Appends these as soon as the ledger is there; fails when it is and refuses.
    async fn persist(&self, batch: &[Event]) -> Result<(), StoreError> {
        let mut pause = PAUSE;
        loop {
            match self.put(batch).await {
                Err(error) if error.kind() == StoreErrorKind::Unavailable => self.complain(&error),
                outcome => return outcome,
            }
            sleep(pause).await;
            pause = longer(pause);
        }
    }

    async fn put(&self, batch: &[Event]) -> Result<(), StoreError> {
        let mut absent = Vec::with_capacity(batch.len());
        for event in batch {
            // The ledger knows a delivery again; an event without one may be there from an append
            // of which nobody knew how it ended.
            let known = event.delivery_id.is_none() && self.store.get(event.id).await?.is_some();
            if !known {
                absent.push(event.clone());
            }
        }
        self.store.append(absent).await.map(drop)
    }

    /// Whether the ledger takes other events just now, so that it is this one which it refuses: it
    /// is given one that it has, which changes nothing.
    async fn takes_others(&self) -> bool {
        let newest = Query::newest(EventFilter::default(), 100);
        let Ok(page) = self.store.query(&newest).await else { return false };
        let mut rows = page.events.into_iter().map(|row| row.event);
        match rows.find(|event| event.delivery_id.is_some()) {
            Some(known) => self.store.append_one(known).await.is_ok(),
            None => false,
        }
    }

    /// What can't be read for so long must not hold up the rest.
    async fn leave_out(&self, number: u64) {
        let disk = Arc::clone(self.disk());
        match blocking(move || disk.folder.leave_out(number)).await {
            Ok(()) => self.disk().change(|state| {
                state.damaged();
                state.removed();
            }),
            Err(error) => tracing::error!(%error, number, "the segment can't be set aside"),
        }
    }

    async fn reject(&self, event: &Event, error: &StoreError) -> io::Result<()> {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::error!(
            id = %event.id, kind = event.kind, %error, cause,
            "the ledger refuses a spooled event; it is set aside in the spool's file `rejected`"
        );
        let json = serde_json::to_vec(event)?;
        let disk = Arc::clone(self.disk());
        blocking(move || disk.folder.reject(&json)).await?;
        self.disk().change(|state| state.rejected());
        Ok(())
    }

    fn complain(&self, error: &StoreError) {
        self.disk().change(|state| state.stuck());
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::warn!(%error, cause, kind = ?error.kind(), "the spool waits for the ledger");
    }

    fn disk(&self) -> &Arc<Disk> {
        &self.spool.inner.disk
    }
}

/// The events of a segment. What can't be read is set aside: it must hold nobody up.
fn readable(disk: &Disk, number: u64) -> io::Result<Vec<Event>> {
    let bytes = disk.folder.read(number)?;
    let mut events = Vec::new();
    for piece in Pieces::of(&bytes) {
        match piece {
            Piece::Record(json) => match serde_json::from_slice(json) {
                Ok(event) => events.push(event),
                Err(error) => {
                    tracing::error!(%error, number, "a record of the spool holds no event");
                    set_aside(disk, json)?;
                }
            },
            Piece::Damaged(bytes) => {
                let length = bytes.len();
                tracing::error!(length, number, "a record of the spool was damaged on the disk");
                set_aside(disk, bytes)?;
            }
            Piece::Torn(bytes) => {
                let length = bytes.len();
                tracing::warn!(length, number, "a write into the spool was cut off; it is ignored");
            }
        }
    }
    Ok(events)
}

fn set_aside(disk: &Disk, bytes: &[u8]) -> io::Result<()> {
    disk.folder.keep_damaged(bytes)?;
    disk.change(|state| state.damaged());
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

fn longer(pause: Duration) -> Duration {
    MAX_PAUSE.min(pause * 2)
}
