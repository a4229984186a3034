//! Where what was proven goes: into the ledger or, while that is away, into the spool.

use std::sync::Arc;
use std::time::Duration;

use oasis_core::{Appended, Event, EventStore, StoreError};
use tokio::time::timeout;

use crate::spool::Spool;

/// How long the ledger may take before a delivery goes into the spool. GitHub waits ten seconds,
/// and a ledger that takes this long isn't well.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Intake {
    store: Arc<dyn EventStore>,
    spool: Option<Spool>,
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
    pub(crate) fn new(store: Arc<dyn EventStore>, spool: Option<Spool>) -> Self {
        Self { store, spool }
    }

    pub(crate) fn spool(&self) -> Option<&Spool> {
        self.spool.as_ref()
    }

    /// Takes these events of a proven sender, all or none: each is durable when this returns.
    pub(crate) async fn take(&self, events: Vec<Event>) -> Result<Vec<Taken>, StoreError> {
        let Some(spool) = &self.spool else {
            return Ok(recorded(self.store.append(events).await?));
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

    /// Takes one event.
    pub(crate) async fn take_one(&self, event: Event) -> Result<Taken, StoreError> {
        use oasis_core::StoreErrorKind::Corrupt;
        let taken = self.take(vec![event]).await?.pop();
        taken.ok_or(StoreError::new(Corrupt, "the store answered for no event"))
    }
}

fn recorded(appended: Vec<Appended>) -> Vec<Taken> {
    appended.into_iter().map(Taken::Recorded).collect()
}
