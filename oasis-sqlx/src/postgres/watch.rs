//! Who waits for the next event, and who tells others of it.
//!
//! What is told is a hint. A follower is right without any: the database is asked at the latest
//! after [`SLOWEST`], whatever was lost on the way.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use oasis_core::Position;
use sqlx::postgres::{PgListener, PgPool};
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use super::session::{Connections, Session};
use super::{connect, read};

/// The channel of the hints; what is sent over it is a position and nothing else.
const CHANNEL: &str = "oasis_events";
/// How often the database is asked while events come, and how rarely while none do.
const FASTEST: Duration = Duration::from_millis(250);
const SLOWEST: Duration = Duration::from_secs(1);
/// How long one goes on looking when nobody waits.
const IDLE: Duration = Duration::from_secs(30);
/// The least time between two hints. One in each transaction would take the server's one lock for
/// notifications at each commit, which costs several times what the commit itself does.
const BETWEEN_HINTS: Duration = Duration::from_millis(50);

/// The newest position that this process knows of.
///
/// Two tasks belong to it, each started by the first who needs it: one looks for what others
/// append, one tells others what this store appended. They end with it.
pub(super) struct Newest {
    known: Arc<watch::Sender<Option<Position>>>,
    /// The newest of this store's own rows.
    own: Arc<watch::Sender<Option<Position>>>,
    waiting: Arc<Notify>,
    looking: OnceLock<AbortHandle>,
    telling: OnceLock<AbortHandle>,
}

impl Newest {
    pub(super) fn new() -> Self {
        Self {
            known: Arc::new(watch::Sender::new(None)),
            own: Arc::new(watch::Sender::new(None)),
            waiting: Arc::default(),
            looking: OnceLock::new(),
            telling: OnceLock::new(),
        }
    }

    /// What is known, without a question.
    pub(super) fn known(&self) -> Option<Position> {
        *self.known.borrow()
    }

    /// Takes note of a position that is in the ledger.
    pub(super) fn note(&self, position: Option<Position>) {
        raise(&self.known, position);
    }

    /// The same of a row that this store has just appended.
    pub(super) fn appended(&self, session: &Session, position: Option<Position>) {
        self.note(position);
        raise(&self.own, position);
        self.telling.get_or_init(|| {
            tokio::spawn(tell(session.clone(), self.own.subscribe())).abort_handle()
        });
    }

    /// What comes from now on.
    pub(super) fn watch(&self, session: &Session) -> News {
        let known = self.known.subscribe();
        self.looking.get_or_init(|| {
            let look = look(session.clone(), Arc::clone(&self.known), Arc::clone(&self.waiting));
            tokio::spawn(look).abort_handle()
        });
        self.waiting.notify_one();
        News(known)
    }
}

/// What comes from a moment on.
pub(super) struct News(watch::Receiver<Option<Position>>);

impl News {
    /// Returns when a position after this one comes to be known, or one before it: then the ledger may
    /// have been put back to an earlier state. What was known before is nothing to go by for the same
    /// reason.
    pub(super) async fn after(mut self, after: Option<Position>) {
        // The other end is the store's own, so it doesn't go away before this.
        while self.0.changed().await.is_ok() && *self.0.borrow_and_update() == after {}
    }
}

impl Drop for Newest {
    fn drop(&mut self) {
        for task in [&self.looking, &self.telling] {
            if let Some(task) = task.get() {
                task.abort();
            }
        }
    }
}

fn raise(newest: &watch::Sender<Option<Position>>, position: Option<Position>) {
    newest.send_if_modified(|newest| {
        let newer = position > *newest;
        if newer {
            *newest = position;
        }
        newer
    });
}

/// Asks for the newest position as long as somebody waits for it: at each hint, and now and then.
async fn look(session: Session, known: Arc<watch::Sender<Option<Position>>>, waiting: Arc<Notify>) {
    let mut hints = Hints::new(&session);
    let mut pause = FASTEST;
    let mut waited = Instant::now();
    loop {
        if known.receiver_count() > 0 {
            waited = Instant::now();
        } else if waited.elapsed() > IDLE {
            // Hints that nobody takes would fill the server's queue.
            hints.listener = None;
            waiting.notified().await;
        }
        let before = *known.borrow();
        // What can't be asked now is asked again; whoever reads gets the error.
        if let Ok(newest) = read::head(&session).await {
            if newest < before {
                // What was known is gone: the ledger was put back to an earlier state.
                known.send_if_modified(|known| {
                    *known == before && std::mem::replace(known, newest) != newest
                });
            }
            raise(&known, newest);
            pause = if newest > before { FASTEST } else { (pause * 2).min(SLOWEST) };
        }
        let newest = *known.borrow();
        hints.wait(newest, pause).await;
    }
}

/// The hints of others, over a connection of their own.
struct Hints {
    /// `None` where a connection can't listen.
    pool: Option<PgPool>,
    listener: Option<PgListener>,
    /// When to try again to listen.
    next_try: Instant,
}

impl Hints {
    fn new(session: &Session) -> Self {
        let listens = session.connections != Connections::Pooled;
        let pool = listens.then(|| connect::single(&session.pool));
        Self { pool, listener: None, next_try: Instant::now() }
    }

    /// Returns at a hint of something newer, at the latest after this time.
    async fn wait(&mut self, known: Option<Position>, pause: Duration) {
        let end = Instant::now() + pause;
        if self.listener.is_none() && Instant::now() >= self.next_try {
            self.next_try = Instant::now() + SLOWEST;
            self.listener = self.listen().await;
            if self.listener.is_some() {
                // What came before one listened was told to nobody.
                return;
            }
        }
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Some(listener) = &mut self.listener else { return sleep(left).await };
            match timeout(left, listener.try_recv()).await {
                Err(_elapsed) => return,
                Ok(Ok(Some(hint))) => {
                    let position = hint.payload().parse().ok().and_then(Position::new);
                    // One's own hint comes back too.
                    if position > known {
                        return;
                    }
                }
                // What was told in between is lost.
                Ok(Ok(None) | Err(_)) => {
                    self.listener = None;
                    return;
                }
            }
        }
    }

    async fn listen(&self) -> Option<PgListener> {
        let mut listener = PgListener::connect_with(self.pool.as_ref()?).await.ok()?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await.ok()?;
        Some(listener)
    }
}

/// Tells other stores what this one appended: the first row at once, the next ones together.
async fn tell(session: Session, mut own: watch::Receiver<Option<Position>>) {
    // What was appended before this task ran is news too.
    own.mark_changed();
    while own.changed().await.is_ok() {
        let newest = *own.borrow_and_update();
        if let Some(position) = newest {
            // Not in the transaction of the rows, and without a wait for the disk: who misses it
            // looks by itself.
            let hint = format!(
                "BEGIN; SET LOCAL synchronous_commit = off; NOTIFY {CHANNEL}, '{position}'; COMMIT"
            );
            let _ = session.execute(hint).await;
            sleep(BETWEEN_HINTS).await;
        }
    }
}
