//! From one gateway's answer to the client of another on the same Postgres.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::task::LocalSet;

use crate::arrivals::Arrivals;
use crate::audience::{Audience, Seen};
use crate::client::Connection;
use crate::cluster::Cluster;
use crate::delivery::Delivery;
use crate::server::Server;
use crate::{deaf, fanout::Message};

/// How many are brought each second, unevenly placed against the gateway's own clocks.
const RATE: NonZeroU32 = NonZeroU32::new(17).unwrap();

/// Brings deliveries to one gateway and reads the other's feed, which hears no notification where it
/// is deaf.
pub async fn run(
    program: &Path,
    cluster: &Cluster,
    delivery: &Delivery,
    seconds: f64,
    is_deaf: bool,
) -> Result<Seen> {
    let url = cluster.database().await;
    let here = Server::gateway(program, Some(&url), None).await?;
    let local = LocalSet::new();
    let brought = local.run_until(async {
        let server = SocketAddr::from(([127, 0, 0, 1], cluster.port()));
        let there = if is_deaf {
            let proxy = deaf::listen(server).await?;
            url.replace(&server.to_string(), &proxy.to_string())
        } else {
            url.clone()
        };
        let there = Server::gateway(program, Some(&there), None).await?;
        let first = 1_000_000;
        let messages = (seconds * f64::from(RATE.get())) as u64;
        let mut audience =
            Audience::connect(there.address, "/api/v1/devhub/feed", 1, first).await?;
        audience.follow(messages);
        let lasts = Duration::try_from_secs_f64(seconds)?;
        let arrivals = Arrivals::new(first, Some(RATE), lasts);
        let mut connection = Connection::open(here.address).await?;
        let mut delivery = delivery.clone();
        while let Some(arrival) = arrivals.take().await {
            let request = Message::numbered(&mut delivery, arrival.number);
            let status = connection.send(request).await?.status;
            audience.note(arrival.number, Instant::now());
            ensure!(status == 200, "answered {status}");
        }
        let seen = audience.done(Duration::from_secs(10)).await?;
        ensure!(seen.latency.count() == messages, "{} of {messages}", seen.latency.count());
        Ok(seen)
    });
    brought.await.context("from one gateway to another")
}
