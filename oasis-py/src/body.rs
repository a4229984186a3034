//! The raw bytes of a request.

use std::ops::Deref;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView};

/// A body, which the caller can't change while it is read without the GIL.
///
/// `bytes` are borrowed. A `bytearray` and what a `memoryview` shows may change at any time, so
/// they are copied.
pub(crate) struct Body(PyBackedBytes);

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Body {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = object.cast::<PyBytes>() {
            return Ok(Self(bytes.to_owned().into()));
        }
        if object.is_instance_of::<PyByteArray>() || object.is_instance_of::<PyMemoryView>() {
            let copy = object.py().get_type::<PyBytes>().call1((object,))?;
            return Ok(Self(copy.cast_into::<PyBytes>()?.into()));
        }
        let kind = object.get_type().name()?;
        Err(PyTypeError::new_err(format!(
            "the body must be bytes, not {kind}: pass the request's raw bytes, before anything \
             decodes or parses them"
        )))
    }
}
