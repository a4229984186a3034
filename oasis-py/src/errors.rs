//! One family of exceptions, split by who must act. They are Python classes; here they are raised.

use std::any::Any;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};

use oasis_core::verify::{RefuseReason, Refused};
use oasis_core::{EmptySecret, IngestError, StoreErrorKind};
use pyo3::PyErr;
use pyo3::prelude::*;

pyo3::import_exception!(oasis._errors, OasisError);
pyo3::import_exception!(oasis._errors, PayloadError);
pyo3::import_exception!(oasis._errors, SecretError);
pyo3::import_exception!(oasis._errors, SignatureError);
pyo3::import_exception!(oasis._errors, StoreError);

/// Runs what may meet a fault of ours: a panic becomes an `OasisError` and stays out of Python,
/// where it would pass every `except Exception`.
pub(crate) fn guarded<T>(run: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    // What was under way is dropped with its values; the rest is behind locks that forgive.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|fault| Err(panicked(&*fault)))
}

/// A fault of ours.
pub(crate) fn panicked(fault: &(dyn Any + Send)) -> PyErr {
    let said = fault.downcast_ref::<&str>().copied();
    let said = said.or_else(|| fault.downcast_ref::<String>().map(String::as_str));
    let said = said.unwrap_or("no reason given");
    OasisError::new_err(format!("a fault in oasis itself, please report it: {said}"))
}

/// The configuration is wrong.
pub(crate) fn secret(error: EmptySecret) -> PyErr {
    SecretError::new_err(error.to_string())
}

/// A value is not what it must be.
pub(crate) fn payload(field: &str, expected: impl std::fmt::Display) -> PyErr {
    PayloadError::new_err((format!("`{field}` must be {expected}"), Some(field.to_owned())))
}

/// What a client wrote is not what it must be.
pub(crate) fn submitted(error: &oasis_core::PayloadError) -> PyErr {
    payload(error.field(), error.expected())
}

/// The sender is wrong.
pub(crate) fn refused(refused: &Refused) -> PyErr {
    let status = match refused.reason() {
        RefuseReason::UnsupportedMediaType => 415,
        RefuseReason::MissingHeader
        | RefuseReason::RepeatedHeader
        | RefuseReason::MalformedHeader => 400,
        _ => return SignatureError::new_err(refused.to_string()),
    };
    PayloadError::new_err((refused.to_string(), Some(refused.header().to_owned()), status))
}

/// The store could not do it; what made it fail is chained.
pub(crate) fn store(py: Python<'_>, error: &oasis_core::StoreError) -> PyErr {
    let kind = match error.kind() {
        StoreErrorKind::Corrupt => "corrupt",
        StoreErrorKind::Misconfigured => "misconfigured",
        _ => "unavailable",
    };
    let raised = StoreError::new_err((error.to_string(), kind));
    raised.set_cause(py, error.source().map(|cause| chained(py, cause)));
    raised
}

/// A delivery was not taken.
pub(crate) fn ingest(py: Python<'_>, error: &IngestError) -> PyErr {
    match error {
        IngestError::Refused(error) => refused(error),
        IngestError::Store(error) => store(py, error),
    }
}

fn chained(py: Python<'_>, error: &(dyn Error + 'static)) -> PyErr {
    let raised = OasisError::new_err(error.to_string());
    raised.set_cause(py, error.source().map(|cause| chained(py, cause)));
    raised
}

/// Of a debug build, for its tests: a fault where it is asked for.
#[cfg(debug_assertions)]
#[pyfunction]
#[expect(clippy::panic, reason = "that it does is what it is for")]
pub(crate) fn _panic(py: Python<'_>, in_operation: bool) -> PyResult<Py<PyAny>> {
    if in_operation {
        let home = crate::runtime::Home::current()?;
        let work = async { panic!("as asked") };
        let operation = crate::operation::Operation::at(home, work, |py, ()| Ok(py.None()))?;
        return Ok(Py::new(py, operation)?.into_any());
    }
    guarded(|| panic!("as asked"))
}
