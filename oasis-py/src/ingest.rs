//! The one road: verify, normalise, append.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use oasis_core::verify::GithubHeaders;
use oasis_core::{Ingestor, Normalizer};
use pyo3::prelude::*;

use crate::arrival::arrival;
use crate::body::Body;
use crate::headers::Headers;
use crate::ledger::Ledger;
use crate::operation::Operation;
use crate::runtime::Home;
use crate::secrets::Secrets;
use crate::vtid::Schemes;
use crate::{appended, errors};

/// From this size on, hashing and parsing a body would hold up what else a thread of the runtime
/// has to do.
const LARGE: usize = 256 * 1024;

/// Takes deliveries into a ledger; the package's `Ingestor` stands on it.
#[pyclass(frozen, module = "oasis._oasis")]
pub(crate) struct Ingest {
    home: Home,
    ingestor: Arc<Ingestor>,
}

#[pymethods]
impl Ingest {
    #[new]
    #[pyo3(signature = (secrets, ledger, schemes = None))]
    fn new(
        secrets: Secrets,
        ledger: &Bound<'_, Ledger>,
        schemes: Option<Schemes<'_>>,
    ) -> PyResult<Self> {
        let (home, store) = ledger.get().store()?;
        let ring = secrets.ring()?;
        let search = schemes.map(Schemes::search).transpose()?.unwrap_or_default();
        errors::guarded(|| {
            let ingestor = Ingestor::new(store, &ring).with_normalizer(Normalizer::new(search));
            Ok(Self { home, ingestor: Arc::new(ingestor) })
        })
    }

    /// Takes one delivery of GitHub's: when it is done, the row is durable.
    fn github(&self, headers: Headers, body: Body) -> PyResult<Operation> {
        let ingestor = Arc::clone(&self.ingestor);
        let arrival = arrival()?;
        let work = async move {
            let headers = GithubHeaders::read(headers.iter())?;
            let mut taken = pin!(ingestor.github(&headers, &body, arrival));
            if body.len() < LARGE {
                return taken.await;
            }
            poll_fn(|context| tokio::task::block_in_place(|| taken.as_mut().poll(context))).await
        };
        Operation::at(self.home, work, |py, outcome| match outcome {
            Ok(taken) => Ok(appended::one(py, taken)?.unbind()),
            Err(error) => Err(errors::ingest(py, &error)),
        })
    }
}
