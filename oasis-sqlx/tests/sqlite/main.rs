//! The ledger on SQLite: the laws of every store, and what is SQLite's own.

#![cfg(feature = "sqlite")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails where it panics")]

mod crash;
mod file;
mod grouped;
mod host;
#[path = "../shared/killed.rs"]
mod killed;
mod retention;
mod sharing;
mod wal;

use std::path::Path;

use oasis_core::conformance::event_store_conformance;
use oasis_core::{Arrival, Event, Timestamp};
use oasis_sqlx::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use tempfile::TempDir;

async fn fresh() -> (SqliteStore, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(dir.path().join("oasis.db")).await.unwrap();
    (store, dir)
}

event_store_conformance!(
    #[tokio::test(flavor = "multi_thread")]
    tokio::spawn,
    fresh().await
);

#[tokio::test]
async fn who_of_the_agents_is_there_is_kept() {
    let (store, _dir) = fresh().await;
    oasis_core::conformance::presence_is_kept(&store).await;
}

#[tokio::test]
async fn how_far_a_source_was_read_is_kept() {
    let (store, _dir) = fresh().await;
    oasis_core::conformance::checkpoints_are_kept(&store).await;
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

/// A connection of somebody else's to the file.
async fn stranger(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

/// Ends a connection, and with it its hold on the file.
async fn leave(connection: SqliteConnection) {
    connection.close().await.unwrap();
}
