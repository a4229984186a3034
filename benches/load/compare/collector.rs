//! Deliveries until they are durable, beside a collector that answers before they are.

use anyhow::{Context, Result};
use oasis_benches::{Figures, Payload};

use super::Options;
use crate::cluster::Cluster;
use crate::collector;
use crate::delivery::Delivery;
use crate::ingest::{Load, bring};
use crate::ledger;
use crate::server::Server;

/// Prints what is left of T4.
pub(super) async fn compare(
    options: &Options,
    payload: &Payload,
    figures: &mut Figures,
) -> Result<()> {
    let program = options.collector.as_deref().context("--collector says where it is")?;
    let (cluster, many) = (Cluster::durable(), Load::closed(64, options.seconds));

    let url = cluster.database().await;
    let gateway = Server::gateway(&options.gateway, Some(&url), None).await?;
    let own = bring(gateway.address, None, &Delivery::new(payload), 0, &many).await?;
    ledger::holds(gateway.address, 0, own.taken).await?;
    drop(gateway);

    // It stores the most where it is asked for the least.
    let delivery = Delivery::to("/webhook/github", payload);
    let mut best: f64 = 0.0;
    let mut seen = Vec::new();
    for load in [Load::closed(1, options.seconds), Load::closed(16, options.seconds), many] {
        let stored = collector::measure(program, &cluster, &delivery, &load).await?;
        best = best.max(stored.rate);
        let share = 100.0 * stored.lost as f64 / stored.taken as f64;
        seen.push(format!("{:.0} by {} ({share:.0} % lost)", stored.rate, load.connections));
    }
    figures.see(
        "T4.collector",
        own.rate / best,
        format!(
            "{:.0} a second beside what it stores of what it has answered: {}",
            own.rate,
            seen.join(", ")
        ),
    );
    Ok(())
}
