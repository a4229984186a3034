//! How long to wait after a failure.

use std::time::Duration;

/// Waits that double with each failure in a row, each somewhere between half of that and all of
/// it, so that many watchers which failed together don't come back together.
#[derive(Debug)]
pub(crate) struct Backoff {
    shortest: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    /// For something that is done at this interval while it works.
    pub(crate) fn around(interval: Duration) -> Self {
        Self { shortest: interval / 30, longest: interval * 10, failures: 0 }
    }

    /// It worked; whether it had failed before.
    pub(crate) fn reset(&mut self) -> bool {
        std::mem::take(&mut self.failures) > 0
    }

    /// It failed, for the how manieth time in a row.
    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    /// How long to wait after one more failure, and no shorter than the server asked for.
    pub(crate) fn wait(&mut self, asked: Option<Duration>) -> Duration {
        let full = self.shortest.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        let full = full.min(self.longest);
        let wait = full / 2 + (full / 2).mul_f64(chance());
        asked.map_or(wait, |asked| asked + wait)
    }
}

/// A number between 0 and 1; one half where the system gives no random bytes.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_differ() {
        let second = Duration::from_secs(1);
        let mut waits = Vec::new();
        for _ in 0..50 {
            let mut backoff = Backoff::around(30 * second);
            for full in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
                let wait = backoff.wait(None);
                assert!(wait >= full * second / 2 && wait <= full * second, "{wait:?} of {full} s");
            }
            assert_eq!(backoff.failures(), 11);
            assert!(backoff.reset() && !backoff.reset());
            let first = backoff.wait(None);
            assert!(first <= second);
            waits.push(first);
        }
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 40, "{waits:?}");
    }

    #[test]
    fn a_server_that_asks_for_time_gets_it() {
        let mut backoff = Backoff::around(Duration::from_secs(30));
        let asked = Duration::from_secs(40);
        assert!(backoff.wait(Some(asked)) >= asked);
        for _ in 0..100 {
            backoff.wait(None);
        }
        assert!(backoff.wait(Some(asked)) >= asked, "and the doubling never overflows");
    }
}
