//! How a database stands, without changing it.

use std::path::Path;

use oasis_core::StoreError;
use sqlx::ConnectOptions;

use super::SqliteStore;
use super::connect;
use super::migrate;
use super::schema;
use crate::error::while_doing;
use crate::inspection::Inspection;

impl SqliteStore {
    /// Looks at the ledger in this file as [`open`](Self::open) would, but changes nothing and makes
    /// none.
    ///
    /// ```
    /// use oasis_sqlx::SqliteStore;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let dir = tempfile::tempdir()?;
    /// # let path = dir.path().join("oasis.db");
    /// assert!(SqliteStore::inspect(&path).await.is_err(), "there is no file, and none was made");
    /// SqliteStore::open(&path).await?;
    /// let found = SqliteStore::inspect(&path).await?;
    /// assert!(found.pending.is_empty() && found.server.starts_with("SQLite"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`open`](Self::open), and where there is no file; that migrations have not run is no error.
    pub async fn inspect(file: impl AsRef<Path>) -> Result<Inspection, StoreError> {
        let options = connect::options(file.as_ref())?.create_if_missing(false).read_only(true);
        let doing = while_doing("the database file can't be read");
        let mut connection = options.connect().await.map_err(&doing)?;
        let version: String = sqlx::query_scalar("SELECT sqlite_version()")
            .fetch_one(&mut connection)
            .await
            .map_err(&doing)?;
        let noted: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '_oasis_migrations')",
        )
        .fetch_one(&mut connection)
        .await
        .map_err(&doing)?;
        let pending = migrate::pending(&mut connection, noted).await?;
        if pending.is_empty() {
            schema::check(&mut connection).await?;
        }
        Ok(Inspection {
            server: format!("SQLite {version}"),
            pending: pending.iter().map(|one| one.description.to_string()).collect(),
            clock: None,
        })
    }
}
