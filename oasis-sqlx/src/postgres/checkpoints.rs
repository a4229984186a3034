//! How far sources were read.

use oasis_core::{StoreError, Timestamp};
use sqlx::{Postgres, QueryBuilder, Row as _};

use super::moment::Moment;
use super::session::Session;
use crate::checkpoint_row::{INSERT, KEEP_LATER, NOTING, READING, SELECT};
use crate::error::while_doing;

/// Notes how far a source was read.
pub(super) async fn reached(
    session: &Session,
    source: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let mut upsert: QueryBuilder<Postgres> = QueryBuilder::new(INSERT);
    upsert.separated(", ").push_bind(source.to_owned()).push_bind(Moment(at));
    upsert.push(KEEP_LATER);
    session.rows(upsert).await.map_err(while_doing(NOTING)).map(drop)
}

/// How far a source was read.
pub(super) async fn by_source(
    session: &Session,
    source: &str,
) -> Result<Option<Timestamp>, StoreError> {
    let mut select: QueryBuilder<Postgres> = QueryBuilder::new(SELECT);
    select.push_bind(source.to_owned());
    let rows = session.rows(select).await.map_err(while_doing(READING))?;
    let moment = rows.first().map(|row| row.try_get::<Moment, _>(0)).transpose();
    Ok(moment.map_err(while_doing(READING))?.map(|moment| moment.0))
}
