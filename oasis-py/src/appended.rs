//! What became of events that were brought to a ledger.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::event::Event;

/// The package's `Appended`, a named tuple, of the core's.
pub(crate) fn one(py: Python<'_>, appended: oasis_core::Appended) -> PyResult<Bound<'_, PyAny>> {
    static APPENDED: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let event = Py::new(py, Event::from(appended.recorded))?;
    APPENDED.import(py, "oasis._appended", "Appended")?.call1((event, appended.duplicate))
}

/// The same for each of a batch.
pub(crate) fn all(
    py: Python<'_>,
    appended: Vec<oasis_core::Appended>,
) -> PyResult<Vec<Bound<'_, PyAny>>> {
    appended.into_iter().map(|one_of_them| one(py, one_of_them)).collect()
}
