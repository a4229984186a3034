//! Whether the database has what the promises stand on.

use oasis_core::{StoreError, StoreErrorKind};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor, Row};

use super::session::{DEADLINE, in_time};
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
        "EXISTS (SELECT FROM found WHERE form = 'btree (position)' \
         AND of_table = to_regclass('oasis_events'))",
        "the unique index oasis_events_position is missing; run the ledger's migrations with psql",
    ),
    (
        "EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('oasis_events') \
         AND attname = 'position' AND attnotnull)",
        "the column position of oasis_events may be NULL; set it: ALTER COLUMN position SET NOT NULL",
    ),
    (
        "EXISTS (SELECT FROM found WHERE form = 'btree (id)' AND of_table = keys)",
        "the primary key oasis_events_pkey is missing; add it: PRIMARY KEY (id)",
    ),
    (
        "EXISTS (SELECT FROM found WHERE of_table = keys AND form IN (\
         'btree (source, delivery_id)', \
         'btree (source, delivery_id) WHERE (delivery_id IS NOT NULL)'))",
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
const HELD: (&str, &str) = (
    "coalesce((SELECT position FROM oasis_head WHERE one), -1) \
     >= coalesce((SELECT max(position) FROM oasis_events), 0)",
    "oasis_head is behind the newest row of oasis_events, so new rows would get places that \
     are taken; set it: UPDATE oasis_head SET position = (SELECT max(position) FROM oasis_events)",
);

/// The same of a partitioned one. Its function has the server load a language, for which no other start
/// should wait.
const HELD_PARTITIONED: (&str, &str) = (
    "coalesce((SELECT coalesce(oasis_position(id), 0) = position FROM oasis_events \
     ORDER BY position DESC LIMIT 1), true)",
    "oasis_keys lacks the newest row of oasis_events, so deliveries would be there twice; \
     fill it: INSERT INTO oasis_keys SELECT id, source, delivery_id, position FROM oasis_events",
);

/// The table's layout, and the form of its unique indexes, whatever they are called and however they
/// are kept. Of a partitioned table those of ids and deliveries belong to `oasis_keys`.
const FOUND: &str = "WITH layout AS (
    SELECT relkind = 'p' AS partitioned,
        CASE relkind WHEN 'p' THEN to_regclass('oasis_keys') ELSE oid::regclass END AS keys,
        ARRAY(
            SELECT t.tgname::text FROM pg_trigger AS t
            WHERE t.tgrelid = c.oid AND t.tgenabled IN ('O', 'A')
        ) AS triggers
    FROM pg_class AS c WHERE oid = to_regclass('oasis_events')
), found AS (
    SELECT indrelid AS of_table,
        regexp_replace(
            pg_get_indexdef(indexrelid), '^.* USING | WITH [(][^)]*[)]|\"', '', 'g'
        ) AS form
    FROM pg_index
    WHERE indrelid IN (to_regclass('oasis_events'), to_regclass('oasis_keys'))
        AND indisunique AND indisvalid
)";

/// Refuses a database without one of them, by its name.
pub(super) async fn check(connection: &mut PgConnection) -> Result<(), StoreError> {
    // Without the table there is no layout, and the first condition doesn't hold.
    let told = "partitioned FROM (SELECT) AS one LEFT JOIN layout ON true";
    let partitioned = holds(connection, &NEEDED, FOUND, told).await?;
    let held = if partitioned { &[HELD, HELD_PARTITIONED][..] } else { &[HELD] };
    holds(connection, held, "", "true").await.map(drop)
}

/// Asks all these conditions at once, and something more; the first that doesn't hold is the error.
async fn holds(
    connection: &mut PgConnection,
    needed: &[(&str, &'static str)],
    with: &str,
    more: &str,
) -> Result<bool, StoreError> {
    let conditions: Vec<_> = needed.iter().map(|(condition, _)| *condition).collect();
    let statement = format!("{with} SELECT ARRAY[{}], {more}", conditions.join(", "));
    // A text without values is planned once, and nothing stays prepared: this may be PgBouncer.
    let row = in_time(DEADLINE, connection.fetch_one(AssertSqlSafe(statement))).await;
    let told = row.and_then(|row| {
        Ok((row.try_get::<Vec<Option<bool>>, _>(0)?, row.try_get::<Option<bool>, _>(1)?))
    });
    let (holds, more) = told.map_err(while_doing("the ledger's tables can't be checked"))?;
    match needed.iter().zip(holds).find(|(_, holds)| *holds != Some(true)) {
        Some(((_, fault), _)) => Err(StoreError::new(StoreErrorKind::Misconfigured, fault)),
        None => Ok(more == Some(true)),
    }
}
