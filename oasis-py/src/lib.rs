//! The module `oasis._oasis`: the core and its ledgers as Python knows them.
//!
//! Python's package `oasis` is the surface; what stands here is its engine. The stubs are in
//! `python/oasis/_oasis.pyi`.

mod appended;
mod arrival;
mod body;
mod errors;
mod event;
mod filter;
mod gil;
mod headers;
mod ingest;
mod json;
mod ledger;
mod moment;
mod normalize;
mod operation;
mod runtime;
mod secrets;
mod text;
mod verify;
mod vtid;

use pyo3::prelude::*;

/// The native part of the package `oasis`.
// What is shared between threads is immutable or behind a lock, so the GIL protects nothing here.
#[pymodule(gil_used = false)]
mod _oasis {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::event::Event;
    #[pymodule_export]
    use crate::ingest::Ingest;
    #[pymodule_export]
    use crate::ledger::Ledger;
    #[pymodule_export]
    use crate::normalize::{normalize_event, normalize_gcp, normalize_github};
    #[pymodule_export]
    use crate::operation::Operation;
    #[pymodule_export]
    use crate::verify::{Verifier, verify_signature};
    #[pymodule_export]
    use crate::vtid::{VtidScheme, extract_vtid};

    #[cfg(debug_assertions)]
    #[pymodule_export]
    use crate::errors::_panic;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
