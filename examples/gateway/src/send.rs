//! `send`: a file, signed and posted as GitHub would.

use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use serde_json::Value;
use tokio::runtime::Builder;
use uuid::Uuid;

use crate::cli::Settings;
use crate::explain;
use crate::payload;
use crate::sender::Sender;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The payload; - is stdin
    file: PathBuf,
    /// GitHub's name for the event; without it the payload's shape tells it, if only one has it
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// The delivery's id; without it a new one. The same id again is answered as a duplicate
    #[arg(long, value_name = "ID")]
    delivery: Option<String>,
    /// The gateway
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    #[command(flatten)]
    settings: Settings,
}

pub(crate) fn run(options: Options) -> Result<()> {
    let config = options.settings.load()?;
    let body = payload::read(&options.file)?;
    let event = match options.event {
        Some(event) => event,
        None => explain::guess(&body)?.to_owned(),
    };
    let delivery = options.delivery.unwrap_or_else(|| Uuid::new_v4().to_string());
    let sender = Sender::new(&options.url, &config)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(send(&sender, &event, &delivery, body))
}

/// Prints the answer as it came.
async fn send(sender: &Sender, event: &str, delivery: &str, body: Vec<u8>) -> Result<()> {
    let response = sender.post(event, delivery, body).await?;
    let status = response.status();
    let answer = response.text().await?;
    let shown = match serde_json::from_str::<Value>(&answer) {
        Ok(json) => json.to_string(),
        Err(_) => answer,
    };
    writeln!(stdout(), "{shown}")?;
    if !status.is_success() {
        bail!("{} answered {status} to {event} {delivery}", sender.url());
    }
    Ok(())
}
