//! Payloads to events.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use oasis_core::verify::{GithubHeaders, danger};
use oasis_core::{Arrival, Event, Normalizer, Timestamp};
use pyo3::exceptions::{PyOSError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::errors;

/// Stands where a delivery has no id: the core wants one, and the event then has none.
const NO_DELIVERY: &str = "-";

/// The event that a GitHub delivery becomes, as a dict in the contract's order.
///
/// The body is trusted as it is: call `verify_signature` first for bytes that came over a network.
#[pyfunction]
#[pyo3(signature = (event, body, delivery_id = None))]
pub(crate) fn normalize_github<'py>(
    py: Python<'py>,
    event: String,
    body: PyBackedBytes,
    delivery_id: Option<String>,
) -> PyResult<Bound<'py, PyAny>> {
    let id = delivery_id.as_deref().unwrap_or(NO_DELIVERY);
    check_names(&event, id)?;
    let arrival = arrival()?;
    let json = py.detach(|| {
        let mut normalized = normalize(&event, id, &body, arrival);
        if delivery_id.is_none() {
            normalized.delivery_id = None;
        }
        serde_json::to_string(&normalized)
    });
    let json = json.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
    // Python's own reader keeps the order of the members and every digit of the numbers.
    py.import("json")?.call_method1("loads", (json,))
}

fn normalize(event: &str, delivery_id: &str, body: &[u8], arrival: Arrival) -> Event {
    // Compiled of constants, so it makes no difference who builds it first.
    static NORMALIZER: LazyLock<Normalizer> = LazyLock::new(Normalizer::default);
    NORMALIZER.github(&danger::trust_github(event, delivery_id, body), arrival)
}

/// The names are taken that a delivery's headers may carry; the signature has no part in it.
fn check_names(event: &str, delivery_id: &str) -> PyResult<()> {
    let unsigned = format!("sha256={}", "0".repeat(64));
    GithubHeaders::read([
        ("X-GitHub-Event", event.as_bytes()),
        ("X-GitHub-Delivery", delivery_id.as_bytes()),
        ("X-Hub-Signature-256", unsigned.as_bytes()),
    ])
    .map(drop)
    .map_err(|refused| errors::delivery(&refused))
}

/// Now, and randomness from the system.
fn arrival() -> PyResult<Arrival> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    let now = Timestamp::from_unix_millis(i64::try_from(millis).unwrap_or(i64::MAX));
    let mut entropy = [0; 10];
    getrandom::fill(&mut entropy).map_err(|error| PyOSError::new_err(error.to_string()))?;
    Ok(Arrival::new(now, entropy))
}
