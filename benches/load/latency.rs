//! How long things took.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// The times of a run, to three digits, up to ten minutes.
#[derive(Debug, Clone)]
pub struct Latency(Histogram<u64>);

impl Default for Latency {
    fn default() -> Self {
        // Microseconds; the bounds are constants that the library accepts.
        Self(Histogram::new_with_bounds(1, 600_000_000, 3).expect("bounds in order"))
    }
}

impl Latency {
    pub fn note(&mut self, took: Duration) {
        self.0.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// The time within which this share was done, in milliseconds.
    pub fn within(&self, share: f64) -> f64 {
        self.0.value_at_quantile(share) as f64 / 1000.0
    }

    pub fn median(&self) -> f64 {
        self.within(0.5)
    }

    pub fn json(&self) -> Value {
        json!({
            "count": self.count(),
            "p50_ms": self.median(),
            "p90_ms": self.within(0.9),
            "p99_ms": self.within(0.99),
            "p999_ms": self.within(0.999),
            "max_ms": self.0.max() as f64 / 1000.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_of_what_was_noted() {
        let mut latency = Latency::default();
        (1..=100).for_each(|ms| latency.note(Duration::from_millis(ms)));
        assert_eq!(latency.count(), 100);
        assert!((latency.median() - 50.0).abs() < 0.1, "{}", latency.median());
        assert!((latency.within(0.99) - 99.0).abs() < 0.1);
    }
}
