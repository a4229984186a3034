//! Task ids.

use std::sync::LazyLock;

use oasis_core::VtidSearch;
use pyo3::prelude::*;

/// The first task id in a text, in capitals, or `None`.
#[pyfunction]
pub(crate) fn extract_vtid(text: &str) -> Option<String> {
    // Built of constants, so it makes no difference who builds it first.
    static SEARCH: LazyLock<VtidSearch> = LazyLock::new(VtidSearch::default);
    SEARCH.find(text).map(|found| found.vtid().to_string())
}
