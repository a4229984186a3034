//! Who of the agents is there.

use oasis_core::{Presence, StoreError};
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row as _};

use super::moment::Moment;
use super::session::Session;
use crate::agent_row::{AgentRow, COLUMNS};
use crate::error::while_doing;
use crate::row::{corrupt, vtid_text};

const NOTING: &str = "the agent's heartbeat can't be noted";
const READING: &str = "the agents can't be read";

/// Notes that an agent was seen.
pub(super) async fn note(session: &Session, presence: &Presence) -> Result<(), StoreError> {
    // Neither of the two can hold a NUL here.
    let shown = |text: &str| text.replace('\0', "\u{fffd}");
    let meta = serde_json::to_string(&presence.meta).map_err(corrupt("meta"))?;
    let seconds = i64::try_from(presence.interval.as_secs().max(1)).unwrap_or(i64::MAX);
    let mut upsert: QueryBuilder<Postgres> =
        QueryBuilder::new(format!("INSERT INTO oasis_agents ({COLUMNS}) VALUES ("));
    let mut values = upsert.separated(", ");
    values
        .push_bind(shown(&presence.agent))
        .push_bind(shown(&presence.role))
        .push_bind(vtid_text(presence.vtid.as_ref()).to_owned())
        .push_bind(presence.status.as_str())
        .push_bind(seconds)
        .push_bind(Moment(presence.seen))
        .push_bind(meta);
    upsert.push(
        ") ON CONFLICT (agent) DO UPDATE SET role = excluded.role, vtid = excluded.vtid, \
         status = excluded.status, interval_seconds = excluded.interval_seconds, \
         seen_at = excluded.seen_at, meta = excluded.meta \
         WHERE excluded.seen_at >= oasis_agents.seen_at",
    );
    session.rows(upsert).await.map_err(while_doing(NOTING)).map(drop)
}

/// The one with this name.
pub(super) async fn by_name(session: &Session, name: &str) -> Result<Option<Presence>, StoreError> {
    let mut select: QueryBuilder<Postgres> =
        QueryBuilder::new(format!("SELECT {COLUMNS} FROM oasis_agents WHERE agent = "));
    select.push_bind(name.replace('\0', "\u{fffd}"));
    let rows = session.rows(select).await.map_err(while_doing(READING))?;
    rows.first().map(decode).transpose()
}

/// All of them, by name.
pub(super) async fn all(session: &Session) -> Result<Vec<Presence>, StoreError> {
    let select: QueryBuilder<Postgres> = QueryBuilder::new(format!(
        "SELECT {COLUMNS} FROM oasis_agents ORDER BY agent COLLATE \"C\""
    ));
    let rows = session.rows(select).await.map_err(while_doing(READING))?;
    rows.iter().map(decode).collect()
}

fn decode(row: &PgRow) -> Result<Presence, StoreError> {
    let columns = || {
        Ok(AgentRow {
            agent: row.try_get(0)?,
            role: row.try_get(1)?,
            vtid: row.try_get(2)?,
            status: row.try_get(3)?,
            interval_seconds: row.try_get(4)?,
            seen_at: row.try_get::<Moment, _>(5)?.0,
            meta: row.try_get(6)?,
        })
    };
    columns().map_err(while_doing(READING))?.into_presence()
}
