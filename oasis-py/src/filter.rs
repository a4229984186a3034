//! Which events are meant, as keywords.

use oasis_core::{EventFilter, UNSET};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::{errors, moment};

/// The filter that keywords make; `None` is as good as not said.
pub(crate) fn of(keywords: &Bound<'_, PyDict>) -> PyResult<EventFilter> {
    let mut filter = EventFilter::default();
    for (name, value) in keywords {
        let name: String = name.extract()?;
        if value.is_none() {
            continue;
        }
        let text = || -> PyResult<String> {
            value.extract().map_err(|_| PyTypeError::new_err(format!("`{name}` must be a str")))
        };
        match name.as_str() {
            "vtid" => {
                filter.vtid =
                    Some(match text()?.as_str() {
                        UNSET => None,
                        id => Some(id.to_ascii_uppercase().parse().map_err(|error| {
                            errors::payload("vtid", format!("a task id: {error}"))
                        })?),
                    });
            }
            "layer" => filter.layer = Some(text()?),
            "module" => filter.module = Some(text()?),
            "source" => filter.source = Some(text()?),
            "kind" => filter.kind = Some(text()?),
            "status" => {
                let word = text()?;
                let status = word.parse();
                filter.status = Some(
                    status.map_err(|error| errors::payload("status", format!("known: {error}")))?,
                );
            }
            "since" => filter.since = Some(moment::from_python("since", &value)?),
            "until" => filter.until = Some(moment::from_python("until", &value)?),
            "text" => filter.text = Some(text()?),
            _ => {
                return Err(PyTypeError::new_err(format!("there is no filter called {name:?}")));
            }
        }
    }
    Ok(filter)
}
