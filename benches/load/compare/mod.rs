//! The gateway beside its peers, in one run, on the same deliveries and the same Postgres.

mod collector;
mod feed;
mod ingest;
mod large;

use std::path::PathBuf;

use anyhow::{Context, Result};
use oasis_benches::{Figures, Payload};

use crate::cluster::Cluster;
use crate::delivery::Delivery;
use crate::server::Server;
use crate::{heavy, start};

pub use feed::small;

/// What is compared.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Which comparisons; without any, all but `large` and `collector`
    parts: Vec<Part>,
    /// The gateway's program, a release build
    #[arg(long)]
    gateway: PathBuf,
    /// The folder with the packages of the Express gateway
    #[arg(long)]
    express: Option<PathBuf>,
    /// The program cdviz-collector
    #[arg(long)]
    collector: Option<PathBuf>,
    /// For how long each is measured, in seconds
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// How many rows a large ledger has
    #[arg(long, default_value_t = 5_000_000)]
    rows: u64,
    /// Where the figures are kept, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Part {
    /// Deliveries until they are durable, beside Express, pgbench and a bare handler
    Ingest,
    /// Bodies of 25 MiB
    Heavy,
    /// From the start to the first answer
    Start,
    /// From one gateway to the feed of another
    Replicas,
    /// Many clients of one feed, beside nginx with nchan
    Fanout,
    /// A ledger of millions of rows
    Large,
    /// Deliveries until they are durable, beside what cdviz-collector stores
    Collector,
}

/// Compares, and prints each figure as soon as it is there.
pub async fn run(options: &Options, payload: &Payload) -> Result<()> {
    let mut figures = Figures::default();
    let usual = [Part::Ingest, Part::Heavy, Part::Start, Part::Replicas, Part::Fanout];
    let parts = if options.parts.is_empty() { &usual[..] } else { &options.parts };
    for part in parts {
        match part {
            Part::Ingest => ingest::compare(options, payload, &mut figures).await,
            Part::Heavy => bodies(options, &mut figures).await,
            Part::Start => starts(options, payload, &mut figures).await,
            Part::Replicas => feed::replicas(options, payload, &mut figures).await,
            Part::Fanout => feed::fanout(options, &mut figures).await,
            Part::Large => large::compare(options, payload, &mut figures).await,
            Part::Collector => collector::compare(options, payload, &mut figures).await,
        }
        .with_context(|| format!("{part:?}"))?;
    }
    let Some(file) = &options.json else { return Ok(()) };
    figures.write(file).with_context(|| format!("can't write {}", file.display()))
}

async fn bodies(options: &Options, figures: &mut Figures) -> Result<()> {
    let gateway = Server::gateway(&options.gateway, None, None).await?;
    let (shape, took, grown) = heavy::measure(&gateway).await?;
    figures.see("T3.time", took, format!("ms for 25 MiB of {shape}, the slowest of eight shapes"));
    figures.see("T3.memory", grown, "× its size at most, of the gateway's process");
    Ok(())
}

async fn starts(options: &Options, payload: &Payload, figures: &mut Figures) -> Result<()> {
    const STARTS: usize = 15;
    let mut delivery = Delivery::new(payload);
    let cluster = Cluster::durable();
    let postgres = cluster.database().await;
    for (key, ledger) in [("T12.sqlite", None), ("T12.postgres", Some(postgres.as_str()))] {
        let took = start::measure(&options.gateway, ledger, &mut delivery, STARTS).await?;
        let detail = format!("ms, the median of {STARTS}; the best {:.1}", took[0]);
        figures.see(key, took[STARTS / 2], detail);
    }
    Ok(())
}
