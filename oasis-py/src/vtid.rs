//! Task ids.

use std::sync::LazyLock;

use oasis_core::VtidSearch;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::errors::{self, PayloadError};
use crate::gil;
use crate::text::Text;

/// One way to spell a task id.
#[pyclass(frozen, eq, module = "oasis")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct VtidScheme {
    scheme: oasis_core::VtidScheme,
    /// As it was written.
    text: String,
}

#[pymethods]
impl VtidScheme {
    #[new]
    fn new(text: Text) -> PyResult<Self> {
        let text = text.to_str().into_owned();
        let scheme = text
            .parse()
            .map_err(|error| PayloadError::new_err((format!("{error}"), None::<String>)))?;
        Ok(Self { scheme, text })
    }

    /// `PREFIX-LAYER-NUMBER`; these prefixes also in small letters, any other in capitals.
    #[classmethod]
    #[pyo3(signature = (*prefixes))]
    fn canonical(_class: &Bound<'_, PyType>, prefixes: Vec<Text>) -> PyResult<Self> {
        Self::of("canonical", &prefixes, None)
    }

    /// `PREFIX-LAYER-NUMBER` with these prefixes and no other.
    #[classmethod]
    #[pyo3(signature = (*prefixes))]
    fn only(_class: &Bound<'_, PyType>, prefixes: Vec<Text>) -> PyResult<Self> {
        Self::of("only", &prefixes, None)
    }

    /// `PREFIX-NUMBER`, with so many digits.
    #[classmethod]
    #[pyo3(signature = (*prefixes, digits = (4, 6)))]
    fn numbered(
        _class: &Bound<'_, PyType>,
        prefixes: Vec<Text>,
        digits: (usize, usize),
    ) -> PyResult<Self> {
        Self::of("numbered", &prefixes, Some(digits))
    }

    /// `PREFIX-SOME-WORDS`, with so many words.
    #[classmethod]
    #[pyo3(signature = (*prefixes, words = (1, 8)))]
    fn worded(
        _class: &Bound<'_, PyType>,
        prefixes: Vec<Text>,
        words: (usize, usize),
    ) -> PyResult<Self> {
        Self::of("words", &prefixes, Some(words))
    }

    fn __str__(&self) -> &str {
        &self.text
    }

    fn __repr__(&self) -> String {
        format!("VtidScheme({:?})", self.text)
    }

    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        PyString::new(slf.py(), &format!("{:?}", slf.get().scheme)).hash()
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, PyType>, (String,)) {
        (slf.get_type(), (slf.get().text.clone(),))
    }
}

impl VtidScheme {
    /// By way of its text, which is the only form that is checked.
    fn of(name: &str, prefixes: &[Text], range: Option<(usize, usize)>) -> PyResult<Self> {
        let mut items: Vec<_> =
            prefixes.iter().map(|prefix| prefix.to_str().into_owned()).collect();
        items.extend(range.map(|(low, high)| format!("{low}-{high}")));
        let brackets =
            if items.is_empty() { String::new() } else { format!("({})", items.join(",")) };
        Self::new(Text::Odd(format!("{name}{brackets}")))
    }
}

/// Schemes as Python hands them in: a list, in which text will do, or all of them as one text.
#[derive(FromPyObject)]
pub(crate) enum Schemes<'py> {
    Text(Text),
    Several(Vec<Scheme<'py>>),
}

#[derive(FromPyObject)]
pub(crate) enum Scheme<'py> {
    Text(Text),
    Value(Bound<'py, VtidScheme>),
}

impl Schemes<'_> {
    /// The search for these schemes.
    pub(crate) fn search(self) -> PyResult<VtidSearch> {
        let schemes = match self {
            Self::Text(text) => {
                return text
                    .to_str()
                    .parse()
                    .map_err(|error| PayloadError::new_err((format!("{error}"), None::<String>)));
            }
            Self::Several(schemes) => schemes,
        };
        if schemes.is_empty() {
            return Err(errors::payload("schemes", "one scheme of task ids at least"));
        }
        let schemes: PyResult<Vec<_>> = schemes
            .into_iter()
            .map(|scheme| match scheme {
                Scheme::Text(text) => Ok(VtidScheme::new(text)?.scheme),
                Scheme::Value(value) => Ok(value.get().scheme.clone()),
            })
            .collect();
        Ok(VtidSearch::new(schemes?))
    }
}

/// The first task id in a text, in capitals, or `None`.
#[pyfunction]
#[pyo3(signature = (text, schemes = None))]
pub(crate) fn extract_vtid(
    py: Python<'_>,
    text: Text,
    schemes: Option<Schemes<'_>>,
) -> PyResult<Option<String>> {
    // Built of constants, so it makes no difference who builds it first.
    static SEARCH: LazyLock<VtidSearch> = LazyLock::new(VtidSearch::default);
    let own = schemes.map(Schemes::search).transpose()?;
    let search = own.as_ref().unwrap_or(&SEARCH);
    errors::guarded(|| {
        let find = || search.find(&text.to_str()).map(|found| found.vtid().to_string());
        Ok(gil::without(py, text.as_bytes().len(), find))
    })
}
