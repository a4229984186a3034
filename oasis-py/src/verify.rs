//! Signatures.

use oasis_core::verify::{GithubHeaders, GithubVerifier, Refused};
use pyo3::prelude::*;

use crate::body::Body;
use crate::errors;
use crate::secrets::Secrets;
use crate::text::Text;
use crate::vtid::SHORT;

/// Whether one of the secrets signed these bytes.
#[pyfunction]
#[pyo3(signature = (secret, body, signature))]
pub(crate) fn verify_signature(
    py: Python<'_>,
    secret: Secrets,
    body: Body,
    signature: Option<Text>,
) -> PyResult<bool> {
    Verifier::new(secret)?.verify(py, body, signature)
}

/// Verifies what GitHub sends, with any of its secrets.
#[pyclass(frozen, module = "oasis")]
pub(crate) struct Verifier(GithubVerifier);

#[pymethods]
impl Verifier {
    #[new]
    fn new(secrets: Secrets) -> PyResult<Self> {
        Ok(Self(GithubVerifier::new(&secrets.ring()?)))
    }

    /// Whether one of the secrets signed these bytes.
    #[pyo3(signature = (body, signature))]
    fn verify(&self, py: Python<'_>, body: Body, signature: Option<Text>) -> PyResult<bool> {
        errors::guarded(|| Ok(self.judge(py, &body, signature.as_ref()).is_ok()))
    }

    /// The same, but a `SignatureError` says why not.
    #[pyo3(signature = (body, signature))]
    fn check(&self, py: Python<'_>, body: Body, signature: Option<Text>) -> PyResult<()> {
        errors::guarded(|| {
            self.judge(py, &body, signature.as_ref()).map_err(|refused| errors::refused(&refused))
        })
    }

    /// The signature that GitHub would send with this body, made with the first secret.
    fn sign(&self, py: Python<'_>, body: Body) -> PyResult<String> {
        errors::guarded(|| Ok(py.detach(|| self.0.sign(&body))))
    }

    fn __repr__(&self) -> &'static str {
        "<Verifier ***>"
    }
}

impl Verifier {
    fn judge(&self, py: Python<'_>, body: &[u8], signature: Option<&Text>) -> Result<(), Refused> {
        let judge = || {
            let signature = signature.map(|text| ("X-Hub-Signature-256", text.as_bytes()));
            let headers = [("X-GitHub-Event", b"push".as_slice()), ("X-GitHub-Delivery", b"-")];
            let headers = GithubHeaders::read(headers.into_iter().chain(signature))?;
            self.0.verify(&headers, body).map(drop)
        };
        if body.len() < SHORT { judge() } else { py.detach(judge) }
    }
}
