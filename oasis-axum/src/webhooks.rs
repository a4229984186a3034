//! `POST /webhooks/github`.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use oasis_core::verify::GithubHeaders;
use oasis_core::{Appended, EventId, Position, Title, UNSET, Vtid};
use serde::Serialize;

use crate::clock;
use crate::problem::Problem;
use crate::state::Shared;

/// The largest body that GitHub sends, in bytes:
/// <https://docs.github.com/webhooks/webhook-events-and-payloads#payload-cap>.
const MAX_BODY: usize = 25 * 1024 * 1024;

/// Takes a delivery. The answer is 200 only after its row is durable.
pub(crate) async fn github(
    State(shared): State<Shared>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Receipt>, Problem> {
    // What the headers tell is settled before a byte of the body is read.
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let delivery = GithubHeaders::read(pairs)?;
    let body = read_body(&headers, body).await?;
    let appended = shared.ingestor.github(&delivery, &body, clock::arrival()?).await?;
    tracing::debug!(
        position = %appended.recorded.position,
        duplicate = appended.duplicate,
        kind = delivery.event(),
        delivery = delivery.delivery_id(),
        "stored"
    );
    Ok(Json(Receipt::of(appended)))
}

/// The whole body, bounded whether or not its length was announced.
async fn read_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    if announced.and_then(|length| length.parse::<u64>().ok()).is_some_and(|n| n > MAX_BODY as u64)
    {
        return Err(Problem::too_large(MAX_BODY));
    }
    match Limited::new(body, MAX_BODY).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::too_large(MAX_BODY)),
        Err(_) => Err(Problem::malformed("the body ended before it was whole")),
    }
}

/// The answer to a delivery that is in the ledger.
#[derive(Serialize)]
pub(crate) struct Receipt {
    ok: bool,
    id: EventId,
    position: Position,
    vtid: String,
    title: Title,
    duplicate: bool,
}

impl Receipt {
    fn of(appended: Appended) -> Self {
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
