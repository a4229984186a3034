//! A host with its own routes, state and database pool, and OASIS in its router.
use std::{env, error::Error, sync::Arc};

use axum::{Router, extract::State, routing::get};
use oasis_axum::Oasis;
use oasis_core::{KeyRing, Secret};
use oasis_sqlx::SqliteStore;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The host's own pool; OASIS keeps its tables under `oasis_` beside the host's.
    let file = env::var("APP_DB").unwrap_or_else(|_| "app.db".into());
    let options = SqliteConnectOptions::new().filename(file);
    let pool = SqlitePool::connect_with(options.create_if_missing(true)).await?;
    let table = sqlx::query("CREATE TABLE IF NOT EXISTS visits (at TEXT)");
    table.execute(&pool).await?;

    let secret = Secret::new(env::var("GITHUB_WEBHOOK_SECRET")?)?;
    let store = SqliteStore::new(pool.clone()).await?;
    let oasis = Oasis::new(Arc::new(store), &KeyRing::new(secret));

    let app = Router::new().route("/", get(home)).nest("/oasis", oasis.router()).with_state(pool);
    let address = env::var("APP_LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    eprintln!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

async fn home(State(pool): State<SqlitePool>) -> String {
    let visit = sqlx::query("INSERT INTO visits VALUES (datetime('now'))");
    let visit = visit.execute(&pool).await;
    format!("visit {}", visit.map_or(0, |v| v.last_insert_rowid()))
}
