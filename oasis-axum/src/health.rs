//! Health: what was seen just now, never what is hoped.

use axum::Json;
use axum::extract::State;
use oasis_core::{Position, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::problem::Problem;
use crate::state::Shared;

#[derive(Serialize, ToSchema)]
pub(crate) struct Live {
    ok: bool,
    #[schema(value_type = String, format = DateTime)]
    ts: Timestamp,
}

/// The process answers.
pub(crate) async fn live() -> Json<Live> {
    Json(Live { ok: true, ts: clock::now() })
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    ok: bool,
    #[schema(value_type = String, format = DateTime)]
    ts: Timestamp,
    /// The newest position that the ledger just told; null while it is empty.
    #[schema(value_type = Option<u64>, minimum = 1, required = true)]
    position: Option<Position>,
}

/// The ledger answers: it was asked for its newest position just now.
pub(crate) async fn ready(State(shared): State<Shared>) -> Result<Json<Ready>, Problem> {
    let position = shared.store.head().await?;
    Ok(Json(Ready { ok: true, ts: clock::now(), position }))
}
