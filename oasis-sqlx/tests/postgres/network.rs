//! A server that takes connections and answers nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use oasis_core::{EventStore, EventStoreExt, StoreErrorKind};
use oasis_sqlx::PostgresStore;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::cluster::Cluster;
use crate::event;

/// The longest answer: the time for a connection and the time for a statement, one after the other.
const PATIENCE: Duration = Duration::from_millis(7500);

/// Stands in front of the server and passes bytes on as long as it is told to.
struct Proxy {
    port: u16,
    passes: Arc<watch::Sender<bool>>,
}

impl Proxy {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let passes = Arc::new(watch::Sender::new(true));
        let gate = Arc::clone(&passes);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(("127.0.0.1", Cluster::shared().port())).await;
                let (client, server) = (client.into_split(), server.unwrap().into_split());
                tokio::spawn(pass(client.0, server.1, gate.subscribe()));
                tokio::spawn(pass(server.0, client.1, gate.subscribe()));
            }
        });
        Self { port, passes }
    }
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut gate: watch::Receiver<bool>,
) {
    let mut bytes = [0; 8192];
    while let Ok(n @ 1..) = from.read(&mut bytes).await {
        if gate.wait_for(|open| *open).await.is_err() || to.write_all(&bytes[..n]).await.is_err() {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_silent_is_an_error_in_time_and_found_again() {
    let proxy = Proxy::start().await;
    let url = Cluster::shared().database().await;
    let url = url.replace(&Cluster::shared().port().to_string(), &proxy.port.to_string());
    let store = PostgresStore::connect(&url).await.unwrap();
    store.append_one(event(1)).await.unwrap();

    proxy.passes.send_replace(false);
    let start = Instant::now();
    let mut asked = Vec::new();
    for n in 2..14 {
        let store = store.clone();
        // More than there are connections.
        asked.push(tokio::spawn(async move {
            match n {
                2 => store.append_one(event(2)).await.map(drop),
                _ => store.head().await.map(drop),
            }
        }));
    }
    for question in asked {
        let error = question.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Unavailable, "{error:?}");
    }
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());

    proxy.passes.send_replace(true);
    let start = Instant::now();
    while store.head().await.is_err() {
        assert!(start.elapsed() < PATIENCE, "the store does not find the server again");
    }
    // Nobody knows whether it was taken the first time; brought again it is there once.
    store.append_one(event(2)).await.unwrap();
    let rows = store.read_after(None, 10).await.unwrap();
    assert_eq!(rows.len(), 2);
}
