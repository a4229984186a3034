//! The time and the randomness that the core can't make itself.

use std::time::{SystemTime, UNIX_EPOCH};

use oasis_core::{Arrival, Timestamp};
use pyo3::PyResult;
use pyo3::exceptions::PyOSError;

/// Now, and randomness from the system.
pub(crate) fn arrival() -> PyResult<Arrival> {
    let mut entropy = [0; 10];
    getrandom::fill(&mut entropy).map_err(|error| PyOSError::new_err(error.to_string()))?;
    Ok(Arrival::new(now(), entropy))
}

/// The system's clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Timestamp::from_unix_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
