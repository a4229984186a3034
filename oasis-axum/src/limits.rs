//! What one process takes at most, so that nobody can take all of it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::crowd::{Crowd, Member};
use crate::gathered::Gathered;
use crate::metrics::Door;
use crate::problem::Problem;

/// Bounds for [`Oasis`](crate::Oasis); the defaults suit a gateway on a small machine.
///
/// ```
/// use oasis_axum::Limits;
///
/// let limits = Limits { feeds: 100, ..Limits::default() };
/// assert_eq!(limits.body, 25 * 1024 * 1024);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "written with `..Limits::default()`")]
pub struct Limits {
    /// The largest body, in bytes. GitHub sends up to 25 MiB:
    /// <https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap>.
    pub body: usize,
    /// How many bytes all bodies that are being read or stored may have together. A delivery that
    /// comes on top of them gets 503 and should come again. A quarter of it is kept for bodies of up
    /// to 64 KiB, as most deliveries are: who pours in large ones holds no other up.
    pub bodies: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// How many deliveries may be under way at once for longer than [`burst`](Self::burst): verified,
    /// stored, and not yet answered. One that comes on top of them then gets 503 at once and should
    /// come again. A quarter of them is for each kind of sender alone (GitHub, Google Cloud, clients,
    /// agents' heartbeats), on top if need be: none of them in a rush keeps the others out.
    pub deliveries: usize,
    /// For how long there may be more. A burst that is over by then is taken as a whole.
    pub burst: Duration,
    /// How many feeds are open at most.
    pub feeds: usize,
    /// How long a feed stays open at most; each ends at a moment of its own in the last fifth of it,
    /// so that clients who came together don't come back together. They come back with their last
    /// id and miss nothing. [`Duration::MAX`] for no limit.
    pub feed_age: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 25 * 1024 * 1024,
            bodies: 128 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            deliveries: 256,
            burst: Duration::from_secs(2),
            feeds: 10_000,
            feed_age: Duration::from_secs(30 * 60),
        }
    }
}

/// The limits, and how much of them is in use.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    crowd: Arc<Crowd>,
    bodies: Arc<Semaphore>,
    feeds: Arc<Semaphore>,
    catch_up: Semaphore,
}

/// Up to so many bytes a body may take what is kept from larger ones, and is read though its delivery
/// is refused.
const SMALL: usize = 64 * 1024;

/// How many pages are read from the ledger at once for feeds that are behind.
const CATCH_UP: usize = 4;

/// A body that was read; while it is held it counts.
#[derive(Debug)]
pub(crate) struct HeldBody {
    pub(crate) bytes: Bytes,
    _held: Option<OwnedSemaphorePermit>,
    _member: Member,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        let semaphore = |count: usize| Arc::new(Semaphore::new(count.min(Semaphore::MAX_PERMITS)));
        Self {
            limits,
            crowd: Crowd::new(limits.deliveries, limits.burst),
            bodies: semaphore(limits.bodies),
            feeds: semaphore(limits.feeds),
            catch_up: Semaphore::new(CATCH_UP),
        }
    }

    /// A place for one more feed.
    pub(crate) fn feed(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.feeds).try_acquire_owned().map_err(|_| Problem::too_many_feeds())
    }

    /// A turn to read a page for a feed that is behind, in the order in which they ask.
    pub(crate) async fn catch_up(&self) -> Option<SemaphorePermit<'_>> {
        // Nobody closes it.
        self.catch_up.acquire().await.ok()
    }

    /// How long a feed that opens now stays open: a moment in the last fifth of the limit.
    pub(crate) fn feed_age(&self) -> Duration {
        let mut random = [0; 2];
        // Without randomness all stay for the whole of it.
        let early = getrandom::fill(&mut random).map_or(0, |()| u16::from_be_bytes(random));
        self.limits.feed_age - self.limits.feed_age / 5 / u32::from(u16::MAX) * u32::from(early)
    }

    /// Reads the whole body of who came by this door, bounded whether or not its length is announced.
    pub(crate) async fn read(
        &self,
        door: Door,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<HeldBody, Problem> {
        // Nothing is unpacked here, so a packed body is no body that anybody could read.
        if headers.get_all(header::CONTENT_ENCODING).iter().any(|value| value != "identity") {
            return Err(Problem::packed());
        }
        let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        let announced = announced.and_then(|length| length.parse::<u64>().ok());
        if announced.is_some_and(|length| length > self.limits.body as u64) {
            return Err(Problem::too_large(self.limits.body));
        }
        let full = self.crowd.is_full(door);
        // A connection whose request was not read can't be used again, and another one costs more than
        // a small body.
        if full && announced.is_none_or(|length| length > SMALL as u64) {
            return Err(Problem::crowded());
        }
        let collect = self.collect(door, body, announced.unwrap_or(0));
        let read = tokio::time::timeout(self.limits.body_timeout, collect).await;
        if full && matches!(read, Ok(Ok(_))) {
            return Err(Problem::crowded());
        }
        read.unwrap_or_else(|_| {
            let seconds = self.limits.body_timeout.as_secs();
            Err(Problem::malformed(format!("the body was not whole after {seconds} s")))
        })
    }

    async fn collect(
        &self,
        door: Door,
        mut body: Body,
        announced: u64,
    ) -> Result<HeldBody, Problem> {
        let mut held: Option<OwnedSemaphorePermit> = None;
        // It is no longer than a body may be, so it fits.
        let mut gathered = Gathered::of(usize::try_from(announced).unwrap_or(0));
        while let Some(frame) = body.frame().await {
            let frame =
                frame.map_err(|_| Problem::malformed("the body ended before it was whole"))?;
            let Ok(data) = frame.into_data() else { continue };
            let had = gathered.length;
            if had + data.len() > self.limits.body {
                return Err(Problem::too_large(self.limits.body));
            }
            let more = self.hold(had, data.len())?;
            match &mut held {
                Some(held) => held.merge(more),
                None => held = Some(more),
            }
            gathered.push(data).map_err(no_memory)?;
            if had > SMALL {
                // As long as there is more to read this would go on, and everybody else wait.
                tokio::task::yield_now().await;
            }
        }
        let bytes = gathered.whole().map_err(no_memory)?;
        // Only now: who is slow to send takes nobody's place.
        Ok(HeldBody { bytes, _held: held, _member: self.crowd.join(door) })
    }

    /// Counts these bytes of a body that had so many before.
    fn hold(&self, had: usize, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let Limits { body, bodies, .. } = self.limits;
        // The largest body must fit in nevertheless.
        let kept = (bodies / 4).min(bodies.saturating_sub(body));
        let kept = if had + bytes > SMALL { kept } else { 0 };
        if self.bodies.available_permits() < bytes.saturating_add(kept) {
            return Err(Problem::overloaded());
        }
        let count = u32::try_from(bytes).map_err(|_| Problem::too_large(self.limits.body))?;
        let permit = Arc::clone(&self.bodies).try_acquire_many_owned(count);
        permit.map_err(|_| Problem::overloaded())
    }
}

fn no_memory(error: std::io::Error) -> Problem {
    tracing::error!(%error, "there is no memory for a body");
    Problem::overloaded()
}
