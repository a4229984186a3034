//! `prune`: the oldest events removed, by a command or by `serve` itself.

use std::io::{Write, stdout};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use clap::{ArgGroup, Args};
use oasis_core::{EventFilter, EventStore, Position, Query, Timestamp};
use tokio::runtime::Runtime;
use tokio::time::{MissedTickBehavior, interval};

use crate::cli::Settings;
use crate::config::Span;
use crate::ledger::{self, Retention, Stores};

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("which").required(true).multiple(true).args(["older_than", "keep"])))]
pub(crate) struct Options {
    /// What was recorded longer ago, such as 90d or 12h
    #[arg(long, value_name = "AGE")]
    older_than: Option<Span>,
    /// What is older than the newest COUNT events; with --older-than both must hold
    #[arg(long, value_name = "COUNT")]
    keep: Option<u64>,
    /// Only say how many they are
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    settings: Settings,
}

pub(crate) fn run(options: Options) -> Result<()> {
    Runtime::new().context("cannot start the runtime")?.block_on(prune(options))
}

async fn prune(options: Options) -> Result<()> {
    let config = options.settings.load()?;
    let Stores { events, retention, .. } = ledger::existing(&config).await?;
    let mut before = Timestamp::MAX;
    if let Some(Span(age)) = options.older_than {
        before = ago(age);
    }
    if let Some(count) = options.keep {
        before = before.min(recorded_before(&*events, count).await?);
    }
    if before > ago(REDELIVERY) {
        tracing::warn!(
            "a sender may bring a delivery again (GitHub for three days); one whose event was \
             removed is a new event then"
        );
    }
    let mut out = stdout();
    if options.dry_run {
        writeln!(out, "{} events would be removed", retention.prunable(before).await?)?;
    } else {
        writeln!(out, "{} events removed", retention.prune(before).await?)?;
    }
    Ok(())
}

/// For how long GitHub lets a delivery be sent again.
const REDELIVERY: Duration = Duration::from_secs(3 * 24 * 3600);

/// When the oldest of the newest events was recorded: what was recorded before is not among them.
async fn recorded_before(store: &dyn EventStore, newest: u64) -> Result<Timestamp> {
    let head = store.head().await?.map_or(0, Position::get);
    let Some(below) = head.checked_sub(newest) else { return Ok(Timestamp::UNIX_EPOCH) };
    let query = Query::after(EventFilter::default(), Position::new(below), 1);
    let first = store.query(&query).await?.events.pop();
    Ok(first.map_or(Timestamp::MAX, |first| first.recorded_at))
}

/// How often `serve` removes what is too old.
const PAUSE: Duration = Duration::from_secs(60);

/// Removes what is older than this, again and again.
pub(crate) async fn retain(retention: Arc<dyn Retention>, age: Duration) {
    let mut pace = interval(PAUSE.min(age));
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pace.tick().await;
        match retention.prune(ago(age)).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "old events were removed"),
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%error, cause, "old events stay for now");
            }
        }
    }
}

fn ago(age: Duration) -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let millis = now.saturating_sub(age).as_millis();
    Timestamp::from_unix_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
