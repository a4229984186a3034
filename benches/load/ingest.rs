//! Deliveries over some connections, for some time.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::task::LocalSet;

use crate::arrivals::Arrivals;
use crate::client::Connection;
use crate::delivery::Delivery;
use crate::latency::Latency;
use crate::process::Process;

/// How deliveries are brought.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Load {
    /// How many connections bring them
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// How many are due each second; without it each connection sends as soon as it got its answer
    #[arg(long)]
    pub rate: Option<NonZeroU32>,
    /// For how long what they take is noted, in seconds
    #[arg(long, default_value_t = 5.0)]
    pub seconds: f64,
    /// For how long they are brought before, in seconds
    #[arg(long, default_value_t = 1.0)]
    pub warm_up: f64,
}

impl Load {
    /// As fast as these connections take them.
    pub fn closed(connections: usize, seconds: f64) -> Self {
        Self { connections, rate: None, seconds, warm_up: 1.0 }
    }
}

/// What became of them.
#[derive(Debug, Default)]
pub struct Brought {
    /// How many the server took, in all.
    pub taken: u64,
    /// How many of them after the warm-up, each second.
    pub rate: f64,
    pub latency: Latency,
    /// How long the server's process had a processor for each, in microseconds, where it is known.
    pub cpu: f64,
}

/// Brings them, from this number on; anything but 200 or 201 to one of them is an error.
pub async fn bring(
    address: SocketAddr,
    process: Option<Process>,
    delivery: &Delivery,
    first: u64,
    load: &Load,
) -> Result<Brought> {
    let cpu = || process.map_or(Ok(Duration::ZERO), Process::cpu);
    let used = cpu()?;
    let mut connections = Vec::new();
    for _ in 0..load.connections {
        connections.push(Connection::open(address).await?);
    }
    let (warm_up, seconds) =
        (Duration::try_from_secs_f64(load.warm_up)?, Duration::try_from_secs_f64(load.seconds)?);
    let begins = Instant::now() + warm_up;
    let arrivals = Arrivals::new(first, load.rate, warm_up + seconds);
    let brought = Rc::new(RefCell::new(Brought::default()));
    let local = LocalSet::new();
    let tasks = connections.into_iter().map(|mut connection| {
        let (arrivals, brought) = (arrivals.clone(), Rc::clone(&brought));
        let mut delivery = delivery.clone();
        local.spawn_local(async move {
            while let Some(arrival) = arrivals.take().await {
                let answer = connection.send(delivery.numbered(arrival.number)).await?;
                let said = String::from_utf8_lossy(answer.body);
                ensure!([200, 201].contains(&answer.status), "answered {}: {said}", answer.status);
                let mut brought = brought.borrow_mut();
                brought.taken += 1;
                if arrival.due >= begins {
                    brought.latency.note(arrival.due.elapsed());
                }
            }
            Ok(())
        })
    });
    let tasks: Vec<_> = tasks.collect();
    local
        .run_until(async move {
            for task in tasks {
                task.await.context("a connection's task broke")??;
            }
            anyhow::Ok(())
        })
        .await?;
    let took = begins.elapsed().max(seconds);
    drop(arrivals);
    let mut brought = brought.take();
    brought.cpu = (cpu()? - used).as_secs_f64() * 1e6 / brought.taken as f64;
    brought.rate = brought.latency.count() as f64 / took.as_secs_f64();
    Ok(brought)
}
