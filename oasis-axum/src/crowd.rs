//! How many deliveries are under way, and for how long there have been too many.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::metrics::Door;

/// Deliveries that are here as a whole and not yet answered.
///
/// A burst is taken as it comes: who sends it doesn't send it again, and it is over soon. When there
/// have been too many for longer than that, more come than can be taken, and each that joins only makes
/// all of them wait longer: from then on whoever comes when all places are taken is refused at once, until
/// there have been places for as long as a burst may last.
///
/// A quarter of the places is there for each door alone: whoever comes by one of them in a rush does not
/// keep out those who come by another.
#[derive(Debug)]
pub(crate) struct Crowd {
    limit: usize,
    burst: Duration,
    count: AtomicUsize,
    by_door: ByDoor,
    rush: Mutex<Option<Rush>>,
}

/// A time in which again and again there were too many.
#[derive(Debug)]
struct Rush {
    since: Instant,
    /// When there were places again, where there still are.
    ended: Option<Instant>,
}

/// How many of them came by which door.
#[derive(Debug, Default)]
struct ByDoor {
    github: AtomicUsize,
    #[cfg(feature = "gcp")]
    gcp: AtomicUsize,
    ingest: AtomicUsize,
    heartbeat: AtomicUsize,
}

/// One of them; it is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Member {
    crowd: Arc<Crowd>,
    door: Door,
}

impl Crowd {
    pub(crate) fn new(limit: usize, burst: Duration) -> Arc<Self> {
        let (count, by_door, rush) = (AtomicUsize::new(0), ByDoor::default(), Mutex::new(None));
        Arc::new(Self { limit, burst, count, by_door, rush })
    }

    /// Whether a newcomer by this door is refused.
    pub(crate) fn is_full(&self, door: Door) -> bool {
        // The lock is only for who comes when there are many.
        self.count.load(Ordering::Relaxed) >= self.limit
            && self.by_door.of(door).load(Ordering::Relaxed) >= self.limit / 4
            && self.too_many() > self.burst
    }

    /// One more.
    pub(crate) fn join(self: &Arc<Self>, door: Door) -> Member {
        self.by_door.of(door).fetch_add(1, Ordering::Relaxed);
        if self.count.fetch_add(1, Ordering::Relaxed) >= self.limit {
            self.too_many();
        }
        Member { crowd: Arc::clone(self), door }
    }

    /// Takes note that there are too many now; for how long that has been so.
    fn too_many(&self) -> Duration {
        let now = Instant::now();
        let mut rush = self.rush();
        match &mut *rush {
            Some(Rush { since, ended }) if ended.is_none_or(|ended| now - ended <= self.burst) => {
                *ended = None;
                now - *since
            }
            over => {
                *over = Some(Rush { since: now, ended: None });
                Duration::ZERO
            }
        }
    }

    fn rush(&self) -> MutexGuard<'_, Option<Rush>> {
        // Nothing panics while it is held.
        self.rush.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ByDoor {
    const fn of(&self, door: Door) -> &AtomicUsize {
        match door {
            Door::github => &self.github,
            #[cfg(feature = "gcp")]
            Door::gcp => &self.gcp,
            Door::ingest => &self.ingest,
            Door::heartbeat => &self.heartbeat,
        }
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let Self { crowd, door } = self;
        crowd.by_door.of(*door).fetch_sub(1, Ordering::Relaxed);
        if crowd.count.fetch_sub(1, Ordering::Relaxed) == crowd.limit
            && let Some(rush) = &mut *crowd.rush()
        {
            rush.ended = Some(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_taken_and_a_rush_is_refused_until_it_is_over() {
        let crowd = Crowd::new(8, Duration::from_secs(2));
        let mut burst: Vec<_> = (0..1000).map(|_| crowd.join(Door::github)).collect();
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(!crowd.is_full(Door::github), "a burst");
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(crowd.is_full(Door::github), "a rush");

        burst.truncate(8);
        assert!(crowd.is_full(Door::github));
        burst.truncate(7);
        assert!(!crowd.is_full(Door::github), "one may join");
        burst.push(crowd.join(Door::github));
        assert!(crowd.is_full(Door::github), "it goes on");

        // A commit lets most of them go at once, and the rush goes on.
        burst.truncate(2);
        burst.extend((0..1000).map(|_| crowd.join(Door::github)));
        assert!(crowd.is_full(Door::github), "no new burst");

        burst.truncate(2);
        tokio::time::advance(Duration::from_millis(2001)).await;
        burst.extend((0..1000).map(|_| crowd.join(Door::github)));
        assert!(!crowd.is_full(Door::github), "another burst");
        drop(burst);
        let _few: Vec<_> = (0..8).map(|_| crowd.join(Door::github)).collect();
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(!crowd.is_full(Door::github), "as many as may be at once may be for ever");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rush_by_one_door_keeps_nobody_out_who_comes_by_another() {
        let crowd = Crowd::new(8, Duration::from_secs(2));
        let _rush: Vec<_> = (0..1000).map(|_| crowd.join(Door::heartbeat)).collect();
        tokio::time::advance(Duration::from_secs(3)).await;
        assert!(crowd.is_full(Door::heartbeat));
        let first = crowd.join(Door::github);
        assert!(!crowd.is_full(Door::github), "a quarter is for them");
        let _second = crowd.join(Door::github);
        assert!(crowd.is_full(Door::github), "that is two, and no more");
        assert!(!crowd.is_full(Door::ingest));
        drop(first);
        assert!(!crowd.is_full(Door::github));
    }
}
