//! `serve`: the ledger, the routes, and a shutdown that ends open feeds.

use std::num::NonZeroU64;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use oasis_axum::spool::Spool;
use oasis_axum::{AGENT_ROUTES, CommitMeter, Expected, GCP_ROUTES, Limits, Oasis, Options, ROUTES};
use oasis_core::{EventStore, GroupCommit, Ingestor, Normalizer};
use tokio::net::TcpListener;
use tokio::runtime::{Handle, Runtime};

use crate::access::{self, Renewal};
use crate::cli::ServeOptions;
use crate::config::{
    Config, EXPECTED_SOURCES, FEED_AGE, FEED_CLIENTS, GCP_AUDIENCE, RETENTION,
    SPOOL_ALLOW_EPHEMERAL, SPOOL_DIR, SPOOL_MAX_BYTES, Span, VTID_SCHEMES,
};
use crate::ledger::{Apart, Stores};
use crate::recover::Audit;
use crate::watch::Watch;
use crate::{ephemeral, ledger, prune, routes, server};

/// How long requests that are under way may take after a signal to stop.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) fn run(options: ServeOptions) -> Result<()> {
    let config = options.clone().load()?;
    let runtime = Runtime::new().context("cannot start the runtime")?;
    let appends = ledger::appends().context("cannot start the ledger's runtime")?;
    let outcome = runtime.block_on(serve(options, config, appends.handle().clone()));
    // A request that outlived the grace is cut off; a delivery among them was not acknowledged.
    runtime.shutdown_background();
    appends.shutdown_background();
    outcome
}

pub(crate) fn migrate(config: &Config) -> Result<()> {
    let runtime = Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(ledger::open(config)).map(|_| tracing::info!("the database is up to date"))
}

async fn serve(options: ServeOptions, config: Config, appends: Handle) -> Result<()> {
    let address = config.address()?;
    let access = access::configured(&config, address)?;
    let renewal = Renewal::prepare(options, address)?;
    let spool = spool(&config)?;
    let retain = config.parse::<Span>(RETENTION)?;
    let Stores { events, presence, checkpoints, retention } = match spool {
        // Deliveries can wait for it.
        Some(_) => ledger::open_soon(&config).await?,
        None => ledger::open(&config).await?,
    };
    let commits = CommitMeter::new();
    let events = commits.around(Arc::new(Apart::new(events, appends)));
    // Each connection has one: a burst is taken as a whole.
    let store = GroupCommit::with_limit(events, server::MAX_CONNECTIONS);
    let store: Arc<dyn EventStore> = Arc::new(store);
    let normalizer = Normalizer::new(config.parse(VTID_SCHEMES)?.unwrap_or_default());
    let watcher = Ingestor::without_github(Arc::clone(&store), normalizer.clone());
    let watch = Watch::configured(&config, watcher, checkpoints)?;
    let auditor = Ingestor::without_github(Arc::clone(&store), normalizer.clone());
    let audit = Audit::configured(&config, &store, auditor)?;
    let options = Options {
        normalizer,
        read_tokens: access.read_tokens,
        ingest_tokens: access.ingest_tokens,
        admin_tokens: access.admin_tokens,
        limits: limits(&config)?,
        spool,
        commits: Some(commits),
        expected: expected(&config)?,
    };
    let oasis = Oasis::with(store, &access.github, options);
    let app = routes::assemble(&oasis, Arc::clone(&presence), &config)?;
    let agents = oasis.clone();
    tokio::spawn(keep("watches agents", move || agents.watch_agents(Arc::clone(&presence))));
    let spool = oasis.clone();
    tokio::spawn(keep("drains the spool", move || spool.drain_spool()));
    if let Some(Span(age)) = retain {
        let removing = move || prune::retain(Arc::clone(&retention), age);
        tokio::spawn(keep("removes old events", removing));
    }
    if let Some(watch) = watch {
        let watching = watch.shown_by(&oasis).run();
        tokio::spawn(async move {
            if let Err(error) = watching.await {
                tracing::error!("nothing is asked of Cloud Logging any more: {error:#}");
            }
        });
    }

    if let Some(audit) = audit {
        audit.shown_by(&oasis).start();
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
    if let Some(forgetful) = ephemeral::file_system(Path::new(dir)) {
        if !config.parse(SPOOL_ALLOW_EPHEMERAL)?.unwrap_or(false) {
            let form = format!(
                "{dir} is on {forgetful}: an answer that a delivery is kept would promise too much; \
                 choose a directory on a disk, or set {SPOOL_ALLOW_EPHEMERAL} \
                 (OASIS_SPOOL_ALLOW_EPHEMERAL=true) if it may be lost"
            );
            return Err(config.invalid(SPOOL_DIR, &form));
        }
        tracing::warn!("{SPOOL_DIR} is on {forgetful}: what waits there may be lost");
    }
    let max_bytes = config.parse::<NonZeroU64>(SPOOL_MAX_BYTES)?.map_or(1 << 30, NonZeroU64::get);
    let spool = Spool::open(dir, max_bytes).with_context(|| format!("cannot open {SPOOL_DIR}"))?;
    Ok(Some(spool))
}

/// Runs a task until it ends; one that breaks is begun anew.
async fn keep<F: Future<Output = ()> + Send + 'static>(what: &str, task: impl Fn() -> F) {
    while let Err(broken) = tokio::spawn(task()).await {
        tracing::error!(%broken, "the task that {what} broke; it is begun anew");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Sources that must not be silent for long.
pub(crate) fn expected(config: &Config) -> Result<Vec<Expected>> {
    let form = "no list such as github.actions=24h, gcp.deploy=7d";
    let parts = config.list::<String>(EXPECTED_SOURCES)?.into_iter().map(|part| {
        let (source, within) = part.split_once('=')?;
        let within = within.trim().parse::<Span>().ok()?.0;
        Some(Expected { source: source.trim().to_owned(), within })
    });
    let parts: Option<Vec<_>> = parts.collect();
    parts.ok_or_else(|| config.invalid(EXPECTED_SOURCES, &form))
}

/// What one process takes at most.
fn limits(config: &Config) -> Result<Limits> {
    let standard = Limits::default();
    let age = config.parse::<Span>(FEED_AGE)?;
    Ok(Limits {
        feeds: config.parse(FEED_CLIENTS)?.unwrap_or(standard.feeds),
        feed_age: age.map_or(standard.feed_age, |age| age.0),
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
