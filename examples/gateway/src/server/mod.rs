//! Connections: what a library's routes can't guard, because it happens before a request is one.
//!
//! `axum::serve` waits for ever for headers that don't come and takes any number of connections.

mod framing;
mod guarded;
mod paced;
mod repolled;
mod unstuck;

use std::future::Future;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use guarded::Guarded;
use paced::Paced;
use repolled::Repolled;
use unstuck::Unstuck;

/// How long a client may take to send a request's headers, also between two requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// How much of a connection is in memory, in bytes; a request's head must fit.
const MAX_BUFFER: usize = 64 * 1024;

/// How many connections are open at most; more wait in the kernel's queue.
pub(crate) const MAX_CONNECTIONS: usize = 10_000;

/// How long the gateway waits before it accepts again when the system has no more sockets.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop`, then gives requests that are under way the grace.
pub(crate) async fn serve(
    listener: TcpListener,
    app: Router,
    stop: impl Future<Output = ()>,
    grace: Duration,
) -> Result<()> {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer, slot) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &slots) => accepted?,
        };
        // Told with each request: a layer would make all routes anew for each connection.
        let routes = TowerToHyperService::new(app.clone());
        let paced = Paced::default();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            paced.clone().answer(routes.call(request))
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_buf_size(MAX_BUFFER)
            .serve_connection(TokioIo::new(Guarded::new(Unstuck::new(stream))), service);
        let connection = Repolled::new(graceful.watch(connection));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
            drop(slot);
        });
    }
    // The port is free for the next one at once.
    drop(listener);
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still open after {grace:?}");
    }
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await?;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                // An answer is one small write; waiting to fill a packet would only delay it.
                let _ = stream.set_nodelay(true);
                return Ok((stream, peer, slot));
            }
            // The client was gone before it was taken.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::ConnectionAborted
                        | ErrorKind::ConnectionReset
                        | ErrorKind::ConnectionRefused
                ) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}
