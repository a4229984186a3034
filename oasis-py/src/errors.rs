//! One family of exceptions, split by who must act.

use pyo3::PyErr;
use pyo3::exceptions::PyException;

use oasis_core::EmptySecret;
use oasis_core::verify::Refused;

pyo3::create_exception!(oasis, OasisError, PyException, "What every error of this package is.");
pyo3::create_exception!(
    oasis,
    SecretError,
    OasisError,
    "A secret can't be used: it is empty, or there is none. Your configuration must change."
);
pyo3::create_exception!(
    oasis,
    DeliveryError,
    OasisError,
    "An event name or a delivery id is not one that a source sends."
);

pub(crate) fn secret(error: EmptySecret) -> PyErr {
    SecretError::new_err(error.to_string())
}

pub(crate) fn delivery(refused: &Refused) -> PyErr {
    DeliveryError::new_err(refused.to_string())
}
