//! The event.

use std::hash::{DefaultHasher, Hash, Hasher};

use oasis_core::{Recorded, UNSET};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use serde::{Deserialize, Serialize, Serializer};

use crate::errors::{self, PayloadError};
use crate::text::Text;
use crate::{json, moment};

/// Something that happened, in the one shape that all sources become.
#[pyclass(frozen, eq, module = "oasis")]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event(Held);

/// What happened, and where it stands in a ledger if it is in one.
#[derive(Debug, Clone, PartialEq)]
enum Held {
    Fresh(oasis_core::Event),
    Recorded(Recorded),
}

impl From<oasis_core::Event> for Event {
    fn from(event: oasis_core::Event) -> Self {
        Self(Held::Fresh(event))
    }
}

impl From<Recorded> for Event {
    fn from(recorded: Recorded) -> Self {
        Self(Held::Recorded(recorded))
    }
}

impl Event {
    /// What happened.
    pub(crate) fn event(&self) -> &oasis_core::Event {
        match &self.0 {
            Held::Fresh(event) => event,
            Held::Recorded(recorded) => &recorded.event,
        }
    }

    fn recorded(&self) -> Option<&Recorded> {
        match &self.0 {
            Held::Fresh(_) => None,
            Held::Recorded(recorded) => Some(recorded),
        }
    }

    fn read(text: &[u8]) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Place {
            position: Option<u64>,
        }
        let place: Place = serde_json::from_slice(text)?;
        match place.position {
            None => serde_json::from_slice(text).map(Held::Fresh).map(Self),
            Some(_) => serde_json::from_slice(text).map(Held::Recorded).map(Self),
        }
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Held::Fresh(event) => event.serialize(serializer),
            Held::Recorded(recorded) => recorded.serialize(serializer),
        }
    }
}

#[pymethods]
impl Event {
    /// The event of a JSON object as `to_json` writes it.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: Text) -> PyResult<Self> {
        errors::guarded(|| {
            Self::read(text.as_bytes()).map_err(|error| {
                PayloadError::new_err((format!("this is no event: {error}"), None::<String>))
            })
        })
    }

    /// The event of a dict as `to_dict` makes it.
    #[classmethod]
    fn from_dict(class: &Bound<'_, PyType>, members: &Bound<'_, PyAny>) -> PyResult<Self> {
        let text = json::dumps(members)?;
        Self::from_json(class, Text::Odd(text))
    }

    /// The id, a UUID.
    #[getter]
    fn id(&self) -> String {
        self.event().id.to_string()
    }

    /// The place in the ledger, from 1 on; `None` until it is stored.
    #[getter]
    fn position(&self) -> Option<u64> {
        self.recorded().map(|recorded| recorded.position.get())
    }

    /// When it happened at its source.
    #[getter]
    fn ts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        moment::to_datetime(py, self.event().ts)
    }

    /// When the ledger stored it; `None` until then.
    #[getter]
    fn recorded_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.recorded().map(|recorded| moment::to_datetime(py, recorded.recorded_at)).transpose()
    }

    /// The task id, or `UNSET`.
    #[getter]
    fn vtid(&self) -> &str {
        self.event().vtid.as_ref().map_or(UNSET, |vtid| vtid.as_str())
    }

    /// The word after the task id's prefix, or the source's default.
    #[getter]
    fn layer(&self) -> &str {
        &self.event().layer
    }

    /// The part of the work that it is about.
    #[getter]
    fn module(&self) -> &str {
        &self.event().module
    }

    /// Where it comes from.
    #[getter]
    fn source(&self) -> &str {
        &self.event().source
    }

    /// The source's own name for it.
    #[getter]
    fn kind(&self) -> &str {
        &self.event().kind
    }

    /// How the thing that it tells of stands.
    #[getter]
    fn status(&self) -> &'static str {
        self.event().status.as_str()
    }

    /// `LAYER-MODULE-ACTION`.
    #[getter]
    fn title(&self) -> &str {
        self.event().title.as_str()
    }

    /// The branch, tag or revision.
    #[getter(r#ref)]
    fn reference(&self) -> Option<&str> {
        self.event().reference.as_deref()
    }

    /// A page that shows more.
    #[getter]
    fn link(&self) -> Option<&str> {
        self.event().link.as_ref().map(|link| link.as_str())
    }

    /// What else it carries, as a dict of the caller's own.
    #[getter]
    fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::objects(py, &self.event().meta)
    }

    /// The source's id for the delivery.
    #[getter]
    fn delivery_id(&self) -> Option<&str> {
        self.event().delivery_id.as_deref()
    }

    /// The event as JSON, byte for byte as every other part of OASIS writes it.
    fn to_json(&self) -> PyResult<String> {
        json::text(self)
    }

    /// The event as a dict that `json.dumps` takes, in the order of the contract.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        json::objects(py, self)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.event().id, self.position()).hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        let event = self.event();
        let place = self.position().map_or(String::new(), |position| format!(" #{position}"));
        let reference = event.reference.as_ref().map_or(String::new(), |at| format!(" ref={at:?}"));
        format!(
            "<Event{place} {} {} vtid={} source={}{reference} ts={} id={}>",
            event.title,
            event.status,
            self.vtid(),
            event.source,
            event.ts,
            event.id
        )
    }

    /// For pickle and copy: it is its JSON.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        Ok((slf.get_type().getattr("from_json")?, (slf.get().to_json()?,)))
    }
}

/// The events in a list of Python's.
pub(crate) fn owned(events: &[Bound<'_, Event>]) -> Vec<oasis_core::Event> {
    events.iter().map(|event| event.get().event().clone()).collect()
}

/// Makes a list of Python's.
pub(crate) fn list(py: Python<'_>, rows: Vec<Recorded>) -> PyResult<Vec<Py<Event>>> {
    rows.into_iter().map(|row| Py::new(py, Event::from(row))).collect()
}

/// The members of a mapping as JSON, or the JSON itself.
pub(crate) fn members(object: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    match object.extract::<Text>() {
        Ok(text) => Ok(text.as_bytes().to_vec()),
        Err(_) => {
            let dict = PyDict::new(object.py());
            dict.call_method1("update", (object,))?;
            json::dumps(&dict).map(String::into_bytes)
        }
    }
}
