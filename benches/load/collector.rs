//! `cdviz-collector`, which makes a CDEvent of each delivery and stores it, after it has answered.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::cluster::{self, Cluster};
use crate::delivery::{Delivery, SECRET};
use crate::ingest::{Load, bring};
use crate::server::{Server, free_address};

/// What became of the deliveries of one load.
#[derive(Debug)]
pub struct Stored {
    /// How many rows there were at its end, each second.
    pub rate: f64,
    /// How many deliveries it answered as taken, and how many of them were never stored.
    pub taken: u64,
    pub lost: u64,
}

/// Brings deliveries to a collector of its own, with a database of its own.
pub async fn measure(
    program: &Path,
    cluster: &Cluster,
    delivery: &Delivery,
    load: &Load,
) -> Result<Stored> {
    let url = cluster.database().await;
    let mut connection = cluster::stranger(&url).await;
    cluster::execute(&mut connection, include_str!("../peers/collector.sql")).await;
    let (server, _dir) = start(program, &url).await?;
    let brought = bring(server.address, None, delivery, 0, load).await?;
    let at_the_end = rows(&url).await?;
    // What still waits in its memory is stored when it is stopped, or never.
    drop(server);
    let kept = rows(&url).await?;
    ensure!(at_the_end > 0, "the collector stored nothing");
    Ok(Stored {
        rate: at_the_end as f64 / (load.warm_up + load.seconds),
        taken: brought.taken,
        lost: brought.taken.saturating_sub(kept),
    })
}

async fn start(program: &Path, url: &str) -> Result<(Server, TempDir)> {
    let dir = tempfile::tempdir()?;
    let address = free_address();
    let settings = include_str!("../peers/collector.toml")
        .replace("PORT", &address.port().to_string())
        .replace("SECRET", SECRET)
        .replace("DATABASE", url);
    let file = dir.path().join("collector.toml");
    std::fs::write(&file, settings).context("can't write the collector's settings")?;
    let mut command = Command::new(program);
    command.arg("connect").arg("--config").arg(&file).current_dir(dir.path());
    let server = Server::start(&mut command, address, "/healthz").await?;
    Ok((server, dir))
}

async fn rows(url: &str) -> Result<u64> {
    let mut connection = cluster::stranger(url).await;
    let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM cdviz.cdevents_lake");
    Ok(u64::try_from(count.fetch_one(&mut connection).await?)?)
}
