//! The feed: between two gateways, and to very many clients.

use std::num::NonZeroU32;

use anyhow::{Context, Result};
use oasis_benches::{Figures, Payload};

use super::Options;
use crate::cluster::Cluster;
use crate::delivery::Delivery;
use crate::fanout::{self, Crowd, Fanout, Published};
use crate::process::Process;
use crate::replicas;
use crate::server::Server;

/// The core of the server; the clients have the other.
const SERVER_CORE: u32 = 0;
const RATE: NonZeroU32 = NonZeroU32::new(100).unwrap();

/// Prints T9.
pub(super) async fn replicas(
    options: &Options,
    payload: &Payload,
    figures: &mut Figures,
) -> Result<()> {
    let cluster = Cluster::durable();
    let delivery = Delivery::new(payload);
    let seconds = options.seconds * 4.0;
    let seen = replicas::run(&options.gateway, &cluster, &delivery, seconds, false).await?;
    let latency = seen.latency;
    figures.see("T9.p50", latency.median(), format!("ms, {} deliveries", latency.count()));
    figures.see("T9.p99", latency.within(0.99), "ms, the same");
    let seen = replicas::run(&options.gateway, &cluster, &delivery, seconds, true).await?;
    let latency = seen.latency;
    figures.see("T9.deaf", latency.within(0.99), "ms, p99 with no notification let through");
    Ok(())
}

/// Prints T10.
pub(super) async fn fanout(options: &Options, figures: &mut Figures) -> Result<()> {
    let delivery = Delivery::new(&small());
    let some = Crowd { clients: 1000, rate: RATE, seconds: options.seconds * 2.0 };
    let many = Crowd { clients: 5000, ..some };
    let path = "/api/v1/devhub/feed";
    let mut own = Vec::new();
    for crowd in [&some, &many] {
        let gateway = Server::gateway(&options.gateway, None, Some(SERVER_CORE)).await?;
        let all = [gateway.process()];
        let done = fanout::run(gateway.address, path, delivery.clone(), &all, crowd).await?;
        println!("  gateway, {crowd:?}: {}", done.json());
        own.push(done);
    }
    let [few, all] = own.as_slice() else { return Ok(()) };
    let wanted = many.messages();
    let detail = format!("{:.0} of {wanted:.0} messages a second", all.seen.rate);
    figures.see("T10.delivered", all.seen.rate / wanted, detail);
    figures.see("T10.p99", all.seen.latency.within(0.99), "ms, 5,000 clients × 100 a second");
    figures.see("T10.few-p99", few.seen.latency.within(0.99), "ms, 1,000 clients × 100 a second");
    figures.see("T10.client", all.idle, "KiB a client, of 5,000 idle ones");
    let size = all.seen.bytes as usize;
    match nchan(&many, size).await {
        Ok(peer) => {
            println!("  nginx and nchan, {many:?}: {}", peer.json());
            let (ours, theirs) = (all.seen.rate, peer.seen.rate);
            let detail = format!("{ours:.0} messages of {size} B a second beside {theirs:.0}");
            figures.see("T10.nchan", ours / theirs, detail);
        }
        Err(error) => println!("  no nginx with nchan: {error:#}"),
    }
    Ok(())
}

async fn nchan(crowd: &Crowd, size: usize) -> Result<Fanout> {
    let dir = tempfile::tempdir()?;
    let server = fanout::nchan(dir.path(), Some(SERVER_CORE)).await?;
    let pid = std::fs::read_to_string(dir.path().join("nginx.pid"))?;
    let worker = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", pid.trim()))?;
    let worker = worker.split_whitespace().next().context("nginx has no worker")?.parse()?;
    // Headers and framing of one of its messages are about this long.
    let message = Published::new(size.saturating_sub(60));
    fanout::run(server.address, "/feed", message, &[Process(worker)], crowd).await
}

/// A push that becomes a message of about 500 bytes.
pub fn small() -> Payload {
    let body = r#"{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"acme/rocket"}}"#;
    Payload { name: "small push", event: "push", body: body.into() }
}
