//! Commits that are held back by hand, so that what waits for them is known.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use futures_util::FutureExt;
use oasis_core::{
    Appended, Arrival, Event, EventFilter, EventId, EventStore, EventStoreExt, GroupCommit,
    MemoryStore, Page, Position, Query, Recorded, StoreError, StoreErrorKind, Timestamp,
};
use tokio::sync::{Semaphore, mpsc};

/// A store whose commits each need a permit.
#[derive(Debug)]
struct Held {
    store: MemoryStore,
    permits: Semaphore,
    /// How many events each commit brought, told when it starts.
    started: mpsc::UnboundedSender<usize>,
    away: AtomicBool,
    /// The delivery that it can't keep.
    refused: Option<&'static str>,
}

impl Held {
    fn new() -> (Arc<Self>, mpsc::UnboundedReceiver<usize>) {
        let (started, commits) = mpsc::unbounded_channel();
        let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
        let permits = Semaphore::new(0);
        let away = AtomicBool::new(false);
        (Arc::new(Self { store, permits, started, away, refused: None }), commits)
    }
}

#[async_trait]
impl EventStore for Held {
    async fn append(&self, batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        self.started.send(batch.len()).unwrap();
        self.permits.acquire().await.unwrap().forget();
        if self.away.load(Ordering::SeqCst) {
            let error = StoreError::new(StoreErrorKind::Unavailable, "away");
            return Err(error.because("pulled the plug"));
        }
        if batch.iter().any(|event| event.delivery_id.as_deref() == self.refused) {
            let error = StoreError::new(StoreErrorKind::Misconfigured, "can't keep it");
            return Err(error.because("a value out of range"));
        }
        self.store.append(batch).await
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        self.store.query(query).await
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        self.store.count(filter).await
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        self.store.get(id).await
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        self.store.head().await
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        self.store.changed(after).await
    }
}

fn event(id: usize) -> Event {
    let mut entropy = [0; 10];
    entropy[2..].copy_from_slice(&id.to_be_bytes());
    let mut event = Event::new(Arrival::new(Timestamp::UNIX_EPOCH, entropy), "test", "note");
    event.delivery_id = Some(id.to_string());
    event
}

type Append = tokio::task::JoinHandle<Result<Appended, StoreError>>;

/// Starts to append these, one after the other, and leaves them waiting.
fn append_all(group: &Arc<GroupCommit>, ids: impl Iterator<Item = usize>) -> Vec<Append> {
    let start = |id| {
        let group = Arc::clone(group);
        let mut append = Box::pin(async move { group.append_one(event(id)).await });
        assert!((&mut append).now_or_never().is_none());
        tokio::spawn(append)
    };
    ids.map(start).collect()
}

#[tokio::test]
async fn what_comes_during_a_commit_goes_along_with_the_next() {
    let (held, mut commits) = Held::new();
    let group = Arc::new(GroupCommit::new(Arc::clone(&held) as _));
    let first = append_all(&group, 0..1);
    assert_eq!(commits.recv().await, Some(1), "an idle ledger commits at once");
    let waiting = append_all(&group, 1..100);
    assert!(commits.try_recv().is_err(), "one commit at a time");
    held.permits.add_permits(1);
    assert_eq!(commits.recv().await, Some(99));
    assert!(waiting.iter().all(|append| !append.is_finished()), "answered before durable");
    held.permits.add_permits(1);
    for (n, append) in first.into_iter().chain(waiting).enumerate() {
        let answer = append.await.unwrap().unwrap();
        assert_eq!(answer.recorded.event.delivery_id, Some(n.to_string()));
        assert_eq!(answer.recorded.position.get(), n as u64 + 1);
    }
}

