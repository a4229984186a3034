//! What is asked of the ledger.

use oasis_core::{
    EventFilter, EventId, Page, Position, Query, Recorded, StoreError, StoreErrorKind,
};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use super::moment::Moment;
use super::select;
use super::session::Session;
use crate::error::while_doing;
use crate::row::{Row, position};

const READING: &str = "the ledger can't be read";

/// A page of the events that match.
pub(super) async fn page(session: &Session, query: &Query) -> Result<Page, StoreError> {
    let rows = session.rows(select::page(query)).await.map_err(while_doing(READING))?;
    let events = rows.iter().map(decode).collect::<Result<_, _>>()?;
    Ok(query.page(events))
}

/// How many events match.
pub(super) async fn count(session: &Session, filter: &EventFilter) -> Result<u64, StoreError> {
    let rows = session.rows(select::count(filter)).await.map_err(while_doing(READING))?;
    Ok(scalar(&rows)?.unwrap_or(0).unsigned_abs())
}

/// The event with this id.
pub(super) async fn by_id(session: &Session, id: EventId) -> Result<Option<Recorded>, StoreError> {
    let rows = session.rows(select::by_id(id)).await.map_err(while_doing(READING))?;
    rows.first().map(decode).transpose()
}

/// The events at these positions.
pub(super) async fn at(
    session: &Session,
    positions: Vec<i64>,
) -> Result<Vec<Recorded>, StoreError> {
    if positions.is_empty() {
        return Ok(Vec::new());
    }
    let rows = session.rows(select::at(positions)).await.map_err(while_doing(READING))?;
    rows.iter().map(decode).collect()
}

/// The position of the newest event.
pub(super) async fn head(session: &Session) -> Result<Option<Position>, StoreError> {
    let rows = session.rows(select::head()).await.map_err(while_doing(READING))?;
    scalar(&rows)?.map(position).transpose()
}

/// The number that the first row has.
fn scalar(rows: &[PgRow]) -> Result<Option<i64>, StoreError> {
    let nothing = StoreError::new(StoreErrorKind::Corrupt, "the database answered with no row");
    rows.first().ok_or(nothing)?.try_get(0).map_err(while_doing(READING))
}

fn decode(row: &PgRow) -> Result<Recorded, StoreError> {
    let moment = |column| row.try_get::<Moment, _>(column).map(|moment| moment.0);
    let columns = || {
        Ok(Row {
            position: row.try_get(0)?,
            id: EventId::from_bytes(row.try_get::<Uuid, _>(1)?.into_bytes()),
            created_at: moment(2)?,
            occurred_at: moment(3)?,
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
