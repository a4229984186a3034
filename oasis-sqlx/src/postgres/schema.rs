//! Whether the database has what the promises stand on.

use oasis_core::{StoreError, StoreErrorKind};
use sqlx::{QueryBuilder, Row};

use super::session::Session;
use crate::error::while_doing;

/// What must be there, and what is said when it isn't. A dump that was restored in part keeps its
/// rows and loses these, and all looks well until two events have one place.
const NEEDED: [(&str, &str); 12] = [
    (
        "to_regclass('oasis_events') IS NOT NULL",
        "the ledger's table oasis_events is missing; run its migrations with psql",
    ),
    (
        "EXISTS (SELECT FROM found WHERE columns = '{position}' AND pred IS NULL)",
        "the unique index oasis_events_position is missing; run the ledger's migrations with psql",
    ),
    (
        "EXISTS (SELECT FROM found WHERE columns = '{id}' AND pred IS NULL)",
        "the primary key oasis_events_pkey is missing; add it: PRIMARY KEY (id)",
    ),
    (
        "EXISTS (SELECT FROM found WHERE columns = '{source,delivery_id}' \
         AND coalesce(pred, '(delivery_id IS NOT NULL)') = '(delivery_id IS NOT NULL)')",
        "the unique index oasis_events_delivery is missing; run the ledger's migrations with psql",
    ),
    (
        "to_regclass('oasis_events_vtid') IS NOT NULL",
        "the index oasis_events_vtid is missing; run the ledger's migrations with psql",
    ),
    (
        "to_regclass('oasis_events_status') IS NOT NULL",
        "the index oasis_events_status is missing; run the ledger's migrations with psql",
    ),
    (
        "to_regclass('oasis_head') IS NOT NULL",
        "the ledger's table oasis_head is missing; run its migrations with psql",
    ),
    (
        "to_regclass('oasis_agents') IS NOT NULL",
        "the table oasis_agents is missing; run the ledger's migrations with psql",
    ),
    (
        "to_regclass('oasis_checkpoints') IS NOT NULL",
        "the table oasis_checkpoints is missing; run the ledger's migrations with psql",
    ),
    (
        "to_regprocedure('oasis_append(uuid[], timestamptz[], text[], text[], text[], text[], \
         text[], text[], text[], text[], text[], text[], text[])') IS NOT NULL",
        "the function oasis_append is missing; run the ledger's migrations with psql",
    ),
    (
        "to_regprocedure('oasis_append_each(uuid[], timestamptz[], text[], text[], text[], text[], \
         text[], text[], text[], text[], text[], text[], text[])') IS NOT NULL",
        "the function oasis_append_each is missing; run the ledger's migrations with psql",
    ),
    // Last, so that the tables it names are there.
    (
        "",
        "oasis_head is behind the newest row of oasis_events, so new rows would get places that \
         are taken; set it: UPDATE oasis_head SET position = (SELECT max(position) FROM \
         oasis_events)",
    ),
];

/// The unique indexes of the table, each with its columns in their order.
const FOUND: &str = "WITH found AS (
    SELECT array_agg(a.attname::text ORDER BY k.place) AS columns,
        pg_get_expr(i.indpred, i.indrelid) AS pred
    FROM pg_index AS i
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE i.indrelid = to_regclass('oasis_events') AND i.indisunique AND i.indisvalid
    GROUP BY i.indexrelid, i.indrelid, i.indpred
) SELECT ARRAY[";

const HEAD: &str = "SELECT coalesce((SELECT position FROM oasis_head WHERE one), -1) \
     >= coalesce((SELECT max(position) FROM oasis_events), 0)";

/// Refuses a database without one of them, by its name.
pub(super) async fn check(session: &Session) -> Result<(), StoreError> {
    let doing = while_doing("the ledger's tables can't be checked");
    let conditions = NEEDED.iter().map(|(condition, _)| *condition).filter(|c| !c.is_empty());
    let conditions: Vec<_> = conditions.collect();
    let statement = QueryBuilder::new(format!("{FOUND}{}]", conditions.join(", ")));
    let mut holds: Vec<bool> = column(session, statement).await.map_err(&doing)?;
    if holds.iter().all(|holds| *holds) {
        holds.push(column(session, QueryBuilder::new(HEAD)).await.map_err(&doing)?);
    }
    match NEEDED.iter().zip(holds).find(|(_, holds)| !holds) {
        Some(((_, fault), _)) => Err(StoreError::new(StoreErrorKind::Misconfigured, fault)),
        None => Ok(()),
    }
}

async fn column<T>(
    session: &Session,
    statement: QueryBuilder<sqlx::Postgres>,
) -> Result<T, sqlx::Error>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let rows = session.rows(statement).await?;
    rows.first().ok_or(sqlx::Error::RowNotFound)?.try_get(0)
}
