//! Removing the oldest events.

use oasis_core::{StoreError, StoreErrorKind, Timestamp};
use sqlx::{QueryBuilder, Row};

use super::moment::Moment;
use super::session::Session;
use crate::error::while_doing;
use crate::row::PRUNED_AT_ONCE;

const PRUNING: &str = "old events can't be removed";

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
    let nothing = StoreError::new(StoreErrorKind::Corrupt, "the database answered with no row");
    let count: i64 = rows.first().ok_or(nothing)?.try_get(0).map_err(while_doing(PRUNING))?;
    Ok(count.unsigned_abs())
}
