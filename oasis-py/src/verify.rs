//! Signatures.

use oasis_core::Normalizer;
use oasis_core::verify::{GithubHeaders, GithubVerifier, Refused};
use pyo3::prelude::*;

use crate::arrival::arrival;
use crate::body::Body;
use crate::errors;
use crate::event::Event;
use crate::gil;
use crate::headers::Headers;
use crate::secrets::Secrets;
use crate::text::Text;
use crate::vtid::Schemes;

/// Whether one of the secrets signed these bytes.
#[pyfunction]
#[pyo3(signature = (secret, body, signature))]
pub(crate) fn verify_signature(
    py: Python<'_>,
    secret: Secrets,
    body: Body,
    signature: Option<Text>,
) -> PyResult<bool> {
    let verifier = GithubVerifier::new(&secret.ring()?);
    errors::guarded(|| Ok(judge(py, &verifier, &body, signature.as_ref()).is_ok()))
}

/// Verifies what GitHub sends, with any of its secrets.
#[pyclass(frozen, module = "oasis")]
pub(crate) struct Verifier {
    verifier: GithubVerifier,
    normalizer: Normalizer,
}

#[pymethods]
impl Verifier {
    #[new]
    #[pyo3(signature = (secrets, *, schemes = None))]
    fn new(secrets: Secrets, schemes: Option<Schemes<'_>>) -> PyResult<Self> {
        let verifier = GithubVerifier::new(&secrets.ring()?);
        let search = schemes.map(Schemes::search).transpose()?.unwrap_or_default();
        Ok(Self { verifier, normalizer: Normalizer::new(search) })
    }

    /// The event that a signed delivery becomes.
    #[pyo3(signature = (headers, body))]
    fn event(&self, py: Python<'_>, headers: Headers, body: Body) -> PyResult<Event> {
        errors::guarded(|| {
            let read = || {
                let headers = GithubHeaders::read(headers.iter())?;
                let verified = self.verifier.verify(&headers, &body)?;
                Ok(arrival().map(|arrival| self.normalizer.github(&verified, arrival)))
            };
            let read = gil::without(py, body.len(), read);
            Ok(read.map_err(|refused: Refused| errors::refused(&refused))??.into())
        })
    }

    /// Whether one of the secrets signed these bytes.
    #[pyo3(signature = (body, signature))]
    fn verify(&self, py: Python<'_>, body: Body, signature: Option<Text>) -> PyResult<bool> {
        let signature = signature.as_ref();
        errors::guarded(|| Ok(judge(py, &self.verifier, &body, signature).is_ok()))
    }

    /// The same, but a `SignatureError` says why not.
    #[pyo3(signature = (body, signature))]
    fn check(&self, py: Python<'_>, body: Body, signature: Option<Text>) -> PyResult<()> {
        errors::guarded(|| {
            judge(py, &self.verifier, &body, signature.as_ref())
                .map_err(|refused| errors::refused(&refused))
        })
    }

    /// The signature that GitHub would send with this body, made with the first secret.
    fn sign(&self, py: Python<'_>, body: Body) -> PyResult<String> {
        errors::guarded(|| Ok(gil::without(py, body.len(), || self.verifier.sign(&body))))
    }

    fn __repr__(&self) -> &'static str {
        "<Verifier ***>"
    }
}

fn judge(
    py: Python<'_>,
    verifier: &GithubVerifier,
    body: &[u8],
    signature: Option<&Text>,
) -> Result<(), Refused> {
    gil::without(py, body.len(), || {
        let signature = signature.map(|text| ("X-Hub-Signature-256", text.as_bytes()));
        let headers = [("X-GitHub-Event", b"push".as_slice()), ("X-GitHub-Delivery", b"-")];
        let headers = GithubHeaders::read(headers.into_iter().chain(signature))?;
        verifier.verify(&headers, body).map(drop)
    })
}
