//! A ledger, as operations; the package's `Store` stands on it.

use std::path::PathBuf;
use std::sync::Arc;

use oasis_core::{
    EventStore, EventStoreExt, GroupCommit, MemoryStore, Order, Position, Query, StoreError,
};
use oasis_sqlx::{PostgresStore, SqliteStore};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use crate::arrival;
use crate::event::{self, Event};
use crate::operation::Operation;
use crate::runtime::{Home, Housed};
use crate::text::Text;
use crate::{appended, errors, filter};

/// An open ledger.
#[pyclass(frozen, module = "oasis._oasis")]
pub(crate) struct Ledger(Housed<Arc<dyn EventStore>>);

#[pymethods]
impl Ledger {
    /// An empty ledger in memory.
    #[classmethod]
    fn memory(_class: &Bound<'_, PyType>) -> PyResult<Self> {
        Ok(Self(Housed::new(Home::current()?, Arc::new(MemoryStore::new(arrival::now)))))
    }

    /// Opens the ledger in a file.
    #[classmethod]
    fn sqlite(_class: &Bound<'_, PyType>, path: PathBuf) -> PyResult<Operation> {
        opening(async move { Ok(grouped(SqliteStore::open(path).await?)) })
    }

    /// Opens the ledger in the database of a URL.
    #[classmethod]
    fn postgres(_class: &Bound<'_, PyType>, url: String) -> PyResult<Operation> {
        opening(async move { Ok(grouped(PostgresStore::connect(&url).await?)) })
    }

    /// Records events, all or none.
    fn append(&self, events: Vec<Bound<'_, Event>>) -> PyResult<Operation> {
        let events = event::owned(&events);
        self.operation(
            |store| async move { store.append(events).await },
            |py, answers| Ok(appended::all(py, answers)?.into_pyobject(py)?.into_any().unbind()),
        )
    }

    /// The event with this id.
    fn get(&self, id: &Bound<'_, PyAny>) -> PyResult<Operation> {
        let text: Text = id.str()?.as_any().extract()?;
        let id = text
            .to_str()
            .parse()
            .map_err(|_| errors::payload("id", "an event's id, which is a UUID"))?;
        self.operation(
            move |store| async move { store.get(id).await },
            |py, row| Ok(row.map(Event::from).into_pyobject(py)?.into_any().unbind()),
        )
    }

    /// How many events match.
    fn count(&self, filters: &Bound<'_, PyDict>) -> PyResult<Operation> {
        let filter = filter::of(filters)?;
        self.operation(
            |store| async move { store.count(&filter).await },
            |py, count| Ok(count.into_pyobject(py)?.into_any().unbind()),
        )
    }

    /// The newest position, 0 in an empty ledger.
    fn head(&self) -> PyResult<Operation> {
        self.operation(
            |store| async move { store.head().await },
            |py, head| Ok(head.map_or(0, Position::get).into_pyobject(py)?.into_any().unbind()),
        )
    }

    /// A page: the events, and after which position the next one starts, 0 when there is none.
    fn page(
        &self,
        filters: &Bound<'_, PyDict>,
        newest_first: bool,
        limit: usize,
        after: u64,
    ) -> PyResult<Operation> {
        let mut query = Query::newest(filter::of(filters)?, limit);
        query.order = if newest_first { Order::Descending } else { Order::Ascending };
        query.after = Position::new(after);
        self.operation(
            |store| async move { store.query(&query).await },
            |py, page| {
                let next = page.next.map_or(0, |cursor| cursor.position().get());
                Ok((event::list(py, page.events)?, next).into_pyobject(py)?.into_any().unbind())
            },
        )
    }

    /// The events after a position, from the oldest on: at least one, waiting for it if need be.
    fn follow(&self, after: u64) -> PyResult<Operation> {
        self.operation(
            move |store| async move { store.follow(Position::new(after)).next().await },
            |py, rows| Ok(event::list(py, rows)?.into_pyobject(py)?.into_any().unbind()),
        )
    }
}

impl Ledger {
    /// The store, for who appends to it on another road.
    pub(crate) fn store(&self) -> PyResult<(Home, Arc<dyn EventStore>)> {
        let home = self.0.home();
        home.runtime()?;
        let store = self.0.as_ref().ok_or_else(|| errors::payload("store", "open"))?;
        Ok((home, Arc::clone(store)))
    }

    fn operation<T, W>(
        &self,
        work: impl FnOnce(Arc<dyn EventStore>) -> W,
        convert: impl FnOnce(Python<'_>, T) -> PyResult<Py<PyAny>> + Send + 'static,
    ) -> PyResult<Operation>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let (home, store) = self.store()?;
        Operation::at(home, work(store), |py, outcome| match outcome {
            Ok(value) => convert(py, value),
            Err(error) => Err(errors::store(py, &error)),
        })
    }
}

/// Appends that come while a commit is under way go along with the next.
fn grouped(store: impl EventStore) -> Arc<dyn EventStore> {
    Arc::new(GroupCommit::new(Arc::new(store)))
}

fn opening(
    work: impl Future<Output = Result<Arc<dyn EventStore>, StoreError>> + Send + 'static,
) -> PyResult<Operation> {
    let home = Home::current()?;
    Operation::at(home, work, move |py, outcome| match outcome {
        Ok(store) => Ok(Py::new(py, Ledger(Housed::new(home, store)))?.into_any()),
        Err(error) => Err(errors::store(py, &error)),
    })
}