#[tokio::test]
async fn when_one_caller_goes_the_others_drive_the_commit_on() {
    let (held, mut commits) = Held::new();
    let group = Arc::new(GroupCommit::new(Arc::clone(&held) as _));
    let first = append_all(&group, 0..1);
    assert_eq!(commits.recv().await, Some(1));
    let mut leaving = append_all(&group, 1..4);
    let staying = leaving.split_off(2);
    held.permits.add_permits(1);
    assert_eq!(commits.recv().await, Some(3));
    for append in leaving {
        append.abort();
        assert!(append.await.unwrap_err().is_cancelled());
    }
    held.permits.add_permits(1);
    for append in first.into_iter().chain(staying) {
        assert!(append.await.unwrap().is_ok());
    }
    assert_eq!(held.store.head().await.unwrap(), Position::new(4), "who went is recorded too");

    // Also when all of a group go while its commit is under way, and only a later one is left.
    let gone = append_all(&group, 4..5);
    assert_eq!(commits.recv().await, Some(1));
    let later = append_all(&group, 5..6);
    gone.iter().for_each(Append::abort);
    held.permits.add_permits(2);
    for append in later {
        assert_eq!(append.await.unwrap().unwrap().recorded.position.get(), 6);
    }
}

#[tokio::test]
async fn a_failed_commit_is_told_to_each_and_the_next_is_tried() {
    let (held, mut commits) = Held::new();
    let group = Arc::new(GroupCommit::new(Arc::clone(&held) as _));
    held.away.store(true, Ordering::SeqCst);
    let first = append_all(&group, 0..1);
    let appends = append_all(&group, 1..5);
    held.permits.add_permits(2);
    assert_eq!((commits.recv().await, commits.recv().await), (Some(1), Some(4)));
    for append in first.into_iter().chain(appends) {
        let error = append.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable);
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "pulled the plug");
    }
    held.away.store(false, Ordering::SeqCst);
    held.permits.add_permits(1);
    assert_eq!(group.append_one(event(0)).await.unwrap().recorded.position, Position::FIRST);
}

#[tokio::test]
async fn what_the_store_refuses_is_refused_to_who_brought_it_alone() {
    let (held, mut commits) = Held::new();
    let mut held = Arc::into_inner(held).unwrap();
    held.refused = Some("3");
    let held = Arc::new(held);
    let group = Arc::new(GroupCommit::new(Arc::clone(&held) as _));
    let first = append_all(&group, 0..1);
    assert_eq!(commits.recv().await, Some(1));
    let waiting = append_all(&group, 1..6);
    // One caller's batch is still all or nothing, and two of a kind find their row.
    let batch = Arc::clone(&group);
    let batch = tokio::spawn(async move { batch.append([6, 3, 7].map(event).into()).await });
    tokio::task::yield_now().await;
    let twice = append_all(&group, 5..6);
    held.permits.add_permits(100);
    for (n, append) in (0..6).zip(first.into_iter().chain(waiting)) {
        match append.await.unwrap() {
            Ok(answer) => {
                assert_ne!(n, 3);
                assert_eq!(answer.recorded.event.delivery_id, Some(n.to_string()));
            }
            Err(error) => {
                assert_eq!((n, error.kind()), (3, StoreErrorKind::Misconfigured));
            }
        }
    }
    assert_eq!(batch.await.unwrap().unwrap_err().kind(), StoreErrorKind::Misconfigured);
    for append in twice {
        assert!(append.await.unwrap().unwrap().duplicate);
    }
    assert_eq!(held.store.head().await.unwrap(), Position::new(5), "0, 1, 2, 4, 5");
    let mut sizes = Vec::new();
    while let Ok(size) = commits.try_recv() {
        sizes.push(size);
    }
    assert_eq!(sizes, [9, 1, 1, 1, 1, 1, 3, 1], "together, then each by itself");
    assert_eq!(group.append_one(event(8)).await.unwrap().recorded.position.get(), 6);
}

#[tokio::test]
async fn the_line_is_bounded() {
    let (held, mut commits) = Held::new();
    let group = Arc::new(GroupCommit::with_limit(Arc::clone(&held) as _, 10));
    let first = append_all(&group, 0..1);
    assert_eq!(commits.recv().await, Some(1));
    let waiting = append_all(&group, 1..11);
    let error = group.append_one(event(11)).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    held.permits.add_permits(2);
    for append in first.into_iter().chain(waiting) {
        assert!(append.await.unwrap().is_ok());
    }
    // A batch that is larger than the line goes alone rather than never.
    held.permits.add_permits(1);
    assert_eq!(group.append((20..40).map(event).collect()).await.unwrap().len(), 20);
}
