//! When deliveries are due.
//!
//! A closed loop sends when it got an answer, so a server that stops for a second delays one request
//! of each connection and the figures hardly show it. With a rate they are due whether or not the
//! server is ready, and what one took is counted from when it was due, not from when it was sent.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// Hands out one delivery after the other to the connections that are free.
#[derive(Debug, Clone)]
pub struct Arrivals {
    next: Rc<Cell<u64>>,
    first: u64,
    begins: Instant,
    lasts: Duration,
    pace: Option<Pace>,
}

#[derive(Debug, Clone)]
struct Pace {
    count: u64,
    each: Duration,
    /// One permit for each that is due.
    due: Arc<Semaphore>,
}

/// One delivery, and when it was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub number: u64,
    pub due: Instant,
}

impl Arrivals {
    /// So many each second, whoever takes them, or without a rate as fast as they are taken.
    pub fn new(first: u64, rate: Option<NonZeroU32>, lasts: Duration) -> Self {
        let begins = Instant::now();
        let pace = rate.map(|rate| {
            let count = (lasts.as_secs_f64() * f64::from(rate.get())) as u64;
            let each = Duration::from_secs(1) / rate.get();
            Pace { count, each, due: Arc::new(Semaphore::new(0)) }
        });
        if let Some(Pace { count, each, due }) = pace.clone() {
            // A thread: Tokio's own clock goes by whole milliseconds.
            std::thread::spawn(move || {
                for n in 0..count {
                    let left = (begins + times(each, n)).saturating_duration_since(Instant::now());
                    if !left.is_zero() {
                        std::thread::sleep(left);
                    }
                    due.add_permits(1);
                }
            });
        }
        Self { next: Rc::new(Cell::new(first)), first, begins, lasts, pace }
    }

    /// Waits for the next one; `None` when there are no more.
    pub async fn take(&self) -> Option<Arrival> {
        let number = self.next.get();
        let due = match &self.pace {
            None => {
                let now = Instant::now();
                (now < self.begins + self.lasts).then_some(now)?
            }
            Some(pace) => {
                let place = number - self.first;
                (place < pace.count).then_some(self.begins + times(pace.each, place))?
            }
        };
        self.next.set(number + 1);
        if let Some(pace) = &self.pace {
            // Who waits longest has the lowest number.
            pace.due.acquire().await.ok()?.forget();
        }
        Some(Arrival { number, due })
    }
}

fn times(each: Duration, n: u64) -> Duration {
    Duration::from_nanos(u64::try_from(each.as_nanos()).unwrap_or(u64::MAX).saturating_mul(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn with_a_rate_each_is_due_at_its_own_time_however_late_it_is_taken() {
        let lasts = Duration::from_millis(50);
        let arrivals = Arrivals::new(7, NonZeroU32::new(100), lasts);
        let mut taken = Vec::new();
        while let Some(arrival) = arrivals.take().await {
            taken.push(arrival);
        }
        assert_eq!(taken.iter().map(|a| a.number).collect::<Vec<_>>(), [7, 8, 9, 10, 11]);
        for pair in taken.windows(2) {
            assert_eq!(pair[1].due - pair[0].due, Duration::from_millis(10));
        }
        assert!(Instant::now() >= taken[4].due);
    }
}
