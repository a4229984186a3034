//! Whether the file has what the promises stand on.

use oasis_core::{StoreError, StoreErrorKind};
use sqlx::sqlite::SqliteConnection;

use crate::error::while_doing;

/// What must be there, how it begins, and what is said when it isn't. A copy that was made table by
/// table keeps its rows and loses these, and all looks well until a delivery is there twice.
const NEEDED: [(&str, &str, &str); 8] = [
    (
        "oasis_events",
        "CREATE TABLE",
        "the ledger's table oasis_events is missing; restore the file from a backup",
    ),
    (
        "oasis_events_delivery",
        "CREATE UNIQUE INDEX",
        "the unique index oasis_events_delivery is missing; make it again: CREATE UNIQUE INDEX \
         oasis_events_delivery ON oasis_events (source, delivery_id) WHERE delivery_id IS NOT NULL",
    ),
    (
        "oasis_events_vtid",
        "CREATE INDEX",
        "the index oasis_events_vtid is missing; make it again: CREATE INDEX oasis_events_vtid ON \
         oasis_events (vtid)",
    ),
    (
        "oasis_events_status",
        "CREATE INDEX",
        "the index oasis_events_status is missing; make it again: CREATE INDEX \
         oasis_events_status ON oasis_events (status)",
    ),
    (
        "oasis_events_no_update",
        "CREATE TRIGGER",
        "the trigger oasis_events_no_update is missing, so events could be changed; make it again \
         as the first migration does",
    ),
    (
        "oasis_events_no_delete",
        "CREATE TRIGGER",
        "the trigger oasis_events_no_delete is missing, so events could be deleted; make it again \
         as the first migration does",
    ),
    (
        "oasis_agents",
        "CREATE TABLE",
        "the table oasis_agents is missing; restore the file from a backup",
    ),
    (
        "oasis_checkpoints",
        "CREATE TABLE",
        "the table oasis_checkpoints is missing; restore the file from a backup",
    ),
];

/// What makes ids and positions unique belongs to the table and can't be dropped, but a table may
/// have been made without it: then it has fewer indexes of its own, or its rows another number.
const UNIQUE: &str = "SELECT
    EXISTS (SELECT 1 FROM pragma_index_list('oasis_events') AS i
        WHERE i.\"unique\" AND NOT i.partial
            AND (SELECT group_concat(name) FROM pragma_index_info(i.name)) = 'id')
    AND EXISTS (SELECT 1 FROM pragma_table_info('oasis_events')
        WHERE name = 'position' AND pk = 1)";

/// Refuses a file without one of them, by its name.
pub(super) async fn check(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let doing = while_doing("the ledger's tables can't be checked");
    let found: Vec<(String, String)> =
        sqlx::query_as("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
            .fetch_all(&mut *connection)
            .await
            .map_err(&doing)?;
    for (name, begins, fault) in NEEDED {
        if !found.iter().any(|(found, sql)| found == name && sql.starts_with(begins)) {
            return Err(StoreError::new(StoreErrorKind::Misconfigured, fault));
        }
    }
    let is_unique: bool = sqlx::query_scalar(UNIQUE).fetch_one(connection).await.map_err(&doing)?;
    if !is_unique {
        return Err(StoreError::new(
            StoreErrorKind::Misconfigured,
            "the columns position and id of oasis_events are not unique; restore the file from a \
             backup",
        ));
    }
    Ok(())
}
