//! Where what was proven goes: into the ledger or, while that is away, into the spool.

use std::sync::Arc;
use std::time::Duration;

use oasis_core::{Appended, Event, EventStore, StoreError, StoreErrorKind};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout};

use crate::clock;
use crate::sources::Sources;
use crate::spool::Spool;

/// How long the ledger may take before a delivery goes into the spool. GitHub waits ten seconds,
/// and a ledger that takes this long isn't well.
const PATIENCE: Duration = Duration::from_secs(1);

/// A failure that took so long says that the ledger is away. One that came at once holds nobody up:
/// there may only be too much to do.
const LONG: Duration = Duration::from_millis(500);

/// How long the others wait for the one that asks an absent ledger.
const BRIEF: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(crate) struct Intake {
    store: Arc<dyn EventStore>,
    spool: Option<Spool>,
    sources: Arc<Sources>,
    /// Whether the ledger was away when it was asked last.
    away: watch::Sender<bool>,
    /// Who holds it finds out whether an absent ledger is back.
    scout: Semaphore,
}

/// What became of an event.
#[derive(Debug)]
pub(crate) enum Taken {
    /// The ledger has it.
    Recorded(Appended),
    /// It is durable and will be in the ledger.
    Spooled(Event),
}

impl Intake {
    pub(crate) fn new(
        store: Arc<dyn EventStore>,
        spool: Option<Spool>,
        sources: Arc<Sources>,
    ) -> Self {
        Self { store, spool, sources, away: watch::Sender::new(false), scout: Semaphore::new(1) }
    }

    pub(crate) fn spool(&self) -> Option<&Spool> {
        self.spool.as_ref()
    }

    /// Takes these events of a proven sender, all or none: each is durable when this returns.
    pub(crate) async fn take(&self, events: Vec<Event>) -> Result<Vec<Taken>, StoreError> {
        let taken = self.put(events).await?;
        for taken in &taken {
            match taken {
                Taken::Recorded(row) => self.sources.note_all([&row.recorded]),
                Taken::Spooled(event) => self.sources.note(&event.source, clock::now()),
            }
        }
        Ok(taken)
    }

    async fn put(&self, events: Vec<Event>) -> Result<Vec<Taken>, StoreError> {
        let Some(spool) = &self.spool else {
            return Ok(recorded(self.append(events).await?));
        };
        if spool.is_empty().await {
            match timeout(PATIENCE, self.store.append(events.clone())).await {
                Ok(Ok(appended)) => return Ok(recorded(appended)),
                Ok(Err(error)) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "the ledger is away; the spool takes over");
                }
                // It may yet be recorded: then the ledger knows it when it is drained.
                Err(_) => tracing::warn!("the ledger is slow; the spool takes over"),
            }
        }
        spool.keep(&events).await?;
        Ok(events.into_iter().map(Taken::Spooled).collect())
    }

    /// Appends these. While the ledger is away one delivery at a time waits for it; the others wait
    /// briefly for what that one finds.
    async fn append(&self, events: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        let away = StoreError::new(StoreErrorKind::Unavailable, "the ledger is away");
        let mut seen = self.away.subscribe();
        let mut scout = None;
        if *seen.borrow_and_update() {
            scout = self.scout.try_acquire().ok();
            if scout.is_none() && timeout(BRIEF, seen.changed()).await.is_err() {
                return Err(away);
            }
        }
        let asked = Instant::now();
        let outcome = tokio::select! {
            outcome = self.store.append(events) => outcome,
            // It may yet be recorded: then it is known when it comes again.
            Ok(()) = seen.changed(), if scout.is_none() => return Err(away),
        };
        match &outcome {
            Ok(_) => self.tell(false),
            Err(error) if error.kind() == StoreErrorKind::Unavailable => {
                if asked.elapsed() >= LONG {
                    self.tell(true);
                }
            }
            Err(_) => {}
        }
        outcome
    }

    fn tell(&self, away: bool) {
        self.away.send_if_modified(|before| std::mem::replace(before, away) != away);
    }

    /// Takes one event.
    pub(crate) async fn take_one(&self, event: Event) -> Result<Taken, StoreError> {
        let taken = self.take(vec![event]).await?.pop();
        taken.ok_or(StoreError::new(StoreErrorKind::Corrupt, "the store answered for no event"))
    }
}

fn recorded(appended: Vec<Appended>) -> Vec<Taken> {
    appended.into_iter().map(Taken::Recorded).collect()
}
