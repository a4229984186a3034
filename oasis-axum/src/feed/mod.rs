//! `GET /api/v1/devhub/feed`: the ledger, live, as Server-Sent Events.
//!
//! One task follows the ledger for the whole process and encodes each event once. A client is a
//! position: it takes what it lacks from what is kept in memory or, further back, from the ledger,
//! so a slow one costs no memory and none can miss or repeat an event.

mod follower;
mod frame;
#[cfg(test)]
mod frame_test;
mod pages;
#[cfg(test)]
mod pages_test;
mod viewer;
mod write;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use oasis_core::Position;

use crate::auth::Reading;
use crate::clock;
use crate::params::{Params, invalid};
use crate::problem::Problem;
use crate::state::Shared;

pub(crate) use follower::Follower;
pub(crate) use pages::Pages;
use viewer::{Start, Viewer};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Opens the feed: `connected`, then the last 20 events or all after the client's last id, then
/// each new one.
pub(crate) async fn feed(
    State(shared): State<Shared>,
    Extension(reading): Extension<Reading>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, Problem> {
    let filter = params.filter()?;
    let start = start(&headers, &mut params)?;
    params.finish()?;
    let age = reading.left(clock::now()).min(shared.budget.feed_age());
    let viewer = Viewer::open(shared, filter, start, age, reading.withdrawn).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        // nginx and those that follow it would hold the stream back otherwise.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(viewer.into_stream())).into_response())
}

/// Where the client wants to start. The header counts before the parameter: a browser sends it
/// when it comes back, and the address it comes back to still holds the older parameter.
fn start(headers: &HeaderMap, params: &mut Params) -> Result<Start, Problem> {
    const NAME: &str = "last_event_id";
    let position = |id: &str| {
        let number = id.parse::<u64>();
        number.map_err(|_| invalid(NAME, &"not a position, which is a number"))
    };
    // Both are read, so that a wrong one is never passed over.
    let parameter = params.take(NAME).as_deref().map(position).transpose()?;
    let header = headers.get(LAST_EVENT_ID);
    let header = header.map(|value| position(value.to_str().unwrap_or_default())).transpose()?;
    Ok(header.or(parameter).map_or(Start::Newest, |number| Start::After(Position::new(number))))
}
