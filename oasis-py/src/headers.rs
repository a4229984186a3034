//! A request's headers, as the web frameworks hold them.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::text::Text;

/// Names and values in their order, a repeated header once for each time: from a mapping, from
/// whatever else has `items()`, or from pairs.
#[derive(Default)]
pub(crate) struct Headers(Vec<(Text, Text)>);

impl Headers {
    /// The headers; a name that is no UTF-8 is none that anybody looks for.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().filter_map(|(name, value)| {
            let name = std::str::from_utf8(name.as_bytes()).ok()?;
            Some((name, value.as_bytes()))
        })
    }

    /// The first value of a header.
    pub(crate) fn first(&self, wanted: &str) -> Option<&[u8]> {
        self.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Headers {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        // Most are this, and it saves a tuple for each.
        if let Ok(dict) = object.cast_exact::<PyDict>() {
            return dict
                .iter()
                .map(|(name, value)| pair(&name, &value))
                .collect::<PyResult<_>>()
                .map(Self);
        }
        let pairs = match object.getattr_opt("items")? {
            Some(items) => items.call0()?,
            None => object.to_owned().into_any(),
        };
        let pairs = pairs.try_iter()?.map(|item| {
            let (name, value) =
                item?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>().map_err(odd)?;
            pair(&name, &value)
        });
        pairs.collect::<PyResult<_>>().map(Self)
    }
}

fn pair(name: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<(Text, Text)> {
    Ok((name.extract().map_err(odd)?, value.extract().map_err(odd)?))
}

fn odd(error: PyErr) -> PyErr {
    PyTypeError::new_err(format!("headers are a mapping or pairs, of str or bytes: {error}"))
}
