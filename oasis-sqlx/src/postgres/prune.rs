//! Removing the oldest events.

use oasis_core::{StoreError, StoreErrorKind, Timestamp};
use sqlx::postgres::PgRow;
use sqlx::{QueryBuilder, Row};

use super::moment::Moment;
use super::session::Session;
use crate::error::while_doing;

/// How many rows are removed in one transaction: few enough that nobody waits for it.
const PRUNED_AT_ONCE: i64 = 500;

const PRUNING: &str = "old events can't be removed";

/// Drops the oldest partition if all of it is older than this, and says how many rows it had; `None`
/// where there is none to drop.
pub(super) async fn partition(
    session: &Session,
    before: Timestamp,
) -> Result<Option<u64>, StoreError> {
    let mut drop = QueryBuilder::new("SELECT oasis_drop_oldest(");
    drop.push_bind(Moment(before)).push(")");
    let rows = session.rows_of_long_work(drop).await.map_err(while_doing(PRUNING))?;
    Ok(count(&rows)?.map(i64::unsigned_abs))
}

/// Removes some of the oldest rows, up to the first that was recorded at this moment or later, but
/// never the newest; how many they were.
pub(super) async fn batch(session: &Session, before: Timestamp) -> Result<u64, StoreError> {
    let mut delete = QueryBuilder::new(
        "WITH oldest AS MATERIALIZED (
            SELECT position, created_at FROM oasis_events ORDER BY position LIMIT ",
    );
    delete.push_bind(PRUNED_AT_ONCE);
    delete.push(
        "), stretch AS MATERIALIZED (
            SELECT min(position) AS first, least(
                (SELECT max(position) FROM oasis_events) - 1,
                coalesce(min(position) FILTER (WHERE created_at >= ",
    );
    delete.push_bind(Moment(before));
    delete.push(
        ") - 1, max(position))
            ) AS last FROM oldest
        ), gone AS (
            DELETE FROM oasis_events
            WHERE position BETWEEN (SELECT first FROM stretch) AND (SELECT last FROM stretch)
            RETURNING 1
        ) SELECT count(*) FROM gone",
    );
    let rows = session.rows(delete).await.map_err(while_doing(PRUNING))?;
    Ok(count(&rows)?.unwrap_or(0).unsigned_abs())
}

/// How many rows would be removed, one way or the other. They are one stretch, because positions are
/// dense above the oldest.
pub(super) async fn old(session: &Session, before: Timestamp) -> Result<u64, StoreError> {
    let mut select = QueryBuilder::new(
        "SELECT least(
            (SELECT max(position) FROM oasis_events) - 1,
            coalesce(
                (SELECT position - 1 FROM oasis_events WHERE created_at >= ",
    );
    select.push_bind(Moment(before));
    select.push(
        " ORDER BY position LIMIT 1),
                (SELECT max(position) FROM oasis_events)
            )
        ) - (SELECT min(position) - 1 FROM oasis_events)",
    );
    let doing = while_doing("old events can't be counted");
    let rows = session.rows_of_long_work(select).await.map_err(doing)?;
    Ok(count(&rows)?.unwrap_or(0).unsigned_abs())
}

/// The number in the one row of an answer.
fn count(rows: &[PgRow]) -> Result<Option<i64>, StoreError> {
    let nothing = StoreError::new(StoreErrorKind::Corrupt, "the database answered with no row");
    rows.first().ok_or(nothing)?.try_get(0).map_err(while_doing(PRUNING))
}
