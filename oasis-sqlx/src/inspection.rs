//! How a database stands, without changing it.

use oasis_core::Timestamp;

/// How a database stands to this version of the ledger, as it was found: for tools that tell people
/// what to do before they start. Looking changes nothing.
///
#[cfg_attr(feature = "sqlite", doc = "```")]
#[cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
/// use oasis_sqlx::SqliteStore;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("oasis.db");
/// # drop(SqliteStore::open(&path).await?);
/// let found = SqliteStore::inspect(&path).await?;
/// assert!(found.server.starts_with("SQLite 3."));
/// assert!(found.pending.is_empty(), "to run at the next start: {:?}", found.pending);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Inspection {
    /// What answers, such as `PostgreSQL 15.8`.
    pub server: String,
    /// The migrations that have not run, by their names; opening the ledger runs them.
    pub pending: Vec<String>,
    /// What time it is where the database runs; `None` where that is this machine.
    pub clock: Option<Timestamp>,
}
