//! Payloads to events.

use std::sync::LazyLock;

use oasis_core::Normalizer;
use oasis_core::verify::{GcpHeaders, GithubHeaders, danger};
use pyo3::prelude::*;

use crate::arrival::arrival;
use crate::body::Body;
use crate::errors;
use crate::event::{self, Event};
use crate::gil;
use crate::headers::Headers;
use crate::text::Text;

// Compiled of constants, so it makes no difference who builds it first.
static NORMALIZER: LazyLock<Normalizer> = LazyLock::new(Normalizer::default);

/// Stands where a delivery has no id: the core wants one, and the event then has none.
const NO_DELIVERY: &[u8] = b"-";

/// The event that a GitHub delivery becomes; its body is trusted as it is.
#[pyfunction]
#[pyo3(signature = (event, body, delivery_id = None, headers = None))]
pub(crate) fn normalize_github(
    py: Python<'_>,
    event: Text,
    body: Body,
    delivery_id: Option<Text>,
    headers: Option<Headers>,
) -> PyResult<Event> {
    let headers = headers.unwrap_or_default();
    let given = delivery_id.as_ref().map(Text::as_bytes);
    let id = given.or_else(|| headers.first("X-GitHub-Delivery"));
    errors::guarded(|| {
        let read = read_unsigned(&event, id.unwrap_or(NO_DELIVERY), &headers)
            .map_err(|refused| errors::refused(&refused))?;
        let trusted = danger::trust_github_delivery(&read, &body);
        let mut event = gil::without(py, body.len(), || {
            arrival().map(|arrival| NORMALIZER.github(&trusted, arrival))
        })?;
        if id.is_none() {
            event.delivery_id = None;
        }
        Ok(event.into())
    })
}

/// What the headers say of the body; the signature has no part in it.
fn read_unsigned<'a>(
    event: &'a Text,
    id: &'a [u8],
    headers: &'a Headers,
) -> Result<GithubHeaders<'a>, oasis_core::verify::Refused> {
    const UNSIGNED: &[u8] =
        b"sha256=0000000000000000000000000000000000000000000000000000000000000000";
    let of_the_body = |(name, _): &(&str, &[u8])| {
        name.eq_ignore_ascii_case("Content-Type") || name.eq_ignore_ascii_case("Content-Encoding")
    };
    let named = [
        ("X-GitHub-Event", event.as_bytes()),
        ("X-GitHub-Delivery", id),
        ("X-Hub-Signature-256", UNSIGNED),
    ];
    GithubHeaders::read(named.into_iter().chain(headers.iter().filter(of_the_body)))
}

/// The event that a delivery of Pub/Sub's or Eventarc's becomes; its body is trusted as it is.
#[pyfunction]
#[pyo3(signature = (body, headers = None))]
pub(crate) fn normalize_gcp(
    py: Python<'_>,
    body: Body,
    headers: Option<Headers>,
) -> PyResult<Event> {
    let headers = headers.unwrap_or_default();
    errors::guarded(|| {
        let read = GcpHeaders::read(headers.iter()).map_err(|refused| errors::refused(&refused))?;
        let trusted = danger::trust_gcp(&read, &body);
        let event = gil::without(py, body.len(), || {
            arrival().map(|arrival| NORMALIZER.gcp(&trusted, arrival))
        });
        Ok(event?.into())
    })
}

/// The event that a JSON object tells of, in any shape that the gateway's ingest reads.
#[pyfunction]
pub(crate) fn normalize_event(py: Python<'_>, members: &Bound<'_, PyAny>) -> PyResult<Event> {
    let body = event::members(members)?;
    let arrival = arrival()?;
    errors::guarded(|| {
        let event = gil::without(py, body.len(), || NORMALIZER.ingest(&body, arrival));
        event.map(Event::from).map_err(|error| errors::submitted(&error))
    })
}
