//! Moments as Python's aware `datetime`.

use oasis_core::Timestamp;
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

use crate::errors;

/// The moment in UTC. One before the year 1, which `datetime` can't hold, is its first.
pub(crate) fn to_datetime(py: Python<'_>, moment: Timestamp) -> PyResult<Bound<'_, PyAny>> {
    let after = delta(py, moment.unix_millis())?;
    match epoch(py)?.call_method1("__add__", (after,)) {
        Err(error) if error.is_instance_of::<PyOverflowError>(py) => {
            let least = epoch(py)?.getattr("min")?;
            let zone = pyo3::types::IntoPyDict::into_py_dict(
                [("tzinfo", epoch(py)?.getattr("tzinfo")?)],
                py,
            )?;
            least.call_method("replace", (), Some(&zone))
        }
        sum => sum,
    }
}

/// A moment that Python handed in: an aware `datetime`, or RFC 3339 text.
pub(crate) fn from_python(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    let py = object.py();
    let fault = || errors::payload(name, "an aware datetime or RFC 3339 text");
    if let Ok(text) = object.cast::<PyString>() {
        return text.to_string_lossy().parse().map_err(|_| fault());
    }
    // A naive one minus an aware one is a TypeError, as is anything else.
    let since = object.sub(epoch(py)?).map_err(|_| fault())?;
    let millis = since.call_method1("__floordiv__", (delta(py, 1)?,)).map_err(|_| fault())?;
    Ok(Timestamp::from_unix_millis(millis.extract().map_err(|_| fault())?))
}

fn delta(py: Python<'_>, millis: i64) -> PyResult<Bound<'_, PyAny>> {
    static DELTA: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DELTA.import(py, "datetime", "timedelta")?.call1((0, 0, 0, millis))
}

fn epoch(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static EPOCH: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let epoch = EPOCH.get_or_try_init(py, || -> PyResult<Py<PyAny>> {
        let datetime = py.import("datetime")?;
        let utc = datetime.getattr("timezone")?.getattr("utc")?;
        let zero = datetime.getattr("datetime")?.call1((1970, 1, 1, 0, 0, 0, 0, utc))?;
        Ok(zero.unbind())
    })?;
    Ok(epoch.bind(py))
}
