//! What is asked of the ledger.

use oasis_core::{EventFilter, EventId, Page, Position, Query, Recorded, StoreError, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use super::select;
use crate::error::while_doing;
use crate::row::{Row, corrupt, position};

const READING: &str = "the ledger can't be read";

/// A page of the events that match.
pub(super) async fn page(pool: &SqlitePool, query: &Query) -> Result<Page, StoreError> {
    let rows = select::page(query).build().fetch_all(pool).await.map_err(while_doing(READING))?;
    let events = rows.iter().map(decode).collect::<Result<_, _>>()?;
    Ok(query.page(events))
}

/// How many events match.
pub(super) async fn count(pool: &SqlitePool, filter: &EventFilter) -> Result<u64, StoreError> {
    let count: i64 = select::count(filter)
        .build_query_scalar()
        .fetch_one(pool)
        .await
        .map_err(while_doing(READING))?;
    Ok(count.unsigned_abs())
}

/// The event with this id.
pub(super) async fn by_id<'e, E>(executor: E, id: EventId) -> Result<Option<Recorded>, StoreError>
where
    E: sqlx::Executor<'e, Database = sqlx::Sqlite>,
{
    let mut select = select::by_id(id);
    let row = select.build().fetch_optional(executor).await.map_err(while_doing(READING))?;
    row.as_ref().map(decode).transpose()
}

/// The position of the newest event.
pub(super) async fn head<'e, E>(executor: E) -> Result<Option<Position>, StoreError>
where
    E: sqlx::Executor<'e, Database = sqlx::Sqlite>,
{
    let head: Option<i64> =
        sqlx::query_scalar(select::HEAD).fetch_one(executor).await.map_err(while_doing(READING))?;
    head.map(position).transpose()
}

/// The event of a row that has the [columns](crate::row::COLUMNS) in their order.
pub(super) fn decode(row: &SqliteRow) -> Result<Recorded, StoreError> {
    let id: &str = row.try_get(1).map_err(while_doing(READING))?;
    let id = id.parse().map_err(corrupt("id"))?;
    let columns = || {
        Ok(Row {
            position: row.try_get(0)?,
            id,
            created_at: Timestamp::from_unix_millis(row.try_get(2)?),
            occurred_at: Timestamp::from_unix_millis(row.try_get(3)?),
            vtid: row.try_get(4)?,
            layer: row.try_get(5)?,
            module: row.try_get(6)?,
            source: row.try_get(7)?,
            kind: row.try_get(8)?,
            status: row.try_get(9)?,
            title: row.try_get(10)?,
            reference: row.try_get(11)?,
            link: row.try_get(12)?,
            meta: row.try_get(13)?,
            delivery_id: row.try_get(14)?,
        })
    };
    columns().map_err(while_doing(READING))?.into_recorded()
}
