//! One client of the feed.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::unfold;
use oasis_core::{EventFilter, EventStoreExt, Page, Position, Query, StoreError};
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior, Sleep, interval_at, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::follower::After;
use super::write::{self, MAX_WRITE};
use super::{frame, pages};
use crate::clock;
use crate::metrics::OpenFeed;
use crate::problem::Problem;
use crate::state::Shared;

/// How many events a client that is new gets first.
const BACKLOG: usize = 20;

/// How many events are read from the ledger in one go for a client that is far behind: so many at
/// first, then about as many as one write takes, and never more than this.
const FIRST_PAGE: usize = 32;
const MAX_PAGE: usize = 200;

/// How often a quiet feed says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Where a client starts.
pub(super) enum Start {
    /// With the newest events.
    Newest,
    /// With all events after this one.
    After(Option<Position>),
}

/// What was read for a client that is far behind.
enum Behind {
    /// For all who are there.
    Shared(pages::Page),
    /// For its filter, and the head of the ledger before that.
    Own(Option<Position>, Page),
}

pub(super) struct Viewer {
    shared: Shared,
    filter: EventFilter,
    /// All matching events up to here were written.
    at: Option<Position>,
    /// The ledger's history that this is a position of.
    history: u64,
    ready: VecDeque<Bytes>,
    /// How many events the next page has.
    page: usize,
    head: watch::Receiver<Option<Position>>,
    heartbeat: Interval,
    /// When it has been open long enough.
    old: Pin<Box<Sleep>>,
    parted: bool,
    /// Told when somebody lost the right to read, who may be this one.
    withdrawn: CancellationToken,
    /// Its place among the feeds that may be open.
    _place: OwnedSemaphorePermit,
    _counted: OpenFeed,
}

impl Viewer {
    pub(super) async fn open(
        shared: Shared,
        filter: EventFilter,
        start: Start,
        age: Duration,
        withdrawn: CancellationToken,
    ) -> Result<Self, Problem> {
        let place = shared.budget.feed()?;
        let counted = shared.metrics.feed();
        shared.follower.start().await?;
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let head = shared.follower.watch();
        let ready = VecDeque::from([frame::connected(clock::now())]);
        let mut viewer = Self {
            shared,
            filter,
            at: None,
            history: 0,
            ready,
            page: FIRST_PAGE,
            head,
            heartbeat,
            old: Box::pin(sleep(age)),
            parted: false,
            withdrawn,
            _place: place,
            _counted: counted,
        };
        viewer.history = viewer.shared.follower.history();
        let newest = viewer.shared.store.head().await?;
        match start {
            Start::After(position) if position <= newest => {
                viewer.at = position;
                if viewer.is_cut_off().await? {
                    viewer.ready.push_back(frame::resync(clock::now()));
                }
            }
            Start::After(_) => viewer.start_anew(newest).await?,
            Start::Newest => viewer.load_newest(newest).await?,
        }
        Ok(viewer)
    }

