//! Agents: their heartbeats, and who of them is there.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use oasis_core::verify::VerifiedClient;
use oasis_core::{
    AgentState, Event, Meta, Position, Presence, PresenceStore, Status, Timestamp, UNSET, Vtid,
};
use serde::Serialize;
use tokio::time::{MissedTickBehavior, interval};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use crate::brought::Brought;
use crate::clock;
use crate::metrics::{Delivery, Door};
#[cfg(feature = "openapi")]
use crate::openapi::schemas;
use crate::params::Params;
use crate::problem::{FieldError, Problem};
use crate::state::Shared;

/// How often it is looked whether an agent has gone.
const LOOK: Duration = Duration::from_secs(2);

/// Of how many that have gone is told in one commit: thousands may go at once, with a network.
const TOLD_AT_ONCE: usize = 100;

/// What the handlers work with.
#[derive(Clone)]
pub(crate) struct AgentsState {
    pub(crate) shared: Shared,
    pub(crate) presence: Arc<dyn PresenceStore>,
}

/// The answer to a heartbeat.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Beaten {
    ok: bool,
    agent: String,
    #[cfg_attr(feature = "openapi", schema(value_type = schemas::AgentState))]
    state: AgentState,
    /// Its event in the ledger; null where this minute has one that says the same, and for a last
    /// heartbeat of who is offline already.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>, minimum = 1, required = true))]
    position: Option<Position>,
}

/// Takes a heartbeat. What it comes to is in the ledger before it is noted that the agent was
/// seen, so one that failed half-way is done again by the next.
pub(crate) async fn heartbeat(
    State(state): State<AgentsState>,
    params: Params,
    Brought { headers, body }: Brought,
) -> Result<Json<Beaten>, Problem> {
    params.finish()?;
    let mut note = Delivery::by(Door::heartbeat);
    let done = take(&state, &headers, body, &mut note).await;
    state.shared.metrics.count(&note, done)
}

async fn take(
    state: &AgentsState,
    headers: &HeaderMap,
    body: Body,
    note: &mut Delivery,
) -> Result<Json<Beaten>, Problem> {
    let shared = &state.shared;
    let client = shared.rights.get().writers.admit(headers).ok_or_else(Problem::no_ingest_token)?;
    note.is(Some("heartbeat"));
    let body = shared.budget.read(Door::heartbeat, headers, body).await?;
    let arrival = clock::arrival()?;
    let beat = shared.ingestor.normalizer().heartbeat(&body.bytes, arrival);
    let beat = beat.map_err(|error| Problem::invalid(vec![FieldError::new(0, &error)]))?;

    let before = state.presence.agent(&beat.agent).await?;
    let normalizer = shared.ingestor.normalizer();
    let turned = Presence::turned_by(&beat, before.as_ref(), normalizer, clock::arrival()?);
    let mut events: Vec<Event> = turned.into_iter().collect();
    events.extend(Presence::recorded(&beat, before.as_ref()));
    let position = match events.is_empty() {
        true => None,
        false => {
            let appended = shared.ingestor.append(client, events).await?;
            shared.sources.note_all(appended.iter().map(|row| &row.recorded));
            appended.last().map(|last| last.recorded.position)
        }
    };
    let presence = Presence::of(&beat);
    let now = presence.state(arrival.at());
    state.presence.note(presence).await?;
    Ok(Json(Beaten { ok: true, agent: beat.agent, state: now, position }))
}

/// An agent in the list.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Agent {
    agent: String,
    role: String,
    #[cfg_attr(feature = "openapi", schema(value_type = schemas::AgentState))]
    state: AgentState,
    vtid: String,
    #[cfg_attr(feature = "openapi", schema(value_type = schemas::Status))]
    status: Status,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    last_seen: Timestamp,
    interval_seconds: u64,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    meta: Meta,
}

/// The agents that were ever seen, by name.
pub(crate) async fn list(
    State(state): State<AgentsState>,
    params: Params,
) -> Result<Json<Vec<Agent>>, Problem> {
    params.finish()?;
    let now = clock::now();
    let agents = state.presence.agents().await?.into_iter().map(|presence| Agent {
        state: presence.state(now),
        vtid: presence.vtid.as_ref().map_or(UNSET, Vtid::as_str).to_owned(),
        status: presence.status,
        last_seen: presence.seen,
        interval_seconds: presence.interval.as_secs(),
        agent: presence.agent,
        role: presence.role,
        meta: presence.meta,
    });
    Ok(Json(agents.collect()))
}

/// Writes into the ledger that an agent has gone, until the host stops. Each replica does so; the
/// event's delivery id makes it one row.
pub(crate) async fn watch(shared: Shared, presence: Arc<dyn PresenceStore>) {
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Of each agent, when it was last seen before it was told that it has gone.
    let mut told: HashMap<String, Timestamp> = HashMap::new();
    loop {
        tokio::select! {
            () = shared.stop.cancelled() => return,
            _ = look.tick() => {}
        }
        if let Err(problem) = tell_gone(&shared, &*presence, &mut told).await {
            tracing::warn!(?problem, "it can't be told just now which agents have gone");
        }
    }
}

async fn tell_gone(
    shared: &Shared,
    presence: &dyn PresenceStore,
    told: &mut HashMap<String, Timestamp>,
) -> Result<(), Problem> {
    let now = clock::now();
    let mut gone = presence.agents().await?;
    // Who signed off was told of then.
    gone.retain(|agent| {
        let gone = agent.state(now) == AgentState::Offline && !agent.has_signed_off();
        gone && told.get(&agent.agent) != Some(&agent.seen)
    });
    for crew in gone.chunks(TOLD_AT_ONCE) {
        let mut events = Vec::with_capacity(crew.len());
        for agent in crew {
            let normalizer = shared.ingestor.normalizer();
            events.push(agent.turned(AgentState::Offline, normalizer, clock::arrival()?));
        }
        // The gateway itself says so; there is no request whose token could be checked.
        let gateway = VerifiedClient::after_token_check();
        shared.ingestor.append(gateway, events).await?;
        told.extend(crew.iter().map(|agent| (agent.agent.clone(), agent.seen)));
    }
    Ok(())
}
