//! `recover`: what GitHub delivered and the ledger lacks, fetched.

mod audit;
mod coverage;
mod github;
mod hook;
mod identity;
mod recovery;
mod report;

use std::io::{Write, stdout};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{ArgGroup, Args};
use oasis_core::{Ingestor, Normalizer, Timestamp};
use tokio::runtime::Runtime;

use crate::cli::Settings;
use crate::config::{Config, GITHUB_API, VTID_SCHEMES};
use crate::filter::moment;
use crate::ledger::{self, Stores};
use crate::usage::WrongUsage;
pub(crate) use audit::Audit;
use github::Github;
use hook::Hook;
use identity::Identity;
use recovery::Recovery;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("whose").required(true).args(["repo", "org", "app"])))]
pub(crate) struct Options {
    /// The webhook of this repository; the token is GITHUB_TOKEN
    #[arg(long, value_name = "OWNER/NAME", value_parser = hook::repository)]
    repo: Option<Hook>,
    /// The webhook of this organisation; the token is GITHUB_TOKEN
    #[arg(long, value_name = "NAME", value_parser = hook::organisation)]
    org: Option<Hook>,
    /// The webhook of the app GITHUB_APP_ID, whose key is in GITHUB_APP_PRIVATE_KEY_FILE
    #[arg(long)]
    app: bool,
    /// The webhook's id, where there are several
    #[arg(long, value_name = "ID", conflicts_with = "app")]
    hook: Option<u64>,
    /// Deliveries since this moment, such as 2026-11-24T12:00:00Z or 6h; GitHub keeps three days
    #[arg(long, value_name = "WHEN", default_value = "3d", value_parser = moment)]
    since: Timestamp,
    /// Only compare and report
    #[arg(long)]
    dry_run: bool,
    /// Have GitHub send again what is missing, and fetch only what doesn't come that way
    #[arg(long)]
    redeliver: bool,
    /// The report as one JSON object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
}

pub(crate) fn run(options: Options) -> Result<()> {
    Runtime::new().context("cannot start the runtime")?.block_on(recover(options))
}

async fn recover(options: Options) -> Result<()> {
    let config = options.settings.load()?;
    let whose = options.repo.or(options.org).unwrap_or(Hook::App);
    let identity = Identity::configured(&config, &whose)?;
    let github = Github::at(config.get(GITHUB_API).unwrap_or_default(), identity)?;
    let id = match (options.hook, whose.siblings()) {
        (Some(id), _) => id,
        (None, None) => 0,
        (None, Some(siblings)) => only_hook(&github, &siblings, &whose).await?,
    };
    let store = store(&config, options.dry_run).await?;
    let normalizer = Normalizer::new(config.parse(VTID_SCHEMES)?.unwrap_or_default());
    let ingestor = Arc::new(Ingestor::without_github(Arc::clone(&store), normalizer));
    let recovery = Recovery { github, path: whose.deliveries(id), store, ingestor };
    let hook = if id == 0 { format!("hook of {whose}") } else { format!("hook {id} of {whose}") };
    let mut report = recovery.compare(hook, options.since).await?;
    if !options.dry_run {
        recovery.recover(&mut report, options.redeliver).await?;
    }
    let mut out = stdout();
    if options.json {
        writeln!(out, "{}", serde_json::to_string(&report.told)?)?;
    } else {
        writeln!(out, "{}", report.told)?;
    }
    match report.told.lost.len() {
        0 => Ok(()),
        lost => bail!("neither the ledger nor GitHub has {lost} of them"),
    }
}

/// A ledger that is only compared with is not made.
async fn store(config: &Config, dry_run: bool) -> Result<Arc<dyn oasis_core::EventStore>> {
    let Stores { events, .. } =
        if dry_run { ledger::existing(config).await? } else { ledger::open(config).await? };
    Ok(events)
}

async fn only_hook(github: &Github, siblings: &str, whose: &Hook) -> Result<u64> {
    let hooks = github.hooks(siblings).await?;
    match hooks.as_slice() {
        [only] => Ok(only.id),
        [] => bail!("{whose} has no webhook"),
        several => {
            let name =
                |hook: &github::ListedHook| format!("\n  {} to {}", hook.id, hook.config.url);
            let names: String = several.iter().map(name).collect();
            Err(WrongUsage::error(format!(
                "{whose} has several webhooks; choose with --hook, or as {whose}#ID in recover.hooks:{names}"
            )))
        }
    }
}
