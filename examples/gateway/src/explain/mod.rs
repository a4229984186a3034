//! `explain`: what becomes of a payload, and why.

mod guess;
mod report;
mod source;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use oasis_core::Normalizer;

use crate::cli::Settings;
use crate::config::VTID_SCHEMES;
use crate::payload;
use source::{Headers, Sort};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The payload; - is stdin
    file: PathBuf,
    /// GitHub's name for the event; without it the payload's shape tells it, if only one has it
    #[arg(long, value_name = "NAME")]
    event: Option<String>,
    /// A header that came with it, such as 'X-Hub-Signature-256: sha256=…'; may be repeated
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// Who sent it; without it the headers and the payload's shape tell
    #[arg(long = "as", value_name = "SOURCE")]
    sort: Option<Sort>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: Settings,
}

/// Which of GitHub's events a payload is; an error when its shape doesn't tell.
pub(crate) fn guess(body: &[u8]) -> Result<&'static str> {
    guess::event(serde_json::from_slice(body).ok().as_ref())
}

pub(crate) fn run(options: Options) -> Result<()> {
    let config = options.settings.load()?;
    let body = payload::read(&options.file)?;
    let headers = Headers::read(&options.headers, options.event.as_deref())?;
    let normalizer = Normalizer::new(config.parse(VTID_SCHEMES)?.unwrap_or_default());
    let told = source::explain(&normalizer, &config, &headers, &body, options.sort)?;
    if options.json { report::json(&told) } else { report::text(&told) }
}
