//! `POST /webhooks/github`.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use oasis_core::verify::GithubHeaders;
use oasis_core::{Event, EventId, Position, Recorded, Title, UNSET, Vtid};
use serde::Serialize;
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use crate::brought::Brought;
use crate::clock;
use crate::intake::Taken;
use crate::metrics::{Delivery, Door};
use crate::problem::Problem;
use crate::redelivery;
use crate::state::{Parts, Shared};

/// Takes a delivery. The answer is 200 only after its row is durable, and 202 only after it is
/// durable in the spool.
pub(crate) async fn github(
    State(shared): State<Shared>,
    Brought { headers, body }: Brought,
) -> Result<Receipt, Problem> {
    let mut note = Delivery::by(Door::github);
    let done = take(&shared, &headers, body, &mut note).await;
    shared.metrics.count(&note, done)
}

async fn take(
    shared: &Parts,
    headers: &HeaderMap,
    body: Body,
    note: &mut Delivery,
) -> Result<Receipt, Problem> {
    // What the headers tell is settled before a byte of the body is read.
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let delivery = GithubHeaders::read(pairs)?;
    let body = shared.budget.read(Door::github, headers, body).await?;
    let verified = shared.rights.get().github.verify(&delivery, &body.bytes)?;
    let normalizer = shared.ingestor.normalizer();
    note.is(normalizer.known_github_event(delivery.event()));
    let mut event = normalizer.github(&verified, clock::arrival()?);
    let replay = shared.replays.came_before(delivery.fingerprint(), delivery.delivery_id());
    if replay {
        event.meta.insert("suspected_replay".into(), true.into());
    }
    let taken = shared.intake.take_one(event).await?;
    note.became(std::slice::from_ref(&taken));
    match &taken {
        Taken::Recorded(row) if row.duplicate => {
            let again = normalizer.github(&verified, clock::arrival()?);
            note_conflict(shared, &row.recorded, &again);
        }
        _ if replay => {
            shared.metrics.suspected_replay();
            // No warning: two webhooks of one repository would write it for every delivery.
            tracing::debug!(
                kind = delivery.event(),
                delivery = delivery.delivery_id(),
                "this body came before under another delivery id: recorded and sent again, or two \
                 webhooks of one repository lead here"
            );
        }
        _ => {}
    }
    let receipt = Receipt::of(taken);
    tracing::debug!(
        position = receipt.position.map(Position::get),
        duplicate = receipt.duplicate,
        kind = delivery.event(),
        delivery = delivery.delivery_id(),
        "stored"
    );
    Ok(receipt)
}

/// The first one stays, whatever came under its id later; that they differ is somebody's to look at.
fn note_conflict(shared: &Parts, kept: &Recorded, again: &Event) {
    let differ = redelivery::differences(&kept.event, again);
    if !differ.is_empty() {
        shared.metrics.conflict();
        tracing::warn!(
            position = kept.position.get(),
            delivery = again.delivery_id.as_deref(),
            differ = differ.join(", "),
            "a delivery came again under its id with another content; the first one stays"
        );
    }
}

/// The answer to a delivery that is in the ledger, or in the spool: then it has no position yet,
/// and nobody knows whether the ledger had it before.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Receipt {
    ok: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    spooled: bool,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
    id: EventId,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>, minimum = 1, nullable = false))]
    position: Option<Position>,
    vtid: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[A-Z]+(-[A-Z]+)+$"))]
    title: Title,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate: Option<bool>,
}

impl Receipt {
    pub(crate) fn of(taken: Taken) -> Self {
        let (event, position, duplicate) = match taken {
            Taken::Recorded(appended) => {
                let recorded = appended.recorded;
                (recorded.event, Some(recorded.position), Some(appended.duplicate))
            }
            Taken::Spooled(event) => (event, None, None),
        };
        Self {
            ok: true,
            spooled: position.is_none(),
            id: event.id,
            position,
            vtid: event.vtid.as_ref().map_or(UNSET, Vtid::as_str).to_owned(),
            title: event.title,
            duplicate,
        }
    }

    /// 200 for what is in the ledger, 202 for what will be.
    pub(crate) fn status(&self) -> StatusCode {
        if self.spooled { StatusCode::ACCEPTED } else { StatusCode::OK }
    }
}

impl IntoResponse for Receipt {
    fn into_response(self) -> Response {
        (self.status(), Json(self)).into_response()
    }
}
