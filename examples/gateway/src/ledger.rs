//! The database that holds the ledger.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use oasis_core::{EventStore, PresenceStore};
use oasis_sqlx::SqliteStore;

use crate::config::{Config, DATABASE_URL};
use crate::secrets;

/// The ledger, and where it is kept who of the agents is there.
type Stores = (Arc<dyn EventStore>, Arc<dyn PresenceStore>);

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
    Ok(both(store.with_context(|| format!("cannot open the ledger {}", file.display()))?))
}

/// The ledger at a URL that is no file; what is said of it never shows the URL.
async fn postgres(url: &str) -> Result<Stores> {
    if !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
        bail!("DATABASE_URL must start with sqlite: or postgres:");
    }
    #[cfg(feature = "postgres")]
    {
        let store = oasis_sqlx::PostgresStore::connect(url).await;
        Ok(both(store.context("cannot open the ledger at DATABASE_URL")?))
    }
    #[cfg(not(feature = "postgres"))]
    bail!("DATABASE_URL must start with sqlite: (this build has no Postgres)")
}

fn both<S: EventStore + PresenceStore + Clone>(store: S) -> Stores {
    (Arc::new(store.clone()), Arc::new(store))
}
