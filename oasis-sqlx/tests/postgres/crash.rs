//! The server, or the process that writes, is killed in the middle of a load.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use oasis_core::{EventStoreExt, Position, StoreErrorKind};
use oasis_sqlx::PostgresStore;
use tokio::sync::mpsc;

use crate::cluster::Cluster;
use crate::killed::{append_for_ever, kill_and_restart, ledger, nothing_is_lost, opening};
use crate::{event, long};

const WRITERS: u64 = 8;
/// How many acknowledgements come between two kills; it differs, so that the moments do.
const BETWEEN: [usize; 5] = [90, 10, 150, 40, 70];

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_once_after_kill_9_of_the_server() {
    let cluster = Cluster::durable();
    let store = PostgresStore::connect(&cluster.database().await).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (store, stop, acknowledge) =
                (store.clone(), Arc::clone(&stop), acknowledge.clone());
            tokio::spawn(async move {
                for n in (writer..).step_by(WRITERS as usize) {
                    let Some(position) = until_taken(&store, n, &stop).await else { return };
                    let _ = acknowledge.send((n, position));
                }
            })
        })
        .collect();

    let mut told = HashMap::new();
    let kills = if long() { 50 } else { 5 };
    for between in BETWEEN.into_iter().cycle().take(kills) {
        for _ in 0..between {
            let (n, position) = acknowledged.recv().await.unwrap();
            told.insert(n, position);
        }
        cluster.kill();
        cluster.boot();
    }
    // The store has found the server again by itself: the writers go on.
    for _ in 0..WRITERS {
        let (n, position) = acknowledged.recv().await.unwrap();
        told.insert(n, position);
    }
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    acknowledged.close();
    while let Some((n, position)) = acknowledged.recv().await {
        told.insert(n, position);
    }

    nothing_is_lost(&store, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_once_after_kill_9_of_the_writer() {
    if let Some(url) = ledger() {
        // This is the process.
        opening();
        return append_for_ever(PostgresStore::connect(&url).await.unwrap()).await;
    }
    let url = Cluster::shared().database().await;
    let this = "crash::what_was_acknowledged_is_there_once_after_kill_9_of_the_writer";
    let told = kill_and_restart(this, &url, if long() { 50 } else { 7 });
    nothing_is_lost(&PostgresStore::connect(&url).await.unwrap(), &told).await;
}

/// Brings this event until it is taken, as a sender does.
async fn until_taken(store: &PostgresStore, n: u64, stop: &AtomicBool) -> Option<Position> {
    while !stop.load(Ordering::Relaxed) {
        match store.append_one(event(n)).await {
            Ok(appended) => return Some(appended.recorded.position),
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}"),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    None
}
