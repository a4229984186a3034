//! The system's clock and random source, which the core is handed.

use std::time::SystemTime;

use oasis_core::{Arrival, Timestamp};

use crate::problem::Problem;

/// The system's time: the clock of a [`MemoryStore`](oasis_core::MemoryStore), which has none.
///
/// ```
/// use oasis_core::{MemoryStore, Timestamp};
///
/// let store = MemoryStore::new(oasis_axum::now);
/// assert!(oasis_axum::now() > Timestamp::UNIX_EPOCH);
/// ```
#[must_use]
pub fn now() -> Timestamp {
    let millis = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |m| -m),
    };
    Timestamp::from_unix_millis(millis)
}

/// A delivery that arrives now.
pub(crate) fn arrival() -> Result<Arrival, Problem> {
    let mut entropy = [0; 10];
    getrandom::fill(&mut entropy).map_err(|error| {
        tracing::error!(%error, "the system's random source failed");
        Problem::unavailable()
    })?;
    Ok(Arrival::new(now(), entropy))
}
