//! `POST /webhooks/github`.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use oasis_core::verify::GithubHeaders;
use oasis_core::{Appended, EventId, Position, Title, UNSET, Vtid};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::metrics::Door;
use crate::problem::Problem;
use crate::state::{Parts, Shared};

/// Takes a delivery. The answer is 200 only after its row is durable.
pub(crate) async fn github(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Receipt>, Problem> {
    shared.metrics.track(Door::github, take(&shared, &headers, body)).await
}

async fn take(shared: &Parts, headers: &HeaderMap, body: Body) -> Result<Json<Receipt>, Problem> {
    // What the headers tell is settled before a byte of the body is read.
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let delivery = GithubHeaders::read(pairs)?;
    let body = shared.budget.read(headers, body).await?;
    let appended = shared.ingestor.github(&delivery, &body.bytes, clock::arrival()?).await?;
    tracing::debug!(
        position = %appended.recorded.position,
        duplicate = appended.duplicate,
        kind = delivery.event(),
        delivery = delivery.delivery_id(),
        "stored"
    );
    Ok(Json(Receipt::of(appended)))
}

/// The answer to a delivery that is in the ledger.
#[derive(Serialize, ToSchema)]
pub(crate) struct Receipt {
    ok: bool,
    #[schema(value_type = String, format = "uuid")]
    id: EventId,
    #[schema(value_type = u64, minimum = 1)]
    position: Position,
    vtid: String,
    #[schema(value_type = String, pattern = "^[A-Z]+(-[A-Z]+)+$")]
    title: Title,
    duplicate: bool,
}

impl Receipt {
    pub(crate) fn of(appended: Appended) -> Self {
        let event = appended.recorded.event;
        Self {
            ok: true,
            id: event.id,
            position: appended.recorded.position,
            vtid: event.vtid.as_ref().map_or(UNSET, Vtid::as_str).to_owned(),
            title: event.title,
            duplicate: appended.duplicate,
        }
    }
}
