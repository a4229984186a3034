//! Deliveries until they are durable.

use std::num::NonZeroU32;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use oasis_benches::{Figures, Payload};
use oasis_core::EventStoreExt;
use oasis_sqlx::SqliteStore;

use super::Options;
use crate::cluster::Cluster;
use crate::delivery::Delivery;
use crate::ingest::{Brought, Load, bring};
use crate::server::{Server, bare};
use crate::{ledger, peers};

/// What one connection and 64 of them brought, and the rest that is of interest.
struct Own {
    lone: Brought,
    many: Brought,
    /// The most memory of the gateway, in MiB.
    peak: f64,
}

/// Prints T4 to T7, and the memory of T12.
pub(super) async fn compare(
    options: &Options,
    payload: &Payload,
    figures: &mut Figures,
) -> Result<()> {
    let delivery = Delivery::new(payload);
    let seconds = options.seconds;
    println!("{}, {} bytes, {seconds} s each", payload.name, payload.body.len());
    let cluster = Cluster::durable();
    let table = peers::database(&cluster).await;
    let (lone_tps, lone_ms) = peers::pgbench(&table, 1, seconds).await?;
    let mut best = lone_tps;
    for clients in [16, 64] {
        best = best.max(peers::pgbench(&table, clients, seconds).await?.0);
    }
    peers::empty(&table).await;

    let url = cluster.database().await;
    let postgres = own(options, &delivery, Some(&url), "Postgres").await?;
    let sqlite = own(options, &delivery, None, "SQLite").await?;
    figures.see(
        "T4.pgbench",
        postgres.many.rate / best,
        format!("{} a second beside {best:.0} single rows of pgbench", shown(&postgres.many)),
    );
    figures.see(
        "T6",
        postgres.lone.latency.median() / lone_ms,
        format!("{:.2} ms, pgbench {lone_ms:.2} ms", postgres.lone.latency.median()),
    );
    let single = single_rows(payload, seconds).await?;
    figures.see(
        "T5",
        sqlite.many.rate / single,
        format!(
            "{} a second beside {single:.0} single rows of the same store",
            shown(&sqlite.many)
        ),
    );
    let server = bare(&std::env::current_exe()?).await?;
    let (at, process) = (server.address, Some(server.process()));
    let each = bring(at, process, &delivery, 0, &Load::closed(64, seconds)).await?.cpu;
    drop(server);
    figures.see(
        "T7",
        postgres.many.cpu / each,
        format!(
            "{:.1} µs with Postgres, {:.1} with SQLite, bare {each:.1}",
            postgres.many.cpu, sqlite.many.cpu
        ),
    );
    figures.see("T12.memory", postgres.peak, "MiB at most, 64 connections, Postgres");
    figures.see("T12.memory-sqlite", sqlite.peak, "MiB at most, 64 connections, SQLite");
    match &options.express {
        Some(folder) => express(folder, &table, &delivery, seconds, &postgres.many, figures).await,
        None => Ok(()),
    }
}

async fn own(options: &Options, delivery: &Delivery, url: Option<&str>, name: &str) -> Result<Own> {
    let gateway = Server::gateway(&options.gateway, url, None).await?;
    let (at, process, seconds) = (gateway.address, gateway.process(), options.seconds);
    let some = Some(process);
    let lone = bring(at, some, delivery, 0, &Load::closed(1, seconds)).await?;
    let few = bring(at, some, delivery, 1_000_000_000, &Load::closed(16, seconds)).await?;
    let many = bring(at, some, delivery, 2_000_000_000, &Load::closed(64, seconds)).await?;
    let peak = process.peak()? as f64 / 1024.0;
    let half = NonZeroU32::new((many.rate / 2.0) as u32).context("nothing was stored")?;
    let paced = Load { rate: Some(half), ..Load::closed(64, seconds) };
    let paced = bring(at, some, delivery, 3_000_000_000, &paced).await?;
    // At the end: who follows the feed costs the gateway something.
    let all = [&lone, &few, &many, &paced];
    ledger::holds(at, 0, all.iter().map(|brought| brought.taken).sum()).await?;
    let loads = ["1 connection", "16 connections", "64 connections", "half of that, open loop"];
    for (what, brought) in loads.iter().zip(all) {
        println!("  {name}, {what}: {} a second, {:.1} µs of CPU", shown(brought), brought.cpu);
    }
    Ok(Own { lone, many, peak })
}

fn shown(brought: &Brought) -> String {
    let (p50, p99) = (brought.latency.median(), brought.latency.within(0.99));
    format!("{:.0} (p50 {p50:.2}, p99 {p99:.2} ms)", brought.rate)
}

/// How many events a second the store commits one by one.
async fn single_rows(payload: &Payload, seconds: f64) -> Result<f64> {
    let dir = tempfile::tempdir()?;
    let store = SqliteStore::open(dir.path().join("single.db")).await?;
    let began = std::time::Instant::now();
    let mut count = 0;
    while began.elapsed().as_secs_f64() < seconds {
        store.append_one(oasis_benches::event(payload, count)).await?;
        count += 1;
    }
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

async fn express(
    folder: &Path,
    table: &str,
    delivery: &Delivery,
    seconds: f64,
    own: &Brought,
    figures: &mut Figures,
) -> Result<()> {
    let server = peers::express(folder, table).await?;
    let brought = bring(server.address, None, delivery, 0, &Load::closed(64, seconds)).await?;
    ensure!(peers::rows(table).await? == brought.taken, "Express lost some");
    figures.see(
        "T4.express",
        own.rate / brought.rate,
        format!("{} beside {} a second", shown(own), shown(&brought)),
    );
    let (slow, fast) = (brought.latency.median(), own.latency.median());
    figures.see("T4.express-p50", slow / fast, "times its median with Express");
    Ok(())
}
