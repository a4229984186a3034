//! The database that holds the ledger.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use oasis_core::{CheckpointStore, EventStore, PresenceStore};
use oasis_sqlx::SqliteStore;

use crate::config::{Config, DATABASE_URL};
use crate::secrets;

/// What the database holds.
pub(crate) struct Stores {
    /// The ledger.
    pub(crate) events: Arc<dyn EventStore>,
    /// Who of the agents is there.
    pub(crate) presence: Arc<dyn PresenceStore>,
    /// How far sources were read that are asked.
    pub(crate) checkpoints: Arc<dyn CheckpointStore>,
}

/// Opens the configured database and brings its tables up to date.
pub(crate) async fn open(config: &Config) -> Result<Stores> {
    match config.get(DATABASE_URL) {
        Some(url) if url.starts_with("sqlite:") => sqlite(&PathBuf::from(url)).await,
        Some(url) => postgres(url).await,
        None => {
            secrets::create_data_dir(config.data_dir())?;
            sqlite(&config.data_dir().join("oasis.db")).await
        }
    }
}

async fn sqlite(file: &Path) -> Result<Stores> {
    let store = SqliteStore::open(file).await;
    Ok(all(store.with_context(|| format!("cannot open the ledger {}", file.display()))?))
}

/// The ledger at a URL that is no file; what is said of it never shows the URL.
async fn postgres(url: &str) -> Result<Stores> {
    if !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
        bail!("DATABASE_URL must start with sqlite: or postgres:");
    }
    #[cfg(feature = "postgres")]
    {
        let store = oasis_sqlx::PostgresStore::connect(url).await;
        Ok(all(store.context("cannot open the ledger at DATABASE_URL")?))
    }
    #[cfg(not(feature = "postgres"))]
    bail!("DATABASE_URL must start with sqlite: (this build has no Postgres)")
}

fn all<S: EventStore + PresenceStore + CheckpointStore + Clone>(store: S) -> Stores {
    let (events, presence) = (Arc::new(store.clone()), Arc::new(store.clone()));
    Stores { events, presence, checkpoints: Arc::new(store) }
}
