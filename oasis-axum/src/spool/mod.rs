//! Where verified deliveries wait while the ledger is away.
//!
//! GitHub doesn't send again what was answered 503. With a [`Spool`] a delivery that the ledger
//! can't take just now is written to a directory, made durable, and answered 202; when the ledger is
//! back, what waits is appended in its order. While anything waits, what comes goes behind it, so
//! that each source keeps its order.
//!
//! The directory must outlive the process, and the machine where that matters: on Cloud Run or a
//! `tmpfs` it does neither. One process works in it; a second one is told so.

mod drain;
mod folder;
#[expect(clippy::exhaustive_enums, reason = "bytes are a record, or were one, or were to be one")]
pub mod record;
#[cfg(test)]
mod record_test;
mod state;
mod writer;

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use oasis_core::{Event, StoreError, StoreErrorKind};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use folder::Folder;
pub(crate) use state::Standing;
use state::{Segment, State};
use writer::{Job, Lines, Writer};

/// How long a delivery waits at most for the last of the spool to be drained, so that it need not
/// go behind it.
const HANDOVER: Duration = Duration::from_millis(500);

/// A durable queue in a directory, for [`Options::spool`](crate::Options::spool).
///
/// It is cheap to clone; all clones are the same one. The host also runs
/// [`Oasis::drain_spool`](crate::Oasis::drain_spool) as a task.
///
/// ```
/// use oasis_axum::spool::{OpenError, Spool};
///
/// let dir = std::env::temp_dir().join(format!("oasis-spool-{}", std::process::id()));
/// let spool = Spool::open(&dir, 1 << 30)?;
/// assert!(matches!(Spool::open(&dir, 1 << 30), Err(OpenError::Taken)));
/// # drop(spool);
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), OpenError>(())
/// ```
#[derive(Clone)]
pub struct Spool {
    inner: Arc<Inner>,
}

struct Inner {
    disk: Arc<Disk>,
    max_bytes: u64,
    /// `None` only while it is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
}

/// The directory, and what is known of it.
#[derive(Debug)]
struct Disk {
    folder: Folder,
    state: watch::Sender<State>,
}

/// A spool can't be opened.
///
/// ```
/// use oasis_axum::spool::{OpenError, Spool};
///
/// // A file is no directory.
/// let file = std::env::temp_dir().join(format!("oasis-no-spool-{}", std::process::id()));
/// std::fs::write(&file, "")?;
/// let error = Spool::open(&file, 1 << 30).unwrap_err();
/// assert!(matches!(error, OpenError::Io(_)));
/// assert!(error.to_string().starts_with("the spool's directory can't be used"));
/// # std::fs::remove_file(file)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process works in this directory: give each one its own.
    Taken,
    /// The directory can't be made, read or written.
    Io(io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str(
                "another process works in this spool; give each process a directory of its own",
            ),
            Self::Io(error) => write!(f, "the spool's directory can't be used: {error}"),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Taken => None,
            Self::Io(error) => Some(error),
        }
    }
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Spool {
    /// Opens the spool in this directory, which is made if it isn't there, with what an earlier
    /// process left in it. What waits takes at most `max_bytes` on the disk; a delivery that comes
    /// on top of that gets 503.
    ///
    /// It reads all that waits and starts a thread that writes.
    ///
    /// # Errors
    /// [`OpenError::Taken`] where another process has it open, [`OpenError::Io`] where the directory
    /// can't be used.
    pub fn open(dir: impl AsRef<Path>, max_bytes: u64) -> Result<Self, OpenError> {
        let folder = Folder::take(dir.as_ref())?;
        let segments = folder.segments()?;
        let last = segments.last().map_or(0, |segment| segment.number);
        let state = State::new(&segments, folder.rejected()?);
        let disk = Arc::new(Disk { folder, state: watch::Sender::new(state) });
        let (jobs, asked) = mpsc::channel();
        let writer = Writer::new(Arc::clone(&disk), last);
        let writer = std::thread::Builder::new()
            .name("oasis-spool".to_owned())
            .spawn(move || writer.run(&asked))?;
        let inner = Inner { disk, max_bytes, jobs: Some(jobs), writer: Some(writer) };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How it stands.
    pub(crate) fn standing(&self) -> Standing {
        self.inner.disk.state.borrow().standing(self.inner.max_bytes)
    }

    /// Whether nothing waits, so that what comes may go straight to the ledger.
    pub(crate) async fn is_empty(&self) -> bool {
        let mut state = self.inner.disk.state.subscribe();
        let settled = timeout(HANDOVER, state.wait_for(State::is_settled)).await;
        // Who waited too long goes behind the rest.
        matches!(settled, Ok(Ok(state)) if state.is_empty())
    }

    /// Keeps these events, in their order; they are durable when this returns.
    pub(crate) async fn keep(&self, events: &[Event]) -> Result<(), StoreError> {
        let failed = StoreError::new(StoreErrorKind::Unavailable, "the spool can't be written");
        let mut text = Vec::new();
        for event in events {
            let json = serde_json::to_vec(event).map_err(|error| failed.clone().because(error))?;
            record::write(&json, &mut text);
        }
        let (records, bytes) = (events.len() as u64, text.len() as u64);
        let mut has_place = false;
        self.inner.disk.state.send_if_modified(|state| {
            has_place = state.reserve(records, bytes, self.inner.max_bytes);
            has_place
        });
        if !has_place {
            return Err(StoreError::new(StoreErrorKind::Unavailable, "the spool is full"));
        }
        let (done, told) = oneshot::channel();
        self.ask(Job::Write(Lines { text, records, done }));
        match told.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(failed.because(error)),
            // The thread has ended, which it only does with the spool.
            Err(ended) => Err(failed.because(ended)),
        }
    }

    /// The oldest segment, once nothing is written into it any more.
    async fn oldest(&self) -> Option<Segment> {
        if self.inner.disk.state.borrow().segments() < 2 {
            let (sealed, told) = oneshot::channel();
            self.ask(Job::Seal(sealed));
            told.await.ok()?;
        }
        self.inner.disk.state.borrow().oldest()
    }

    fn ask(&self, job: Job) {
        if let Some(jobs) = &self.inner.jobs {
            // It fails only when the thread has ended, and who asked is told by its channel.
            let _ = jobs.send(job);
        }
    }
}

impl Disk {
    fn change(&self, change: impl FnOnce(&mut State)) {
        self.state.send_modify(change);
    }
}

impl Drop for Inner {
    /// When this returns, what was being written is on the disk and the directory is free.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl fmt::Debug for Spool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool").field("disk", &self.inner.disk).finish_non_exhaustive()
    }
}
