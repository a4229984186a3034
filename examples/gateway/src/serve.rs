//! `serve`: the ledger, the routes, and a shutdown that ends open feeds.

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use oasis_axum::spool::Spool;
use oasis_axum::{AGENT_ROUTES, GCP_ROUTES, Limits, Oasis, Options, ROUTES, Token};
use oasis_core::{EventStore, GroupCommit, Ingestor, KeyRing, Normalizer};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::config::{
    ADMIN_TOKEN, Config, FEED_CLIENTS, FEED_SECONDS, GCP_AUDIENCE, INGEST_TOKEN, PUBLIC_READ,
    READ_TOKEN, SPOOL_DIR, SPOOL_MAX_BYTES, VTID_SCHEMES,
};
use crate::ledger::Stores;
use crate::watch::Watch;
use crate::{ledger, routes, secrets, server};

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
    runtime.block_on(ledger::open(config)).map(|_| tracing::info!("the database is up to date"))
}

async fn serve(config: &Config) -> Result<()> {
    let address = config.address()?;
    let credentials = credentials(config, address)?;
    let Stores { events, presence, checkpoints } = ledger::open(config).await?;
    let store: Arc<dyn EventStore> = Arc::new(GroupCommit::new(events));
    let normalizer =
        || Ok::<_, anyhow::Error>(Normalizer::new(config.parse(VTID_SCHEMES)?.unwrap_or_default()));
    let watcher = Ingestor::without_github(Arc::clone(&store)).with_normalizer(normalizer()?);
    let watch = Watch::configured(config, watcher, checkpoints)?;
    let options = Options {
        normalizer: normalizer()?,
        read_tokens: credentials.read_tokens,
        ingest_tokens: credentials.ingest_tokens,
        admin_tokens: credentials.admin_tokens,
        limits: limits(config)?,
        spool: spool(config)?,
    };
    let oasis = Oasis::with(store, &credentials.github, options);
    let app = routes::assemble(&oasis, Arc::clone(&presence), config)?;
    tokio::spawn(oasis.watch_agents(presence));
    tokio::spawn(oasis.drain_spool());
    if let Some(watch) = watch {
        tokio::spawn(watch.run());
    }

    let listener =
        TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
    let address = listener.local_addr()?;
    let pushed = if config.get(GCP_AUDIENCE).is_some() { GCP_ROUTES } else { &[] };
    for (method, path) in ROUTES.iter().chain(AGENT_ROUTES).chain(pushed) {
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

/// Where deliveries wait while the ledger is away; `None` where it isn't configured.
fn spool(config: &Config) -> Result<Option<Spool>> {
    let Some(dir) = config.get(SPOOL_DIR) else { return Ok(None) };
    let max_bytes = config.parse::<NonZeroU64>(SPOOL_MAX_BYTES)?.map_or(1 << 30, NonZeroU64::get);
    let spool = Spool::open(dir, max_bytes).with_context(|| format!("cannot open {SPOOL_DIR}"))?;
    Ok(Some(spool))
}

/// What one process takes at most.
fn limits(config: &Config) -> Result<Limits> {
    let standard = Limits::default();
    let seconds = config.parse::<NonZeroU32>(FEED_SECONDS)?;
    Ok(Limits {
        feeds: config.parse(FEED_CLIENTS)?.unwrap_or(standard.feeds),
        feed_age: seconds.map_or(standard.feed_age, |s| Duration::from_secs(s.get().into())),
        ..standard
    })
}

/// Who signs, who reads, who writes and who administers.
struct Credentials {
    github: KeyRing,
    read_tokens: Vec<Token>,
    ingest_tokens: Vec<Token>,
    admin_tokens: Vec<Token>,
}

/// The secrets and tokens, and the rule that nothing is open to the world by accident. On loopback
/// what isn't configured is made.
fn credentials(config: &Config, address: SocketAddr) -> Result<Credentials> {
    let local = address.ip().is_loopback();
    let read_tokens = secrets::tokens(config, READ_TOKEN)?;
    let public_read = config.parse(PUBLIC_READ)?.unwrap_or(false);
    if !local && read_tokens.is_empty() && !public_read {
        bail!(
            "{address} is not loopback: set OASIS_READ_TOKEN so that not everybody can read, or \
             OASIS_PUBLIC_READ=true if everybody may"
        );
    }
    let data_dir = config.data_dir();
    let github = match secrets::configured(config)? {
        Some(ring) => ring,
        None if local => {
            secrets::create_data_dir(data_dir)?;
            let (ring, path) = secrets::generate_secret(data_dir)?;
            tracing::info!(path = %path.display(), "GITHUB_WEBHOOK_SECRET is not set; the secret is in this file");
            ring
        }
        None => bail!(
            "{address} is not loopback: set GITHUB_WEBHOOK_SECRET to the secret of your webhook"
        ),
    };
    let mut ingest_tokens = secrets::tokens(config, INGEST_TOKEN)?;
    if ingest_tokens.is_empty() && local {
        secrets::create_data_dir(data_dir)?;
        let (token, path) = secrets::generate_token(data_dir)?;
        tracing::info!(path = %path.display(), "OASIS_INGEST_TOKEN is not set; the token is in this file");
        ingest_tokens.push(token);
    }
    let admin_tokens = secrets::tokens(config, ADMIN_TOKEN)?;
    Ok(Credentials { github, read_tokens, ingest_tokens, admin_tokens })
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
