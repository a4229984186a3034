//! The ledger's tables, brought up to date.

use oasis_core::{StoreError, StoreErrorKind};
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType};
use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, SqlSafeStr};

use crate::error::{while_doing, while_migrating};

/// Where it is noted which migrations ran; a host's own stand in `_sqlx_migrations`.
const NOTED_IN: &str = "_oasis_migrations";
const CONTEXT: &str = "the ledger's tables can't be brought up to date";

/// All migrations, from the first on; one that was released never changes.
fn migrations() -> [Migration; 3] {
    [
        migration(1, "events", include_str!("../../migrations/sqlite/0001_events.sql")),
        migration(2, "agents", include_str!("../../migrations/sqlite/0002_agents.sql")),
        migration(3, "checkpoints", include_str!("../../migrations/sqlite/0003_checkpoints.sql")),
    ]
}

/// Runs the migrations that have not run on this database; does nothing where all have.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    // The lock is taken before anything is read: two processes that open a new file at the same
    // moment must not both find it empty. What each migration begins is a savepoint inside.
    let mut transaction =
        connection.begin_with("BEGIN IMMEDIATE").await.map_err(while_doing(CONTEXT))?;
    run(&mut transaction).await?;
    transaction.commit().await.map_err(while_doing(CONTEXT))
}

/// `Migrator::run` does the same, but its future can't move between threads when it is given a
/// connection, and with a pool there is no lock around it.
async fn run(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    connection.ensure_migrations_table(NOTED_IN).await.map_err(while_migrating)?;
    for migration in pending(connection, true).await? {
        connection.apply(NOTED_IN, &migration).await.map_err(while_migrating)?;
    }
    Ok(())
}

/// The migrations that have not run; `noted` says whether any has.
pub(super) async fn pending(
    connection: &mut SqliteConnection,
    noted: bool,
) -> Result<Vec<Migration>, StoreError> {
    let applied = match noted {
        true => connection.list_applied_migrations(NOTED_IN).await.map_err(while_migrating)?,
        false => Vec::new(),
    };
    let mut migrations = Vec::from(migrations());
    for done in &applied {
        let known = migrations.iter().find(|known| known.version == done.version);
        match known {
            Some(known) if known.checksum == done.checksum => {}
            Some(_) => return Err(while_migrating(MigrateError::VersionMismatch(done.version))),
            None => {
                let newer = StoreError::new(
                    StoreErrorKind::Misconfigured,
                    "a newer version has changed the ledger's tables; use that one",
                );
                return Err(newer.because(MigrateError::VersionMissing(done.version)));
            }
        }
    }
    migrations.retain(|known| !applied.iter().any(|done| done.version == known.version));
    Ok(migrations)
}

fn migration(version: i64, name: &'static str, sql: &'static str) -> Migration {
    Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
}
