//! Removing the oldest events.

use oasis_core::{StoreError, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{Connection, Executor};

use crate::error::while_doing;

/// How many rows are removed in one transaction, for which every append waits: their delivery ids and
/// tasks are strewn over as many pages of the indexes, which takes some 4 ms for a hundred.
const PRUNED_AT_ONCE: i64 = 100;

const PRUNING: &str = "old events can't be removed";

/// How many rows [`batch`] would remove, called until none is left. They are one stretch, because
/// positions are dense above the oldest.
pub(super) async fn count(pool: &SqlitePool, before: Timestamp) -> Result<u64, StoreError> {
    let count: Option<i64> = sqlx::query_scalar(
        "SELECT min(
            (SELECT max(position) FROM oasis_events) - 1,
            coalesce(
                (SELECT position - 1 FROM oasis_events
                 WHERE created_at >= ?1 ORDER BY position LIMIT 1),
                (SELECT max(position) FROM oasis_events)
            )
        ) - (SELECT min(position) - 1 FROM oasis_events)",
    )
    .bind(before.unix_millis())
    .fetch_one(pool)
    .await
    .map_err(while_doing("old events can't be counted"))?;
    Ok(count.unwrap_or(0).unsigned_abs())
}

/// As the migration made it.
const NO_DELETE: &str = "CREATE TRIGGER oasis_events_no_delete BEFORE DELETE ON oasis_events
BEGIN
    SELECT RAISE(ABORT, 'oasis_events is append-only');
END";

/// Removes some of the oldest rows, up to the first that was recorded at this moment or later, but
/// never the newest, from which the next position is counted; how many they were.
pub(super) async fn batch(
    connection: &mut SqliteConnection,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let doing = while_doing(PRUNING);
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(&doing)?;
    let last: Option<i64> = sqlx::query_scalar(
        "WITH oldest AS (
            SELECT position, created_at FROM oasis_events ORDER BY position LIMIT ?1
        ) SELECT min(
            (SELECT max(position) FROM oasis_events) - 1,
            coalesce(min(position) FILTER (WHERE created_at >= ?2) - 1, max(position))
        ) FROM oldest",
    )
    .bind(PRUNED_AT_ONCE)
    .bind(before.unix_millis())
    .fetch_one(&mut *transaction)
    .await
    .map_err(&doing)?;
    // The table is open to this only inside the transaction, which nobody else sees.
    transaction.execute("DROP TRIGGER oasis_events_no_delete").await.map_err(&doing)?;
    let gone = sqlx::query("DELETE FROM oasis_events WHERE position <= ?1")
        .bind(last)
        .execute(&mut *transaction)
        .await
        .map_err(&doing)?
        .rows_affected();
    transaction.execute(NO_DELETE).await.map_err(&doing)?;
    if gone == 0 {
        transaction.rollback().await.map_err(&doing)?;
    } else {
        transaction.commit().await.map_err(&doing)?;
    }
    Ok(gone)
}
