//! Who of the agents is there.

use oasis_core::{Presence, StoreError};
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row as _};

use super::moment::Moment;
use super::session::Session;
use crate::agent_row::{AgentRow, COLUMNS, KEEP_LATER, interval_seconds, meta};
use crate::error::while_doing;
use crate::row::vtid_text;

const NOTING: &str = "the agent's heartbeat can't be noted";
const READING: &str = "the agents can't be read";

/// Notes that an agent was seen.
pub(super) async fn note(session: &Session, presence: &Presence) -> Result<(), StoreError> {
    // Neither of the two can hold a NUL here.
    let shown = |text: &str| text.replace('\0', "\u{fffd}");
    let mut upsert: QueryBuilder<Postgres> =
        QueryBuilder::new(format!("INSERT INTO oasis_agents ({COLUMNS}) VALUES ("));
    let mut values = upsert.separated(", ");
    values
        .push_bind(shown(&presence.agent))
        .push_bind(shown(&presence.role))
        .push_bind(vtid_text(presence.vtid.as_ref()).to_owned())
        .push_bind(presence.status.as_str())
        .push_bind(interval_seconds(presence))
        .push_bind(Moment(presence.seen))
        .push_bind(meta(presence)?);
    upsert.push(")").push(KEEP_LATER);
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
