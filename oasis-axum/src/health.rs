//! Health: what was seen just now, never what is hoped.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use oasis_core::{Position, StoreError, StoreErrorKind, Timestamp};
use serde::Serialize;
use tokio::time::{Instant, timeout};
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use crate::clock;
use crate::dependencies::Dependency;
use crate::problem::Problem;
use crate::state::{Parts, Shared};

/// How long the ledger may take to answer; who probes waits a second or two.
const PATIENCE: Duration = Duration::from_millis(750);

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Live {
    ok: bool,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    ts: Timestamp,
}

/// The process answers.
pub(crate) async fn live() -> Json<Live> {
    Json(Live { ok: true, ts: clock::now() })
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Ready {
    /// Deliveries are taken.
    ok: bool,
    /// Something is wrong all the same.
    degraded: bool,
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    ts: Timestamp,
    /// The newest position that the ledger just told, null while it is empty; for those who may
    /// read, and absent while the ledger is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>, minimum = 1, required = false))]
    position: Option<Option<Position>>,
    dependencies: Vec<Dependency>,
}

/// Whether deliveries are taken, and how each thing stands that this process depends on. Who may not
/// read learns which of them is well and no more.
pub(crate) async fn ready(
    State(shared): State<Shared>,
    headers: HeaderMap,
) -> Result<Json<Ready>, Problem> {
    let may_read = shared.rights.get().readers.admit(&headers, clock::now());
    let Seen { takes, position, dependencies } = look(&shared).await;
    let degraded = dependencies.iter().any(|dependency| !dependency.ok);
    let shown = |dependency: Dependency| match may_read {
        true => dependency,
        false => dependency.for_strangers(),
    };
    let dependencies = dependencies.into_iter().map(shown).collect();
    if !takes {
        return Err(Problem::not_ready(dependencies));
    }
    let position = position.filter(|_| may_read);
    Ok(Json(Ready { ok: true, degraded, ts: clock::now(), position, dependencies }))
}

/// What was seen of all of it.
struct Seen {
    takes: bool,
    /// `None` while the ledger is away.
    position: Option<Option<Position>>,
    dependencies: Vec<Dependency>,
}

async fn look(shared: &Parts) -> Seen {
    let asked = Instant::now();
    let head = shared.ledger_head().await;
    let took = asked.elapsed().as_millis();
    let ledger = match &head {
        Ok(_) => format!("it told its newest position within {took} ms"),
        Err(error) => format!("{error}; asked {took} ms ago"),
    };
    let mut takes = head.is_ok();
    let mut dependencies = vec![Dependency::seen("ledger", takes, clock::now(), ledger)];
    if let Some(spool) = shared.intake.spool() {
        let standing = spool.standing();
        let has_place = standing.bytes < standing.max_bytes;
        let detail = format!(
            "{} events wait in {} of {} bytes; {} were rejected",
            standing.events, standing.bytes, standing.max_bytes, standing.rejected
        );
        dependencies.push(Dependency::seen("spool", has_place, clock::now(), detail));
        takes |= has_place;
    }
    if shared.sources.are_expected() {
        shared.follow().await;
        for heard in shared.sources.heard(clock::now()) {
            let name = format!("source {}", heard.expected.source);
            let within = heard.expected.within;
            let dependency = match heard.newest {
                Some(at) => {
                    let detail = format!("its newest event; one within {within:?} is expected");
                    Dependency::seen(name, !heard.silent, at, detail)
                }
                None => {
                    Dependency::new(name, false, format!("it brought nothing within {within:?}"))
                }
            };
            dependencies.push(dependency);
            takes &= !heard.silent;
        }
    }
    dependencies.extend(shared.evidence().iter().map(|evidence| evidence.dependency()));
    Seen { takes, position: head.ok(), dependencies }
}

impl Parts {
    /// The ledger's newest position, if it tells it soon.
    pub(crate) async fn ledger_head(&self) -> Result<Option<Position>, StoreError> {
        let late = StoreError::new(StoreErrorKind::Unavailable, "the ledger did not answer");
        timeout(PATIENCE, self.store.head()).await.unwrap_or(Err(late))
    }

    /// Has the ledger followed from now on, if it wasn't and can be.
    pub(crate) async fn follow(&self) {
        if let Ok(Err(error)) = timeout(PATIENCE, self.follower.start()).await {
            tracing::debug!(%error, "the ledger can't be followed yet");
        }
    }
}
