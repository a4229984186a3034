//! `tail`: the live feed in a terminal.

mod feed;
mod line;
mod reader;

use std::io::Write;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use oasis_core::Recorded;
use tokio::runtime::Builder;

use crate::cli::Settings;
use crate::filter::FilterOptions;
use crate::remote::Remote;
use feed::{Feed, Start};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Start after this position and miss nothing; 0 is the ledger's start
    #[arg(long, value_name = "POSITION", conflicts_with = "lines")]
    after: Option<u64>,
    /// How many of the newest events are shown first
    #[arg(long, short = 'n', default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=1000))]
    lines: u16,
    /// Each event as one line of JSON, as it is in the ledger
    #[arg(long)]
    json: bool,
    /// When to use colours; NO_COLOR is heeded
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// The gateway; its token is the first of OASIS_READ_TOKEN
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    filter: FilterOptions,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Color {
    /// On a terminal
    Auto,
    Always,
    Never,
}

impl From<Color> for anstream::ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

pub(crate) fn run(options: Options) -> Result<()> {
    let config = options.settings.load()?;
    let remote = Remote::new(&options.url, &config)?;
    let start = options.after.map_or(Start::Newest(options.lines), Start::After);
    let mut feed = Feed::new(remote, options.filter.pairs(), start);
    let mut out = anstream::AutoStream::new(std::io::stdout(), options.color.into());
    let show = |event: &Recorded| -> Result<()> {
        if options.json {
            writeln!(out, "{}", serde_json::to_string(event)?)?;
        } else {
            writeln!(out, "{}", line::of(event))?;
        }
        Ok(out.flush()?)
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            ended = feed.follow(show) => ended,
            stop = tokio::signal::ctrl_c() => stop.context("signals can't be caught"),
            () = reader::gone() => Ok(()),
        }
    })
}
