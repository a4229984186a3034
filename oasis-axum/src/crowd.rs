//! How many deliveries are under way, and for how long there have been too many.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Deliveries that are here as a whole and not yet answered.
///
/// A burst is taken as it comes: who sends it doesn't send it again, and it is over soon. When there
/// have been too many for longer than that, more come than can be taken, and each that joins only makes
/// all of them wait longer: from then on newcomers are refused at once, until most of the line is gone.
#[derive(Debug)]
pub(crate) struct Crowd {
    limit: usize,
    burst: Duration,
    count: AtomicUsize,
    /// Since when there have been too many.
    since: Mutex<Option<Instant>>,
}

/// One of them; it is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Member(Arc<Crowd>);

impl Crowd {
    pub(crate) fn new(limit: usize, burst: Duration) -> Arc<Self> {
        Arc::new(Self { limit, burst, count: AtomicUsize::new(0), since: Mutex::new(None) })
    }

    /// Whether a newcomer is refused.
    pub(crate) fn is_full(&self) -> bool {
        // The lock is only for who comes when there are many.
        self.count.load(Ordering::Relaxed) >= self.limit
            && self.since().is_some_and(|since| since.elapsed() > self.burst)
    }

    /// One more.
    pub(crate) fn join(self: &Arc<Self>) -> Member {
        if self.count.fetch_add(1, Ordering::Relaxed) >= self.limit {
            self.since().get_or_insert_with(Instant::now);
        }
        Member(Arc::clone(self))
    }

    fn since(&self) -> MutexGuard<'_, Option<Instant>> {
        // Nothing panics while it is held.
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // Not at the limit: there a rush would be a new burst with each that goes.
        if self.0.count.fetch_sub(1, Ordering::Relaxed) - 1 == self.0.limit / 4 {
            *self.0.since() = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_taken_and_a_rush_is_refused_until_it_is_over() {
        let crowd = Crowd::new(8, Duration::from_secs(2));
        let mut burst: Vec<_> = (0..1000).map(|_| crowd.join()).collect();
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(!crowd.is_full(), "a burst");
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(crowd.is_full(), "a rush");

        burst.truncate(8);
        assert!(crowd.is_full());
        burst.truncate(7);
        assert!(!crowd.is_full(), "one may join");
        burst.push(crowd.join());
        assert!(crowd.is_full(), "it goes on");

        burst.truncate(2);
        burst.extend((0..1000).map(|_| crowd.join()));
        assert!(!crowd.is_full(), "another burst");
        drop(burst);
        let _few: Vec<_> = (0..8).map(|_| crowd.join()).collect();
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(!crowd.is_full(), "as many as may be at once may be for ever");
    }
}
