//! The one task that follows the ledger for the whole process.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use oasis_core::{EventStore, EventStoreExt, Position, Recorded, StoreError, StoreErrorKind};
use tokio::sync::{OnceCell, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{frame, write};
use crate::sources::Sources;

/// An event and its encoded form.
#[derive(Debug)]
pub(super) struct Frame {
    /// What a filter may ask for: all but its `meta`, which is the most of it.
    pub(super) recorded: Recorded,
    pub(super) bytes: Bytes,
}

/// How many bytes of encoded events are kept for those who are a little behind.
const MAX_KEPT: usize = 16 * 1024 * 1024;

/// How long the follower waits after the ledger failed.
const PAUSE: Duration = Duration::from_millis(500);

/// Follows the ledger from the first feed on; before, nobody pays for it.
#[derive(Debug)]
pub(crate) struct Follower {
    store: Arc<dyn EventStore>,
    recent: Arc<RwLock<Recent>>,
    sources: Arc<Sources>,
    /// The newest position that is followed; `None` in an empty ledger.
    head: watch::Sender<Option<Position>>,
    started: OnceCell<()>,
    stop: CancellationToken,
}

/// The newest events, without a gap up to `head`.
#[derive(Debug, Default)]
struct Recent {
    frames: VecDeque<Arc<Frame>>,
    bytes: usize,
    head: Option<Position>,
    /// How often the ledger was put back to an earlier state.
    history: u64,
}

/// What the events after a position are to a client.
pub(super) enum After {
    /// They are here, from the oldest on.
    Frames(Vec<Arc<Frame>>),
    /// There are none yet.
    Nothing,
    /// They are no longer kept, or not followed yet: the ledger has them.
    Behind,
    /// The ledger was put back to an earlier state, so the position says nothing.
    Replaced,
}

impl Follower {
    pub(crate) fn new(
        store: Arc<dyn EventStore>,
        sources: Arc<Sources>,
        stop: CancellationToken,
    ) -> Self {
        let (head, _) = watch::channel(None);
        Self { store, recent: Arc::default(), sources, head, started: OnceCell::new(), stop }
    }

    /// Starts to follow, unless that was done before.
    pub(crate) async fn start(&self) -> Result<(), StoreError> {
        let start = || async {
            let head = self.store.head().await?;
            self.recent.write().unwrap_or_else(PoisonError::into_inner).head = head;
            self.head.send_replace(head);
            let task = Task {
                store: Arc::clone(&self.store),
                recent: Arc::clone(&self.recent),
                sources: Arc::clone(&self.sources),
                head: self.head.clone(),
            };
            task.sources.recall(&*task.store).await?;
            tokio::spawn(self.stop.clone().run_until_cancelled_owned(task.run()));
            Ok(())
        };
        self.started.get_or_try_init(start).await.map(drop)
    }

    /// The newest position that was followed.
    pub(crate) fn position(&self) -> Option<Position> {
        *self.head.borrow()
    }

    /// Tells each time when something new was followed.
    pub(super) fn watch(&self) -> watch::Receiver<Option<Position>> {
        self.head.subscribe()
    }

    /// In which of the ledger's histories a position is one that is read now.
    pub(super) fn history(&self) -> u64 {
        self.recent.read().unwrap_or_else(PoisonError::into_inner).history
    }

    /// The followed events after a position of this history, about as many as one write takes.
    pub(super) fn after(&self, position: Option<Position>, history: u64) -> After {
        let recent = self.recent.read().unwrap_or_else(PoisonError::into_inner);
        if history != recent.history {
            return After::Replaced;
        }
        if position >= recent.head {
            return After::Nothing;
        }
        let next = position.map_or(Position::FIRST, Position::next);
        match recent.frames.front() {
            Some(first) if first.recorded.position <= next => {
                let missing = recent.frames.partition_point(|f| f.recorded.position < next);
                let frames = recent.frames.iter().skip(missing);
                let fitting = write::fitting(frames.clone().map(|frame| &frame.bytes));
                After::Frames(frames.take(fitting).cloned().collect())
            }
            _ => After::Behind,
        }
    }
}

impl Drop for Follower {
    /// The task ends with its host, also where nobody shut it down.
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Recent {
    fn push(&mut self, mut recorded: Recorded) {
        self.head = Some(recorded.position);
        let bytes = frame::event(&recorded);
        recorded.event.meta.clear();
        self.bytes += bytes.len();
        self.frames.push_back(Arc::new(Frame { recorded, bytes }));
        while self.bytes > MAX_KEPT
            && let Some(oldest) = self.frames.pop_front()
        {
            self.bytes -= oldest.bytes.len();
        }
    }
}

/// What the task holds; not the [`Follower`] itself, so that it ends with its host.
#[derive(Clone)]
struct Task {
    store: Arc<dyn EventStore>,
    recent: Arc<RwLock<Recent>>,
    sources: Arc<Sources>,
    head: watch::Sender<Option<Position>>,
}

impl Task {
    /// Follows for ever: should it break, it goes on behind what it has.
    async fn run(self) {
        loop {
            // Whoever ends this one ends that one.
            let mut following = JoinSet::new();
            following.spawn(self.clone().follow());
            if !matches!(following.join_next().await, Some(Err(error)) if error.is_panic()) {
                return;
            }
            tracing::error!("the task that follows the ledger broke; it goes on");
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn follow(self) {
        let head = self.recent.read().unwrap_or_else(PoisonError::into_inner).head;
        let mut follow = self.store.follow(head);
        loop {
            match follow.next().await {
                Ok(rows) => {
                    self.sources.note_all(&rows);
                    let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
                    rows.into_iter().for_each(|row| recent.push(row));
                }
                Err(error) if error.kind() == StoreErrorKind::Replaced => {
                    tracing::warn!("the ledger was put back to an earlier state; feeds start anew");
                    match self.store.head().await {
                        Ok(head) => {
                            self.begin_anew(head);
                            follow = self.store.follow(head);
                        }
                        Err(_) => tokio::time::sleep(PAUSE).await,
                    }
                }
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "the feed waits for the ledger");
                    tokio::time::sleep(PAUSE).await;
                }
            }
            self.head.send_replace(follow.position());
        }
    }

    /// From now on positions are those of another history.
    fn begin_anew(&self, head: Option<Position>) {
        let mut recent = self.recent.write().unwrap_or_else(PoisonError::into_inner);
        *recent = Recent { head, history: recent.history + 1, ..Recent::default() };
    }
}
