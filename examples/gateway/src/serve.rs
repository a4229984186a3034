//! `serve`: the ledger, the routes, and a shutdown that ends open feeds.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use oasis_axum::{Limits, Oasis, ROUTES, ReadToken};
use oasis_core::{EventStore, GroupCommit, KeyRing, Normalizer};
use oasis_sqlx::SqliteStore;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::config::{Config, DATABASE_URL, PUBLIC_READ};
use crate::{routes, secrets, server};

/// How long requests that are under way may take after a signal to stop.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) fn run(config: &Config) -> Result<()> {
    let runtime = Runtime::new().context("cannot start the runtime")?;
    let outcome = runtime.block_on(serve(config));
    // A request that outlived the grace is cut off; a delivery among them was not acknowledged.
    runtime.shutdown_background();
    outcome
}

pub(crate) fn migrate(config: &Config) -> Result<()> {
    let runtime = Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(open(config)).map(|_| tracing::info!("the database is up to date"))
}

async fn serve(config: &Config) -> Result<()> {
    let address = config.address()?;
    let (ring, read_tokens) = credentials(config, address)?;
    let store = GroupCommit::new(open(config).await?);
    let normalizer = Normalizer::default();
    let oasis = Oasis::with(Arc::new(store), &ring, normalizer, read_tokens, Limits::default());
    let app = routes::assemble(&oasis, config)?;

    let listener =
        TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    for (method, path) in ROUTES {
        tracing::info!("{method:4} http://{address}{path}");
    }
    tracing::info!(%address, version = env!("CARGO_PKG_VERSION"), "listening");

    let stop = async move {
        signal().await;
        oasis.close_feeds();
    };
    server::serve(listener, app, stop, GRACE).await?;
    tracing::info!("stopped");
    Ok(())
}

/// The secrets, and the rule that nothing is open to the world by accident.
fn credentials(config: &Config, address: SocketAddr) -> Result<(KeyRing, Vec<ReadToken>)> {
    let local = address.ip().is_loopback();
    let read_tokens = secrets::read_tokens(config)?;
    let public_read = config.parse(PUBLIC_READ)?.unwrap_or(false);
    if !local && read_tokens.is_empty() && !public_read {
        bail!(
            "{address} is not loopback: set OASIS_READ_TOKEN so that not everybody can read, or \
             OASIS_PUBLIC_READ=true if everybody may"
        );
    }
    if let Some(ring) = secrets::configured(config)? {
        return Ok((ring, read_tokens));
    }
    if !local {
        bail!("{address} is not loopback: set GITHUB_WEBHOOK_SECRET to the secret of your webhook");
    }
    secrets::create_data_dir(config.data_dir())?;
    let (ring, path) = secrets::generate(config.data_dir())?;
    tracing::info!(path = %path.display(), "GITHUB_WEBHOOK_SECRET is not set; the secret is in this file");
    Ok((ring, read_tokens))
}

async fn open(config: &Config) -> Result<Arc<dyn EventStore>> {
    let file = match config.get(DATABASE_URL) {
        Some(url) if url.starts_with("sqlite:") => PathBuf::from(url),
        Some(_) => {
            bail!("DATABASE_URL must start with sqlite: (this build knows no other database)")
        }
        None => {
            secrets::create_data_dir(config.data_dir())?;
            config.data_dir().join("oasis.db")
        }
    };
    let store = SqliteStore::open(&file).await;
    Ok(Arc::new(store.with_context(|| format!("cannot open the ledger {}", file.display()))?))
}

async fn signal() {
    let interrupt = async { tokio::signal::ctrl_c().await };
    #[cfg(unix)]
    let terminate = async {
        let mut signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        signal.recv().await;
        Ok(())
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending();
    let caught: std::io::Result<()> = tokio::select! {
        caught = interrupt => caught,
        caught = terminate => caught,
    };
    match caught {
        Ok(()) => tracing::info!("asked to stop"),
        Err(error) => tracing::error!(%error, "signals can't be caught; stopping"),
    }
}
