//! A ledger of millions of rows beside an empty one, on the same Postgres.

use anyhow::Result;
use oasis_benches::{Figures, Payload};

use super::Options;
use crate::cluster::Cluster;
use crate::delivery::Delivery;
use crate::ingest::{Load, bring};
use crate::server::Server;
use crate::{ledger, size};

/// Prints T8 and T11.
pub(super) async fn compare(
    options: &Options,
    payload: &Payload,
    figures: &mut Figures,
) -> Result<()> {
    let cluster = Cluster::durable();
    let (empty, full) = (cluster.database().await, cluster.database().await);
    let (delivery, load) = (Delivery::new(payload), Load::closed(64, options.seconds));
    let small = Server::gateway(&options.gateway, Some(&empty), None).await?;
    let large = Server::gateway(&options.gateway, Some(&full), None).await?;
    size::fill(&full, options.rows).await;
    println!("  {} rows are there", options.rows);
    let (mut rates, mut taken) = ([Vec::new(), Vec::new()], [0, 0]);
    // In turn, so that what changes meanwhile changes for both.
    for round in 0..3 {
        for (n, gateway) in [&small, &large].into_iter().enumerate() {
            let first = round * 1_000_000_000;
            let brought = bring(gateway.address, None, &delivery, first, &load).await?;
            rates[n].push(brought.rate);
            taken[n] += brought.taken;
        }
    }
    ledger::holds(small.address, 0, taken[0]).await?;
    ledger::holds(large.address, options.rows, taken[1]).await?;
    let [empty, full] = rates.map(size::median);
    let detail = format!("{full:.0} a second in {} rows, {empty:.0} in few", options.rows);
    figures.see("T8", full / empty, detail);

    let (first, deep) = size::pages(large.address, 10_000).await?;
    figures.see("T11.page", deep / first, format!("{deep:.2} ms, the first {first:.2} ms"));
    let (all, task) = size::newest(large.address).await?;
    figures.see("T11.task", task / all, format!("{task:.2} ms, of all {all:.2} ms"));
    Ok(())
}
