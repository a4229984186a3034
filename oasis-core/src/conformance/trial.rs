//! A store on trial, and what the laws do with it.

use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use event_listener::Event as Bell;

use crate::event::{Event, Position, Recorded};
use crate::store::{Appended, EventFilter, EventStore, EventStoreExt, Page, Query, StoreError};

/// Work for a runtime.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// An empty store that is to be tested, and how a task is started beside the test.
#[derive(Clone)]
pub struct Trial {
    pub(super) store: Arc<dyn EventStore>,
    spawn: fn(Task),
    patience: Duration,
}

impl Trial {
    /// Puts this store on trial; `spawn` starts a task on the runtime that the test runs on.
    #[must_use]
    pub fn new(store: Arc<dyn EventStore>, spawn: fn(Task)) -> Self {
        Self { store, spawn, patience: Duration::from_secs(10) }
    }

    /// The same with another limit on how long a wait for an event may take; it is ten seconds.
    #[must_use]
    pub const fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Appends a batch and checks the answer's form: one for each event, in their order.
    pub(super) async fn append(&self, batch: Vec<Event>) -> Vec<Appended> {
        let brought = batch.clone();
        let answers = ok("append", self.store.append(batch).await);
        assert_eq!(answers.len(), brought.len(), "a batch gets one answer for each event");
        for (answer, event) in answers.iter().zip(&brought) {
            let recorded = &answer.recorded.event;
            if answer.duplicate {
                let same_delivery = event.delivery_id.is_some()
                    && (&recorded.source, &recorded.delivery_id)
                        == (&event.source, &event.delivery_id);
                assert!(
                    same_delivery || recorded.id == event.id,
                    "a duplicate is answered with the row of its own delivery or its own id",
                );
            } else {
                assert_eq!(recorded, event, "what was appended is answered as it was brought");
            }
        }
        answers
    }

    pub(super) async fn page(&self, query: &Query) -> Page {
        let page = ok("query", self.store.query(query).await);
        assert!(page.events.len() <= query.limit, "a page holds no more than its limit: {query:?}");
        page
    }

    pub(super) async fn after(&self, after: Option<Position>, limit: usize) -> Vec<Recorded> {
        ok("read_after", self.store.read_after(after, limit).await)
    }

    /// The whole ledger, from the oldest row on; checks that its positions are 1, 2, 3 ….
    pub(super) async fn ledger(&self) -> Vec<Recorded> {
        let mut rows: Vec<Recorded> = Vec::new();
        loop {
            let more = self.after(rows.last().map(|row| row.position), Query::MAX_LIMIT).await;
            let Some(first) = more.first() else { break };
            assert!(
                rows.last().is_none_or(|last| last.position < first.position),
                "a page that starts after a position holds what comes after it",
            );
            rows.extend(more);
        }
        let positions = rows.iter().map(|row| row.position.get());
        assert!(
            positions.eq(1..=rows.len() as u64),
            "positions are 1, 2, 3 … without a gap; these are {:?}",
            rows.iter().map(|row| row.position.get()).collect::<Vec<_>>(),
        );
        let count = ok("count", self.store.count(&EventFilter::default()).await);
        assert_eq!(count, rows.len() as u64, "count counts each row");
        assert_eq!(
            ok("head", self.store.head().await),
            rows.last().map(|row| row.position),
            "the head is the last row's position",
        );
        rows
    }

    /// Starts a task beside the test; what is returned waits for its result.
    pub(super) fn start<T, W>(&self, work: W) -> impl Future<Output = T> + Send + use<T, W>
    where
        T: Send + 'static,
        W: Future<Output = T> + Send + 'static,
    {
        let result = Arc::new(TaskResult { value: Mutex::new(None), ended: Bell::new() });
        let ended = result.ended.listen();
        let at_end = RingAtEnd(Arc::clone(&result));
        (self.spawn)(Box::pin(async move {
            let value = work.await;
            *at_end.0.value.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        }));
        async move {
            ended.await;
            let value = result.value.lock().unwrap_or_else(PoisonError::into_inner).take();
            value.unwrap_or_else(|| panic!("a task beside the test panicked or was stopped"))
        }
    }

    /// Waits for this, and panics when it takes longer than the trial has patience for.
    pub(super) async fn in_time<T>(&self, what: &str, work: impl Future<Output = T>) -> T {
        // A thread is the only clock that needs no runtime. It ends with its other end.
        let bell = Arc::new(Bell::new());
        let mut late = pin!(bell.listen());
        let (_running, ended) = mpsc::channel::<()>();
        let (patience, ringer) = (self.patience, Arc::clone(&bell));
        thread::spawn(move || {
            if ended.recv_timeout(patience) == Err(RecvTimeoutError::Timeout) {
                ringer.notify(usize::MAX);
            }
        });
        let mut work = pin!(work);
        poll_fn(|context| {
            if let Poll::Ready(value) = work.as_mut().poll(context) {
                return Poll::Ready(value);
            }
            match late.as_mut().poll(context) {
                Poll::Ready(()) => panic!("{what} takes longer than {patience:?}"),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }
}

impl fmt::Debug for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial").field("store", &self.store).finish_non_exhaustive()
    }
}

/// Polls this so many times and then drops it, wherever it stands; `None` means it wasn't done.
/// Each poll waits for the wake after the one before, so it is for work that goes on by itself.
pub(super) async fn dropped_after<T>(polls: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut polled = 0;
    poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        match work.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if polled == polls => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Runs this beside something else and drops it, wherever it stands, when the other is done.
pub(super) async fn dropped_when<T>(
    other: impl Future<Output = ()>,
    work: impl Future<Output = T>,
) {
    let mut other = pin!(other);
    let mut work = pin!(work);
    let mut done = false;
    poll_fn(|context| {
        // A future that is done must not be polled again.
        done = done || work.as_mut().poll(context).is_ready();
        other.as_mut().poll(context)
    })
    .await;
}

/// Lets others run, for a store whose `changed` always returns at once.
pub(super) async fn yield_once() {
    let mut yielded = false;
    poll_fn(|context| {
        if mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What a store gives when nothing is wrong with it.
#[track_caller]
pub(super) fn ok<T>(what: &str, result: Result<T, StoreError>) -> T {
    result.unwrap_or_else(|error| panic!("{what} failed: {error:?}"))
}

struct TaskResult<T> {
    value: Mutex<Option<T>>,
    ended: Bell,
}

/// Rings however the task ends, so that a panic in it ends the test too.
struct RingAtEnd<T>(Arc<TaskResult<T>>);

impl<T> Drop for RingAtEnd<T> {
    fn drop(&mut self) {
        self.0.ended.notify(usize::MAX);
    }
}
