//! The module `oasis._oasis`: the core's functions as Python knows them.
//!
//! Python's package `oasis` re-exports all of it; its stubs are in `python/oasis/_oasis.pyi`.

mod errors;
mod normalize;
mod secrets;
mod verify;
mod vtid;

use pyo3::prelude::*;

/// The native part of the package `oasis`.
#[pymodule]
mod _oasis {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::errors::{DeliveryError, OasisError, SecretError};
    #[pymodule_export]
    use crate::normalize::normalize_github;
    #[pymodule_export]
    use crate::verify::verify_signature;
    #[pymodule_export]
    use crate::vtid::extract_vtid;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
