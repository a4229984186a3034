//! The ledger on Postgres: the laws of every store, and what is Postgres's own.

#![cfg(feature = "postgres")]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails where it panics"
)]

mod bouncer;
mod cluster;
mod crash;
mod elsewhere;
mod failover;
#[cfg(feature = "sqlite")]
mod histories;
mod host;
#[path = "../shared/killed.rs"]
mod killed;
mod laws;
mod lone;
mod many;
mod migrating;
mod migrations;
mod network;
mod partitions;
mod plans;
mod proxy;
mod retention;
mod watching;

use oasis_core::{Arrival, Event, Timestamp};
use oasis_sqlx::PostgresStore;

use crate::cluster::Cluster;

async fn fresh() -> PostgresStore {
    PostgresStore::connect(&Cluster::shared().database().await).await.unwrap()
}

/// Whether the long form of a test is asked for; the short one shows the same with fewer events.
fn long() -> bool {
    std::env::var_os("OASIS_TEST_LONG").is_some()
}

/// The event number `n`, with a delivery id.
fn event(n: u64) -> Event {
    let mut entropy = [0; 10];
    entropy[2..].copy_from_slice(&n.to_be_bytes());
    let arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), entropy);
    let mut event = Event::new(arrival, "oasis.events", "note");
    event.delivery_id = Some(n.to_string());
    event
}
