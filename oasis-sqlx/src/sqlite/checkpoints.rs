//! How far sources were read.

use oasis_core::{StoreError, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{QueryBuilder, Row as _, Sqlite};

use crate::checkpoint_row::{INSERT, KEEP_LATER, NOTING, READING, SELECT};
use crate::error::while_doing;

/// Notes how far a source was read.
pub(super) async fn reached(
    connection: &mut SqliteConnection,
    source: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let mut upsert: QueryBuilder<Sqlite> = QueryBuilder::new(INSERT);
    upsert.separated(", ").push_bind(source).push_bind(at.unix_millis());
    upsert.push(KEEP_LATER);
    upsert.build().execute(connection).await.map_err(while_doing(NOTING)).map(drop)
}

/// How far a source was read.
pub(super) async fn by_source(
    pool: &SqlitePool,
    source: &str,
) -> Result<Option<Timestamp>, StoreError> {
    let mut select: QueryBuilder<Sqlite> = QueryBuilder::new(SELECT);
    select.push_bind(source);
    let row = select.build().fetch_optional(pool).await.map_err(while_doing(READING))?;
    let millis = row.map(|row| row.try_get(0)).transpose().map_err(while_doing(READING))?;
    Ok(millis.map(Timestamp::from_unix_millis))
}
