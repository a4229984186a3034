//! Whether the database has what the promises stand on.

use oasis_core::{StoreError, StoreErrorKind};
use sqlx::postgres::PgConnection;
use sqlx::{QueryBuilder, Row};

use super::session::{Connections, DEADLINE, in_time};
use crate::error::while_doing;

/// What must be there, and what is said when it isn't. A dump that was restored in part keeps its
/// rows and loses these, and all looks well until two events have one place.
const NEEDED: [(&str, &str); 21] = [
    (
        "to_regclass('oasis_events') IS NOT NULL",
        "the ledger's table oasis_events is missing; run its migrations with psql",
    ),
    (
        "keys IS NOT NULL",
        "the table oasis_keys is missing, which a partitioned ledger needs; restore it, or fill it \
         from oasis_events",
    ),
    (
        "EXISTS (SELECT FROM found WHERE columns = '{position}' AND pred IS NULL \
         AND of_table = to_regclass('oasis_events'))",
        "the unique index oasis_events_position is missing; run the ledger's migrations with psql",
    ),
    (
        "EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('oasis_events') \
         AND attname = 'position' AND attnotnull)",
        "the column position of oasis_events may be NULL; set it: ALTER COLUMN position SET NOT NULL",
    ),
    (
        "EXISTS (SELECT FROM found WHERE columns = '{id}' AND pred IS NULL AND of_table = keys)",
        "the primary key oasis_events_pkey is missing; add it: PRIMARY KEY (id)",
    ),
    (
        "EXISTS (SELECT FROM found WHERE columns = '{source,delivery_id}' AND of_table = keys \
         AND coalesce(pred, '(delivery_id IS NOT NULL)') = '(delivery_id IS NOT NULL)')",
        "the unique index oasis_events_delivery is missing; run the ledger's migrations with psql",
    ),
    (
        "NOT partitioned OR 'oasis_keys_insert' = ANY (triggers)",
        "the trigger oasis_keys_insert of oasis_events is missing or off, so no key is kept",
    ),
    (
        "NOT partitioned OR 'oasis_keys_update' = ANY (triggers)",
        "the trigger oasis_keys_update of oasis_events is missing or off, so no key is kept",
    ),
    (
        "NOT partitioned OR 'oasis_keys_delete' = ANY (triggers)",
        "the trigger oasis_keys_delete of oasis_events is missing or off, so no key is let go",
    ),
    (
        "NOT partitioned OR 'oasis_keys_truncate' = ANY (triggers)",
        "the trigger oasis_keys_truncate of oasis_events is missing or off, so no key is let go",
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
    (
        "to_regprocedure('oasis_position(uuid)') IS NOT NULL",
        "the function oasis_position is missing; run the ledger's migrations with psql",
    ),
    (
        "to_regprocedure('oasis_drop_oldest(timestamptz)') IS NOT NULL",
        "the function oasis_drop_oldest is missing; run the ledger's migrations with psql",
    ),
    (
        "NOT partitioned OR to_regprocedure('oasis_make_room(bigint)') IS NOT NULL",
        "the function oasis_make_room is missing; run the ledger's migrations with psql",
    ),
    (
        "NOT partitioned OR to_regprocedure('oasis_keep_keys()') IS NOT NULL",
        "the function oasis_keep_keys is missing; run the ledger's migrations with psql",
    ),
];

/// The same of what the tables hold, which can be asked when they are there.
const HELD: [(&str, &str); 2] = [
    (
        "coalesce((SELECT position FROM oasis_head WHERE one), -1) \
         >= coalesce((SELECT max(position) FROM oasis_events), 0)",
        "oasis_head is behind the newest row of oasis_events, so new rows would get places that \
         are taken; set it: UPDATE oasis_head SET position = (SELECT max(position) FROM \
         oasis_events)",
    ),
    (
        "coalesce((SELECT coalesce(oasis_position(id), 0) = position FROM oasis_events \
         ORDER BY position DESC LIMIT 1), true)",
        "oasis_keys lacks the newest row of oasis_events, so deliveries would be there twice; \
         fill it: INSERT INTO oasis_keys SELECT id, source, delivery_id, position FROM oasis_events",
    ),
];

/// The table's layout, and the unique indexes, each with its columns in their order. Of a partitioned
/// table those of ids and deliveries belong to `oasis_keys`.
const FOUND: &str = "WITH layout AS (
    SELECT relkind = 'p' AS partitioned,
        CASE relkind WHEN 'p' THEN to_regclass('oasis_keys') ELSE oid::regclass END AS keys,
        ARRAY(
            SELECT t.tgname::text FROM pg_trigger AS t
            WHERE t.tgrelid = c.oid AND t.tgenabled IN ('O', 'A')
        ) AS triggers
    FROM pg_class AS c WHERE oid = to_regclass('oasis_events')
), found AS (
    SELECT array_agg(a.attname::text ORDER BY k.place) AS columns,
        pg_get_expr(i.indpred, i.indrelid) AS pred, i.indrelid AS of_table
    FROM pg_index AS i
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
    WHERE i.indrelid IN (to_regclass('oasis_events'), to_regclass('oasis_keys'))
        AND i.indisunique AND i.indisvalid
    GROUP BY i.indexrelid, i.indrelid, i.indpred
)";

/// Refuses a database without one of them, by its name.
pub(super) async fn check(
    connection: &mut PgConnection,
    connections: Connections,
) -> Result<(), StoreError> {
    // Without the table there is no layout, and the first condition doesn't hold.
    let from = "FROM (SELECT) AS one LEFT JOIN layout ON true";
    holds(connection, connections, &NEEDED, FOUND, from).await?;
    holds(connection, connections, &HELD, "", "").await
}

/// Asks all these conditions at once; the first that doesn't hold is the error.
async fn holds(
    connection: &mut PgConnection,
    connections: Connections,
    needed: &[(&str, &'static str)],
    with: &str,
    from: &str,
) -> Result<(), StoreError> {
    let conditions: Vec<_> = needed.iter().map(|(condition, _)| *condition).collect();
    let statement = format!("{with} SELECT ARRAY[{}] {from}", conditions.join(", "));
    let holds = async {
        let mut statement = QueryBuilder::new(statement);
        let rows = connections.fetch(connection, &mut statement).await?;
        rows.first().ok_or(sqlx::Error::RowNotFound)?.try_get::<Vec<Option<bool>>, _>(0)
    };
    let holds = in_time(DEADLINE, holds).await;
    let holds = holds.map_err(while_doing("the ledger's tables can't be checked"))?;
    match needed.iter().zip(holds).find(|(_, holds)| *holds != Some(true)) {
        Some(((_, fault), _)) => Err(StoreError::new(StoreErrorKind::Misconfigured, fault)),
        None => Ok(()),
    }
}
