//! `demo`: a team's day for a running gateway, signed as GitHub's, and its agents' signs of life.

mod agents;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;
use tokio::runtime::Builder;
use uuid::Uuid;

use crate::cli::Settings;
use crate::config::Span;
use crate::sender::Sender;
use crate::story::{self, Ahead, Sample};
use agents::Agents;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Go on after the day, until Ctrl-C
    #[arg(long)]
    live: bool,
    /// How long it takes until the next thing happens, with --live
    #[arg(long, value_name = "TIME", default_value = "2s", requires = "live")]
    pace: Span,
    /// The gateway
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    #[command(flatten)]
    settings: Settings,
}

pub(crate) fn run(options: Options) -> Result<()> {
    let config = options.settings.load()?;
    let sender = Sender::new(&options.url, &config)?;
    let agents = Agents::configured(&config)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        agents.beat(&sender, 0).await?;
        for sample in story::day(oasis_axum::now()) {
            deliver(&sender, &sample).await?;
        }
        if !options.live {
            return Ok(());
        }
        tokio::select! {
            ended = go_on(&sender, &agents, options.pace.0) => ended,
            stop = tokio::signal::ctrl_c() => stop.context("signals can't be caught"),
        }
    })
}

async fn go_on(sender: &Sender, agents: &Agents, pace: Duration) -> Result<()> {
    /// How many things happen between two signs of life.
    const BEAT: usize = 8;
    let mut ahead = Ahead::from(oasis_axum::now());
    for n in 1_usize.. {
        tokio::time::sleep(pace).await;
        for sample in ahead.next(oasis_axum::now()) {
            deliver(sender, &sample).await?;
        }
        if n % BEAT == 0 {
            agents.beat(sender, n / BEAT).await?;
        }
    }
    Ok(())
}

async fn deliver(sender: &Sender, sample: &Sample) -> Result<()> {
    let body = serde_json::to_vec(&sample.payload)?;
    let response = sender.post(sample.event, &Uuid::new_v4().to_string(), body).await?;
    let status = response.status();
    let receipt: Value = response.json().await.unwrap_or_default();
    if !status.is_success() {
        let detail = receipt.get("detail").and_then(Value::as_str).unwrap_or("no detail");
        bail!("{} answered {status}: {detail}", sender.url());
    }
    say(sample.event, &receipt)
}

/// A line for what was taken.
fn say(event: &str, receipt: &Value) -> Result<()> {
    use std::io::Write;

    let text = |name: &str| receipt.get(name).and_then(Value::as_str).unwrap_or_default();
    let position = receipt.get("position").and_then(Value::as_u64).unwrap_or_default();
    let (vtid, title) = (text("vtid"), text("title"));
    Ok(writeln!(std::io::stdout(), "{position:>4}  {vtid:16} {title:28} {event}")?)
}
