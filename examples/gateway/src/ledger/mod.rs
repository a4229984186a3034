//! The database that holds the ledger.

mod apart;
mod late;
mod retention;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Error, Result, bail};
use oasis_core::{CheckpointStore, EventStore, PresenceStore, StoreError, StoreErrorKind};
use oasis_sqlx::{Inspection, SqliteStore};
use tokio::time::{sleep, timeout};

use crate::config::{Config, DATABASE_URL};
use crate::secrets;
pub(crate) use apart::{Apart, appends};
use late::Late;
pub(crate) use retention::Retention;

/// What the database holds.
#[derive(Debug, Clone)]
pub(crate) struct Stores {
    /// The ledger.
    pub(crate) events: Arc<dyn EventStore>,
    /// Who of the agents is there.
    pub(crate) presence: Arc<dyn PresenceStore>,
    /// How far sources were read that are asked.
    pub(crate) checkpoints: Arc<dyn CheckpointStore>,
    /// How its oldest events go.
    pub(crate) retention: Arc<dyn Retention>,
}

/// Opens the configured database and brings its tables up to date.
pub(crate) async fn open(config: &Config) -> Result<Stores> {
    match server(config)? {
        None => embedded(config).await,
        Some(url) => postgres(url).await.map_err(|error| {
            let away = is_away(&error);
            let error = error.context("cannot open the ledger at DATABASE_URL");
            match away {
                true => error.context(
                    "start the database first, or set spool.dir, so that deliveries wait for it",
                ),
                false => error,
            }
        }),
    }
}

/// The same for those who only read: a ledger that isn't there is not made.
pub(crate) async fn existing(config: &Config) -> Result<Stores> {
    let file = config.data_dir().join("oasis.db");
    if config.get(DATABASE_URL).is_none() && !file.exists() {
        bail!(
            "there is no ledger at {}; name it with --data-dir or --database-url (DATABASE_URL)",
            file.display()
        );
    }
    open(config).await
}

/// How the configured database stands; `None` where it is a file that isn't there yet.
pub(crate) async fn inspect(config: &Config) -> Result<Option<Inspection>> {
    if let Some(url) = server(config)? {
        #[cfg(feature = "postgres")]
        return Ok(Some(oasis_sqlx::PostgresStore::inspect(url).await?));
        #[cfg(not(feature = "postgres"))]
        return postgres(url).await.map(|_| None);
    }
    let embedded = config.data_dir().join("oasis.db");
    let (file, ledger) = match config.get(DATABASE_URL) {
        None => (embedded.clone(), embedded),
        Some(url) => {
            let file = url.trim_start_matches("sqlite:").trim_start_matches("//");
            (file.split('?').next().unwrap_or_default().into(), url.into())
        }
    };
    if !file.exists() {
        return Ok(None);
    }
    Ok(Some(SqliteStore::inspect(ledger).await?))
}

/// How long a start waits for the database before it goes on without it.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens the configured database, or, where that can't be reached just now, goes on looking for it:
/// until it is found, the ledger is away. What is wrong with the configuration ends the start.
pub(crate) async fn open_soon(config: &Config) -> Result<Stores> {
    let Some(url) = server(config)? else { return embedded(config).await };
    let reason = match timeout(PATIENCE, postgres(url)).await {
        Ok(Ok(stores)) => return Ok(stores),
        Ok(Err(error)) if !is_away(&error) => {
            return Err(error.context("cannot open the ledger at DATABASE_URL"));
        }
        Ok(Err(error)) => format!("{error:#}"),
        Err(_) => format!("the database did not answer for {PATIENCE:?}"),
    };
    tracing::warn!("the ledger at DATABASE_URL is away, deliveries go into the spool: {reason}");
    let late = Late::default();
    tokio::spawn(look_for(url.to_owned(), late.clone()));
    Ok(all(late))
}

/// How long it waits between two looks, at first and at most.
const PAUSE: Duration = Duration::from_millis(250);
const MAX_PAUSE: Duration = Duration::from_secs(5);

async fn look_for(url: String, late: Late) {
    let mut pause = PAUSE;
    loop {
        sleep(pause).await;
        match postgres(&url).await {
            Ok(stores) => {
                late.reach(stores);
                tracing::info!("the ledger at DATABASE_URL is there");
                return;
            }
            Err(error) if is_away(&error) => {
                tracing::warn!("the ledger at DATABASE_URL is still away: {error:#}");
            }
            // Somebody may mend it; what was acknowledged waits in the spool meanwhile.
            Err(error) => tracing::error!("the ledger at DATABASE_URL can't be used: {error:#}"),
        }
        pause = MAX_PAUSE.min(pause * 2);
    }
}

/// The URL of a database that is no file; what is said of it never shows the URL.
fn server(config: &Config) -> Result<Option<&str>> {
    match config.get(DATABASE_URL) {
        Some(url) if url.starts_with("postgres:") || url.starts_with("postgresql:") => {
            Ok(Some(url))
        }
        None => Ok(None),
        Some(url) if url.starts_with("sqlite:") => Ok(None),
        Some(_) => bail!("DATABASE_URL must start with sqlite: or postgres:"),
    }
}

async fn embedded(config: &Config) -> Result<Stores> {
    let file = match config.get(DATABASE_URL) {
        Some(url) => PathBuf::from(url),
        None => {
            secrets::create_data_dir(config.data_dir())?;
            config.data_dir().join("oasis.db")
        }
    };
    let store = SqliteStore::open(&*file).await;
    Ok(all(store.with_context(|| format!("cannot open the ledger {}", Path::display(&file)))?))
}

#[cfg(feature = "postgres")]
async fn postgres(url: &str) -> Result<Stores> {
    Ok(all(oasis_sqlx::PostgresStore::connect(url).await?))
}

#[cfg(not(feature = "postgres"))]
async fn postgres(_: &str) -> Result<Stores> {
    bail!("DATABASE_URL must start with sqlite: (this build has no Postgres)")
}

/// Whether it may work by itself later.
fn is_away(error: &Error) -> bool {
    let store = error.downcast_ref::<StoreError>();
    store.is_some_and(|error| error.kind() == StoreErrorKind::Unavailable)
}

fn all<S>(store: S) -> Stores
where
    S: EventStore + PresenceStore + CheckpointStore + Retention + 'static,
{
    let store = Arc::new(store);
    Stores {
        events: Arc::clone(&store) as _,
        presence: Arc::clone(&store) as _,
        checkpoints: Arc::clone(&store) as _,
        retention: store,
    }
}
