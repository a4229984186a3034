//! The ledger's tables, brought up to date.

use std::time::Duration;

use oasis_core::{StoreError, StoreErrorKind};
use sqlx::migrate::{MigrateError, Migration, MigrationType};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqlSafeStr};
use tokio::time::timeout;

use super::session::{DEADLINE, PATIENT_DEADLINE};
use crate::error::{while_doing, while_migrating};

const CONTEXT: &str = "the ledger's tables can't be brought up to date";
/// Whoever brings them up to date takes this lock first; it ends with the transaction, and the
/// number means nothing. Waiting is fine: somebody else does the same work.
const BEGIN: &str = "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; \
     SET LOCAL idle_in_transaction_session_timeout = 0; \
     SET LOCAL client_min_messages = warning; \
     SELECT pg_advisory_xact_lock(7020151932474511221)";
/// Where it is noted which migrations ran, in the form of sqlx; a host's own stand in
/// `_sqlx_migrations`.
const NOTES: &str = "
    CREATE TABLE IF NOT EXISTS _oasis_migrations (
        version        bigint      PRIMARY KEY,
        description    text        NOT NULL,
        installed_on   timestamptz NOT NULL DEFAULT now(),
        success        boolean     NOT NULL,
        checksum       bytea       NOT NULL,
        execution_time bigint      NOT NULL
    )";

/// All migrations, from the first on; one that was released never changes.
fn migrations() -> [Migration; 8] {
    let migration = |version, name: &'static str, sql: &'static str| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    [
        migration(1, "events", include_str!("../../migrations/postgres/0001_events.sql")),
        migration(2, "append", include_str!("../../migrations/postgres/0002_append.sql")),
        migration(3, "agents", include_str!("../../migrations/postgres/0003_agents.sql")),
        migration(4, "checkpoints", include_str!("../../migrations/postgres/0004_checkpoints.sql")),
        migration(5, "again", include_str!("../../migrations/postgres/0005_again.sql")),
        migration(6, "layout", include_str!("../../migrations/postgres/0006_layout.sql")),
        migration(7, "partitions", include_str!("../../migrations/postgres/0007_partitions.sql")),
        migration(8, "one", include_str!("../../migrations/postgres/0008_one.sql")),
    ]
}

/// Migrations that were worded differently before and made the same: their checksums, in hex. The
/// first could not run again where the ledger had been partitioned.
const EARLIER: [(i64, &str); 1] = [(
    1,
    "ddcc07ce0641bf686e3e47f984ab2e5d1be522ff44a8895d0ac2854ffeec83a77ed4f5aab8b32b8e58cdda4d52fa9b90",
)];

/// Runs the migrations that have not run on this database; does nothing where all have, so that
/// a role that may not change tables can use them.
pub(super) async fn migrate(connection: &mut PgConnection) -> Result<(), StoreError> {
    if in_time(DEADLINE, pending(connection)).await?.is_empty() {
        return Ok(());
    }
    in_time(PATIENT_DEADLINE, run(connection)).await
}

async fn run(connection: &mut PgConnection) -> Result<(), StoreError> {
    let mut transaction = connection.begin_with(BEGIN).await.map_err(while_doing(CONTEXT))?;
    transaction.execute(NOTES).await.map_err(while_doing(CONTEXT))?;
    // Asked again under the lock: somebody else may have been first.
    for migration in pending(&mut transaction).await? {
        let run = transaction.execute(migration.sql.clone()).await;
        run.map_err(|error| {
            while_migrating(MigrateError::ExecuteMigration(error, migration.version))
        })?;
        let note = format!(
            "INSERT INTO _oasis_migrations (version, description, success, checksum, \
             execution_time) VALUES ({}, '{}', TRUE, '\\x{}', 0)",
            migration.version,
            migration.description,
            hex(&migration.checksum),
        );
        transaction.execute(AssertSqlSafe(note)).await.map_err(while_doing(CONTEXT))?;
    }
    transaction.commit().await.map_err(while_doing(CONTEXT))
}

/// The migrations that have not run.
pub(super) async fn pending(connection: &mut PgConnection) -> Result<Vec<Migration>, StoreError> {
    let known = migrations();
    // Texts without values, so that nothing is prepared: behind PgBouncer that would stay on a
    // connection of somebody else's.
    let noted: bool = connection
        .fetch_one("SELECT to_regclass('_oasis_migrations') IS NOT NULL")
        .await
        .and_then(|row| row.try_get(0))
        .map_err(while_doing(CONTEXT))?;
    if !noted {
        return Ok(known.into());
    }
    let rows = connection
        .fetch_all("SELECT version::text, encode(checksum, 'hex') FROM _oasis_migrations")
        .await
        .map_err(while_doing(CONTEXT))?;
    let mut done = Vec::new();
    for row in &rows {
        let version: String = row.try_get(0).map_err(while_doing(CONTEXT))?;
        let version: i64 = version.parse().unwrap_or(i64::MAX);
        let checksum: String = row.try_get(1).map_err(while_doing(CONTEXT))?;
        match known.iter().find(|known| known.version == version) {
            Some(known)
                if hex(&known.checksum) == checksum
                    || EARLIER.contains(&(version, checksum.as_str())) =>
            {
                done.push(version);
            }
            Some(_) => return Err(while_migrating(MigrateError::VersionMismatch(version))),
            None => {
                let newer = StoreError::new(
                    StoreErrorKind::Misconfigured,
                    "a newer version has changed the ledger's tables; use that one",
                );
                return Err(newer.because(MigrateError::VersionMissing(version)));
            }
        }
    }
    Ok(known.into_iter().filter(|known| !done.contains(&known.version)).collect())
}

async fn in_time<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(deadline, work).await.unwrap_or_else(|elapsed| {
        Err(StoreError::new(StoreErrorKind::Unavailable, CONTEXT).because(elapsed))
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
