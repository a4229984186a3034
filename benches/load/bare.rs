//! The least that an axum server can do with a delivery: read it.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};

/// Serves for ever.
pub fn serve(address: SocketAddr) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async move {
        let app = Router::new()
            .route("/ready", get(async || "ready"))
            .route("/webhooks/github", post(async |body: Bytes| body.len().to_string()));
        let listener = tokio::net::TcpListener::bind(address).await?;
        Ok(axum::serve(listener, app).await?)
    })
}
