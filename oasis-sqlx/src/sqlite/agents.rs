//! Who of the agents is there.

use oasis_core::{Presence, StoreError, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqlitePool, SqliteRow};
use sqlx::{Connection, QueryBuilder, Row as _, Sqlite};

use super::write::in_statements;
use crate::agent_row::{AgentRow, COLUMNS, KEEP_LATER, interval_seconds, meta};
use crate::error::while_doing;
use crate::row::vtid_text;

const NOTING: &str = "the agent's heartbeat can't be noted";
const READING: &str = "the agents can't be read";

/// Notes that each of these agents was seen, all of them or none.
pub(super) async fn note_each(
    connection: &mut SqliteConnection,
    agents: &[&Presence],
) -> Result<(), StoreError> {
    let begun = connection.begin_with("BEGIN IMMEDIATE").await;
    let mut transaction = begun.map_err(while_doing(NOTING))?;
    for agents in in_statements(agents) {
        note(&mut transaction, agents).await?;
    }
    transaction.commit().await.map_err(while_doing(NOTING))
}

/// One that is in it twice is noted twice, in this order.
async fn note(connection: &mut SqliteConnection, agents: &[&Presence]) -> Result<(), StoreError> {
    let metas = agents.iter().map(|presence| meta(presence)).collect::<Result<Vec<_>, _>>()?;
    let mut upsert: QueryBuilder<Sqlite> =
        QueryBuilder::new(format!("INSERT INTO oasis_agents ({COLUMNS}) "));
    upsert.push_values(agents.iter().zip(metas), |mut values, (presence, meta)| {
        values
            .push_bind(&presence.agent)
            .push_bind(&presence.role)
            .push_bind(vtid_text(presence.vtid.as_ref()))
            .push_bind(presence.status.as_str())
            .push_bind(interval_seconds(presence))
            .push_bind(presence.seen.unix_millis())
            .push_bind(meta);
    });
    upsert.push(KEEP_LATER);
    upsert.build().execute(connection).await.map_err(while_doing(NOTING)).map(drop)
}

/// The one with this name.
pub(super) async fn by_name(pool: &SqlitePool, name: &str) -> Result<Option<Presence>, StoreError> {
    let mut select: QueryBuilder<Sqlite> =
        QueryBuilder::new(format!("SELECT {COLUMNS} FROM oasis_agents WHERE agent = "));
    select.push_bind(name);
    let row = select.build().fetch_optional(pool).await.map_err(while_doing(READING))?;
    row.as_ref().map(decode).transpose()
}

/// All of them, by name.
pub(super) async fn all(pool: &SqlitePool) -> Result<Vec<Presence>, StoreError> {
    let mut select: QueryBuilder<Sqlite> =
        QueryBuilder::new(format!("SELECT {COLUMNS} FROM oasis_agents ORDER BY agent"));
    let rows = select.build().fetch_all(pool).await.map_err(while_doing(READING))?;
    rows.iter().map(decode).collect()
}

fn decode(row: &SqliteRow) -> Result<Presence, StoreError> {
    let columns = || {
        Ok(AgentRow {
            agent: row.try_get(0)?,
            role: row.try_get(1)?,
            vtid: row.try_get(2)?,
            status: row.try_get(3)?,
            interval_seconds: row.try_get(4)?,
            seen_at: Timestamp::from_unix_millis(row.try_get(5)?),
            meta: row.try_get(6)?,
        })
    };
    columns().map_err(while_doing(READING))?.into_presence()
}
