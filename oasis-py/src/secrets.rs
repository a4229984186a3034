//! Secrets as Python hands them in.

use oasis_core::{KeyRing, Secret};
use pyo3::prelude::*;

use crate::errors::{self, SecretError};
use crate::text::Text;

/// One secret, or several while one is being rotated.
#[derive(FromPyObject)]
pub(crate) enum Secrets {
    One(Text),
    Several(Vec<Text>),
}

impl Secrets {
    /// The ring of these secrets.
    pub(crate) fn ring(self) -> PyResult<KeyRing> {
        let keys = match self {
            Self::One(key) => vec![key],
            Self::Several(keys) => keys,
        };
        let mut secrets =
            keys.iter().map(|key| Secret::new(key.as_bytes()).map_err(errors::secret));
        let first = secrets.next().ok_or_else(|| SecretError::new_err("there is no secret"))??;
        secrets.try_fold(KeyRing::new(first), |ring, secret| Ok(ring.with(secret?)))
    }
}
