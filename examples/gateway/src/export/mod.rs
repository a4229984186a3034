//! `export`: the ledger, or a part of it, in a form that other programs read.

mod cd_event;
mod cloud_event;
mod file;
mod form;
mod source;
mod table;

use std::io::{IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use oasis_core::Position;
use tokio::runtime::Runtime;

use crate::cli::Settings;
use crate::filter::FilterOptions;
use crate::patience::patiently;
use crate::progress::Progress;
use file::ExportFile;
use form::Form;
use source::Source;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The form
    #[arg(long, short, value_name = "FORM", default_value = "ndjson")]
    format: Form,
    /// The file; without it, or with -, it goes to stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Go on where the file ends: an export that was cut off, or yesterday's
    #[arg(long, requires = "output", conflicts_with = "after")]
    resume: bool,
    /// Start after this position
    #[arg(long, value_name = "POSITION", default_value_t = 0)]
    after: u64,
    /// A gateway to ask, with the first of OASIS_READ_TOKEN; without it the database is read
    #[arg(long)]
    url: Option<String>,
    #[command(flatten)]
    settings: Settings,
    #[command(flatten)]
    filter: FilterOptions,
}

pub(crate) fn run(options: Options) -> Result<()> {
    let file = options.output.as_deref().filter(|file| *file != Path::new("-"));
    let runtime = Runtime::new().context("cannot start the runtime")?;
    match file {
        None => {
            let mut out = stdout().lock();
            let shown = out.is_terminal();
            runtime.block_on(async {
                let source = source(&options).await?;
                out.write_all(&options.format.head()?)?;
                export(&options, &source, &mut out, options.after, !shown).await
            })
        }
        Some(path) => {
            let source = runtime.block_on(source(&options))?;
            let mut file = ExportFile::open(path, options.format, options.resume)?;
            let after = file.after.unwrap_or(options.after);
            let done = runtime.block_on(export(&options, &source, &mut file, after, true));
            // Also of what was exported before something went wrong: it can be gone on with.
            done.and(file.finish())
        }
    }
}

async fn source(options: &Options) -> Result<Source> {
    let config = options.settings.clone().load()?;
    Source::open(&config, options.url.as_deref(), &options.filter).await
}

async fn export(
    options: &Options,
    source: &Source,
    out: &mut impl Write,
    after: u64,
    with_progress: bool,
) -> Result<()> {
    // What comes while it is exported is for the next time, or it would never end.
    let head = patiently("the ledger's end", async || source.head().await).await?;
    let end = head.map_or(0, Position::get);
    let mut progress = with_progress.then(|| Progress::new("exported up to position", after, end));
    let mut at = Position::new(after);
    let mut count = 0_u64;
    let mut bytes = Vec::new();
    while at < head {
        let page = patiently("a page of events", async || source.page(at).await).await?;
        let Some(last) = page.last().map(|last| last.position) else { break };
        for event in page.iter().take_while(|event| Some(event.position) <= head) {
            count += u64::from(options.format.add(event, &mut bytes)?);
        }
        out.write_all(&bytes)?;
        bytes.clear();
        at = Some(last).min(head);
        if let Some(progress) = &mut progress {
            progress.reached(at.map_or(0, Position::get));
        }
    }
    out.flush()?;
    if let Some(progress) = progress {
        progress.finish();
        tracing::info!("{count} events; --after {} goes on from there", end.max(after));
    }
    Ok(())
}
