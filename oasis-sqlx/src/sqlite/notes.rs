//! Heartbeats that wait for the writer.

use std::sync::{Mutex, PoisonError};

use oasis_core::{Presence, StoreError, StoreErrorKind};
use tokio::sync::oneshot;

/// Those that came while somebody else writes. Who gets the writer next notes all of them: one commit
/// for each would be a write to the disk for each, and a few thousand agents would leave appends none.
#[derive(Default)]
pub(super) struct Notes(Mutex<Vec<Note>>);

/// One of them, and who waits for it.
pub(super) struct Note {
    pub(super) presence: Presence,
    done: oneshot::Sender<Result<(), StoreError>>,
}

impl Notes {
    /// Puts it to the others; what comes of it.
    pub(super) fn bring(
        &self,
        presence: Presence,
    ) -> impl Future<Output = Result<(), StoreError>> + use<> {
        let (done, noted) = oneshot::channel();
        self.edit(|notes| notes.push(Note { presence, done }));
        async move {
            noted.await.unwrap_or_else(|ended| {
                let stopped = "the heartbeat's write was stopped";
                Err(StoreError::new(StoreErrorKind::Unavailable, stopped).because(ended))
            })
        }
    }

    /// All that wait.
    pub(super) fn take(&self) -> Vec<Note> {
        self.edit(std::mem::take)
    }

    fn edit<T>(&self, edit: impl FnOnce(&mut Vec<Note>) -> T) -> T {
        // Nothing panics while it is held.
        edit(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Note {
    /// Tells who waits for it.
    pub(super) fn tell(self, noted: Result<(), StoreError>) {
        // It may be gone.
        let _ = self.done.send(noted);
    }
}
