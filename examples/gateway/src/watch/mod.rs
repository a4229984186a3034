//! `watch gcp`: asks Cloud Logging for deployments to Cloud Run, where nobody pushes them.

mod credentials;
mod logging;
mod watcher;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use oasis_axum::Oasis;
use oasis_core::{CheckpointStore, Ingestor, Normalizer};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::cli::WatchOptions;
use crate::confided;
use crate::config::{
    Config, Span, VTID_SCHEMES, WATCH_CREDENTIALS, WATCH_ENDPOINT, WATCH_INTERVAL, WATCH_LOOKBACK,
    WATCH_METADATA_HOST, WATCH_OVERLAP, WATCH_PROJECT,
};
use crate::ledger::{self, Stores};
use credentials::Credentials;
use logging::Logging;
use watcher::Watcher;

/// The projects that are watched.
pub(crate) struct Watch {
    watchers: Vec<Watcher>,
    interval: Duration,
}

/// The command.
pub(crate) fn run(options: WatchOptions) -> Result<()> {
    let once = options.once;
    let config = options.load()?;
    let runtime = Runtime::new().context("cannot start the runtime")?;
    runtime.block_on(async {
        let Stores { events, checkpoints, .. } = ledger::open(&config).await?;
        let normalizer = Normalizer::new(config.parse(VTID_SCHEMES)?.unwrap_or_default());
        let ingestor = Ingestor::without_github(events, normalizer);
        let Some(watch) = Watch::configured(&config, ingestor, checkpoints)? else {
            bail!("{WATCH_PROJECT} is not set: name the project with --project or OASIS_WATCH_GCP_PROJECT");
        };
        if once { watch.once().await } else { watch.run().await }
    })
}

impl Watch {
    /// What the configuration names; `None` where it names no project.
    pub(crate) fn configured(
        config: &Config,
        ingestor: Ingestor,
        checkpoints: Arc<dyn CheckpointStore>,
    ) -> Result<Option<Self>> {
        let projects = config.list::<String>(WATCH_PROJECT)?;
        if projects.is_empty() {
            return Ok(None);
        }
        let is_id = |project: &String| {
            project.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:".contains(&b))
        };
        if !projects.iter().all(is_id) {
            return Err(config.invalid(WATCH_PROJECT, &"no id of a project such as acme-prod"));
        }
        let credentials = match config.get(WATCH_CREDENTIALS) {
            Some(file) => Credentials::of_key_file(Path::new(file)),
            None => {
                Credentials::of_this_machine(config.get(WATCH_METADATA_HOST).unwrap_or_default())
            }
        };
        let endpoint = config.get(WATCH_ENDPOINT).unwrap_or_default();
        confided::check(WATCH_ENDPOINT, endpoint)?;
        let logging = Arc::new(Logging::at(endpoint, credentials?)?);
        let ingestor = Arc::new(ingestor);
        let span = |name| Ok::<_, anyhow::Error>(config.parse::<Span>(name)?.unwrap_or_default().0);
        let (overlap, lookback) = (span(WATCH_OVERLAP)?, span(WATCH_LOOKBACK)?);
        let watcher = |project| Watcher {
            project,
            logging: Arc::clone(&logging),
            ingestor: Arc::clone(&ingestor),
            checkpoints: Arc::clone(&checkpoints),
            overlap,
            lookback,
            seen: HashSet::new(),
            evidence: None,
        };
        let watchers = projects.into_iter().map(watcher).collect();
        Ok(Some(Self { watchers, interval: span(WATCH_INTERVAL)? }))
    }

    /// The same, telling there how it goes.
    pub(crate) fn shown_by(mut self, oasis: &Oasis) -> Self {
        for watcher in &mut self.watchers {
            let evidence = oasis.depends_on(&format!("cloud_logging {}", watcher.project));
            watcher.evidence = Some(evidence);
        }
        self
    }

    /// Watches until the task is ended; that may be anywhere.
    pub(crate) async fn run(self) -> Result<()> {
        let mut tasks = JoinSet::new();
        for watcher in self.watchers {
            tasks.spawn(watcher.run(self.interval));
        }
        while let Some(ended) = tasks.join_next().await {
            ended.context("a watcher broke")?;
        }
        Ok(())
    }

    async fn once(self) -> Result<()> {
        for watcher in self.watchers {
            watcher.once().await?;
        }
        Ok(())
    }
}
