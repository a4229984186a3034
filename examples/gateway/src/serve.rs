//! `serve`: the ledger, the routes, and a shutdown that ends open feeds.

use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use oasis_axum::spool::Spool;
use oasis_axum::{AGENT_ROUTES, GCP_ROUTES, Limits, Oasis, Options, ROUTES};
use oasis_core::{EventStore, GroupCommit, Ingestor, Normalizer};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::access::{self, Renewal};
use crate::cli::ServeOptions;
use crate::config::{
    Config, FEED_CLIENTS, FEED_SECONDS, GCP_AUDIENCE, SPOOL_DIR, SPOOL_MAX_BYTES, VTID_SCHEMES,
};
use crate::ledger::Stores;
use crate::watch::Watch;
use crate::{ledger, routes, server};

/// How long requests that are under way may take after a signal to stop.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) fn run(options: ServeOptions) -> Result<()> {
    let config = options.clone().load()?;
    let runtime = Runtime::new().context("cannot start the runtime")?;
    let outcome = runtime.block_on(serve(options, config));
    // A request that outlived the grace is cut off; a delivery among them was not acknowledged.
    runtime.shutdown_background();
    outcome
}

pub(crate) fn migrate(config: &Config) -> Result<()> {
    let runtime = Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(ledger::open(config)).map(|_| tracing::info!("the database is up to date"))
}

async fn serve(options: ServeOptions, config: Config) -> Result<()> {
    let address = config.address()?;
    let access = access::configured(&config, address)?;
    let renewal = Renewal::prepare(options, address)?;
    let spool = spool(&config)?;
    let Stores { events, presence, checkpoints } = match spool {
        // Deliveries can wait for it.
        Some(_) => ledger::open_soon(&config).await?,
        None => ledger::open(&config).await?,
    };
    let store: Arc<dyn EventStore> = Arc::new(GroupCommit::new(events));
    let normalizer =
        || Ok::<_, anyhow::Error>(Normalizer::new(config.parse(VTID_SCHEMES)?.unwrap_or_default()));
    let watcher = Ingestor::without_github(Arc::clone(&store)).with_normalizer(normalizer()?);
    let watch = Watch::configured(&config, watcher, checkpoints)?;
    let options = Options {
        normalizer: normalizer()?,
        read_tokens: access.read_tokens,
        ingest_tokens: access.ingest_tokens,
        admin_tokens: access.admin_tokens,
        limits: limits(&config)?,
        spool,
    };
    let oasis = Oasis::with(store, &access.github, options);
    let app = routes::assemble(&oasis, Arc::clone(&presence), &config)?;
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
    tokio::spawn(renewal.run(oasis.clone(), config));
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
