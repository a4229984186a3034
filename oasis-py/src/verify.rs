//! Signatures.

use oasis_core::verify::{GithubHeaders, GithubVerifier};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::secrets::Secrets;

/// Whether one of the secrets signed these bytes.
///
/// `signature` is the value of `X-Hub-Signature-256`. Whatever a sender puts there, the answer is
/// `True` or `False`: only an unusable secret raises.
#[pyfunction]
#[pyo3(signature = (secret, body, signature))]
pub(crate) fn verify_signature(
    py: Python<'_>,
    secret: Secrets,
    body: PyBackedBytes,
    signature: String,
) -> PyResult<bool> {
    let ring = secret.ring()?;
    let signed = py.detach(|| {
        let headers = GithubHeaders::read([
            ("X-GitHub-Event", b"push".as_slice()),
            ("X-GitHub-Delivery", b"-"),
            ("X-Hub-Signature-256", signature.as_bytes()),
        ]);
        headers.is_ok_and(|headers| GithubVerifier::new(&ring).verify(&headers, &body).is_ok())
    });
    Ok(signed)
}
