//! What others do with the same deliveries on the same database.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::cluster::{self, Cluster};
use crate::delivery::SECRET;
use crate::server::{Server, free_address};

/// A database with the table that a gateway of one row a delivery needs.
pub async fn database(cluster: &Cluster) -> String {
    let url = cluster.database().await;
    let mut connection = cluster::stranger(&url).await;
    cluster::execute(&mut connection, include_str!("../peers/deliveries.sql")).await;
    url
}

/// The Express gateway, whose packages were installed into this folder.
pub async fn express(folder: &Path, url: &str) -> Result<Server> {
    let address = free_address();
    let mut command = Command::new("node");
    command
        .arg(folder.join("gateway.mjs"))
        .env("NODE_ENV", "production")
        .env("DATABASE_URL", url)
        .env("GITHUB_WEBHOOK_SECRET", SECRET)
        .env("LISTEN", address.to_string());
    Server::start(&mut command, address, "/ready").await
}

/// How many rows the table has.
pub async fn rows(url: &str) -> Result<u64> {
    let mut connection = cluster::stranger(url).await;
    let count = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM deliveries");
    Ok(u64::try_from(count.fetch_one(&mut connection).await?)?)
}

/// The table as it was at first.
pub async fn empty(url: &str) {
    let mut connection = cluster::stranger(url).await;
    cluster::execute(&mut connection, "TRUNCATE deliveries").await;
}

/// `pgbench`, one row a transaction: how many it inserts each second, and what one takes, in
/// milliseconds.
pub async fn pgbench(url: &str, clients: usize, seconds: f64) -> Result<(f64, f64)> {
    let dir = tempfile::tempdir()?;
    let script = dir.path().join("insert.sql");
    std::fs::write(&script, include_str!("../peers/insert.sql"))?;
    let mut command = Command::new(cluster::postgres("pgbench"));
    command.args(["--no-vacuum", "--protocol=prepared", "--client", &clients.to_string()]);
    command.args(["--time", &format!("{seconds:.0}"), "--file"]).arg(&script).arg(url);
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    let text = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "pgbench failed: {complaint}");
    let figure = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        number.with_context(|| format!("pgbench told no {name:?}: {text}"))
    };
    Ok((figure("tps = ")?, figure("latency average = ")?))
}
