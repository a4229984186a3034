//! Secrets as Python hands them in.

use oasis_core::{KeyRing, Secret};
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};

use crate::errors::{self, SecretError};

/// One secret, or several while one is being rotated.
#[derive(FromPyObject)]
pub(crate) enum Secrets {
    One(Key),
    Several(Vec<Key>),
}

#[derive(FromPyObject)]
pub(crate) enum Key {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

impl Secrets {
    /// The ring of these secrets.
    pub(crate) fn ring(self) -> PyResult<KeyRing> {
        let keys = match self {
            Self::One(key) => vec![key],
            Self::Several(keys) => keys,
        };
        let mut secrets = keys.iter().map(|key| {
            let bytes = match key {
                Key::Text(text) => text.as_bytes(),
                Key::Bytes(bytes) => bytes,
            };
            Secret::new(bytes).map_err(errors::secret)
        });
        let first = secrets.next().ok_or_else(|| SecretError::new_err("there is no secret"))??;
        secrets.try_fold(KeyRing::new(first), |ring, secret| Ok(ring.with(secret?)))
    }
}
