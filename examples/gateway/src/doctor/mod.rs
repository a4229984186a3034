//! `doctor`: whether what the gateway needs is there, and what to do where it isn't.

mod credentials;
mod database;
mod disk;
mod finding;
mod network;
mod settings;

use std::io::{Write, stdout};

use anyhow::{Result, bail};
use clap::Args;
use tokio::runtime::Runtime;

use crate::cli::ServeOptions;
use finding::Finding;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where others reach the gateway, such as `https://oasis.example.com`: is it reached from here?
    #[arg(long)]
    url: Option<String>,
    /// The findings as a JSON array
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    serve: ServeOptions,
}

pub(crate) fn run(options: Options) -> Result<()> {
    let findings = match options.serve.load() {
        Ok(config) => Runtime::new()?.block_on(async {
            let mut findings = settings::check(&config);
            findings.extend(credentials::check(&config));
            findings.extend(disk::check(&config));
            let (found, database_clock) = database::check(&config).await;
            findings.push(found);
            findings.extend(network::check(&config, options.url.as_deref(), database_clock).await);
            findings
        }),
        Err(error) => {
            let remedy = "correct the file or the variable that is named";
            vec![Finding::fault("settings", format!("{error:#}"), remedy)]
        }
    };
    let mut out = anstream::AutoStream::auto(stdout());
    if options.json {
        writeln!(out, "{}", serde_json::to_string(&findings)?)?;
    } else {
        for finding in &findings {
            writeln!(out, "{finding}")?;
        }
    }
    out.flush()?;
    match findings.iter().filter(|finding| finding.is_fault()).count() {
        0 => Ok(()),
        faults => bail!("{faults} of {} checks failed", findings.len()),
    }
}