    /// What the client is sent, until it has been open long enough, the host shuts down or the
    /// client goes.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        unfold(self, |mut viewer| async {
            let chunk = viewer.next_chunk().await?;
            Some((Ok(chunk), viewer))
        })
    }

    /// Whether events right after the client's position are no longer kept.
    async fn is_cut_off(&self) -> Result<bool, StoreError> {
        let next = self.at.map_or(Position::FIRST, Position::next);
        let first = self.shared.store.read_after(self.at, 1).await?;
        Ok(first.first().is_some_and(|first| first.position != next))
    }

    /// Tells the client that its position is none of the ledger's.
    async fn start_anew(&mut self, head: Option<Position>) -> Result<(), StoreError> {
        self.ready.push_back(frame::resync(clock::now()));
        self.load_newest(head).await
    }

    /// Starts before the last events that match; `head` was the ledger's before they are looked for,
    /// so where there are none, whatever matches comes after it.
    async fn load_newest(&mut self, head: Option<Position>) -> Result<(), StoreError> {
        let query = Query::newest(self.filter.clone(), BACKLOG);
        let page = self.shared.store.query(&query).await?;
        self.at = match page.events.last() {
            Some(oldest) => Position::new(oldest.position.get() - 1),
            None => head,
        };
        Ok(())
    }

    /// All that is ready, as one write; waits while nothing is. `None` ends the feed.
    async fn next_chunk(&mut self) -> Option<Bytes> {
        loop {
            if !self.ready.is_empty() {
                return Some(self.drain());
            }
            if self.parted {
                return None;
            }
            if self.old.is_elapsed() || self.withdrawn.is_cancelled() {
                self.part();
                continue;
            }
            // Marked as seen before it is looked at: what comes in between wakes the wait below.
            self.head.borrow_and_update();
            match self.shared.follower.after(self.at, self.history) {
                After::Frames(frames) => {
                    self.at = frames.last().map(|frame| frame.recorded.position);
                    let mine = frames.iter().filter(|f| self.filter.matches(&f.recorded.event));
                    self.ready.extend(mine.map(|frame| frame.bytes.clone()));
                }
                After::Behind => self.load_page().await?,
                After::Replaced => {
                    self.history = self.shared.follower.history();
                    // A feed that ends is as good: its client comes back.
                    let head = self.shared.store.head().await.ok()?;
                    self.start_anew(head).await.ok()?;
                }
                After::Nothing => tokio::select! {
                    () = self.shared.stop.cancelled() => return None,
                    () = &mut self.old => self.part(),
                    () = self.withdrawn.cancelled() => {}
                    changed = self.head.changed() => changed.ok()?,
                    _ = self.heartbeat.tick() => self.ready.push_back(frame::heartbeat(clock::now())),
                },
            }
        }
    }

    /// Takes the next events from the ledger. When it fails the feed ends: the client comes back
    /// with its position and finds the ledger there, or an honest 503.
    async fn load_page(&mut self) -> Option<()> {
        let query = Query::after(self.filter.clone(), self.at, self.page);
        let (shared, history) = (Arc::clone(&self.shared), self.history);
        // A task of its own: a client that doesn't read, and so isn't asked, must not hold its turn.
        let read = AbortOnDropHandle::new(tokio::spawn(async move {
            // Many who come back at once take turns, so that they don't keep everybody else out.
            let _turn = shared.budget.catch_up().await;
            let store = &shared.store;
            if query.filter.is_empty()
                && let Some(page) = shared.pages.after(&**store, query.after, history).await?
            {
                return Ok(Behind::Shared(page));
            }
            Ok::<_, StoreError>(Behind::Own(store.head().await?, store.query(&query).await?))
        }));
        let read = tokio::select! {
            () = self.shared.stop.cancelled() => return None,
            read = read => match read {
                Ok(Ok(read)) => read,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "a feed ends because the ledger can't be read");
                    return None;
                }
                Err(broken) => {
                    tracing::error!(%broken, "a feed ends because reading the ledger broke");
                    return None;
                }
            },
        };
        match read {
            Behind::Shared(page) => {
                self.at = Some(page.last);
                self.ready.push_back(page.bytes);
            }
            Behind::Own(head, page) => self.take(head, &page),
        }
        Some(())
    }

    /// Takes what one write has place for.
    fn take(&mut self, head: Option<Position>, page: &Page) {
        let mut bytes = 0;
        for row in &page.events {
            let frame = frame::event(row);
            bytes += frame.len();
            // What one write has no place for is read again: a position costs less than a buffer.
            if bytes > MAX_WRITE && bytes > frame.len() {
                self.page = self.ready.len().max(1);
                return;
            }
            self.at = Some(row.position);
            self.ready.push_back(frame);
        }
        self.page = MAX_PAGE.min(2 * self.page);
        // With no next page, every match up to the head that was read before is in this one.
        if page.next.is_none() {
            self.at = self.at.max(head);
        }
    }

    /// Ends the feed after one more write, which tells the client where it goes on.
    fn part(&mut self) {
        self.parted = true;
        self.ready.push_back(frame::parting(self.at));
    }

    fn drain(&mut self) -> Bytes {
        if self.ready.len() == 1
            && let Some(only) = self.ready.pop_front()
        {
            return only;
        }
        let chunk = write::joined(self.ready.iter());
        self.ready.clear();
        chunk
    }
}
