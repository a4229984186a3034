//! A ledger that is large.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::client::Connection;
use crate::cluster;

/// Fills the ledger of this URL, whose tables are there, with so many rows of a thousand tasks. What
/// the server knows of the table stays as it is for an empty one: the worst that may happen.
pub async fn fill(url: &str, rows: u64) {
    let mut connection = cluster::stranger(url).await;
    let statements = format!(
        "ALTER TABLE oasis_events SET (autovacuum_enabled = false);
        INSERT INTO oasis_events (
            position, id, created_at, occurred_at, vtid, layer, module, source, kind, status, title,
            ref, link, meta, delivery_id
        )
        SELECT n, md5(n::text)::uuid, now(), now() - ({rows} - n) * interval '1 second',
            'DEV-CICDL-' || lpad((n % 1000)::text, 4, '0'), 'CICDL', 'WORKFLOW', 'github.actions',
            'workflow_run', CASE WHEN n % 100 = 0 THEN 'failure' ELSE 'success' END,
            'CICDL-WORKFLOW-COMPLETED', 'refs/heads/main', 'https://github.com/o/r/actions/' || n,
            jsonb_build_object('n', n, 'repository', 'o/r', 'sha', md5(n::text)), md5(n::text)
        FROM generate_series(1, {rows}) AS n;
        UPDATE oasis_head SET position = {rows};
        CHECKPOINT;"
    );
    for statement in statements.split_inclusive(';') {
        cluster::execute(&mut connection, statement).await;
    }
}

/// The median times of a page of 100 at the start and after so many pages, in milliseconds.
pub async fn pages(address: SocketAddr, last: usize) -> Result<(f64, f64)> {
    const LOOKED_AT: usize = 100;
    let mut connection = Connection::open(address).await?;
    let mut path = "/api/v1/oasis/events?limit=100".to_owned();
    let (mut first, mut deep) = (Vec::new(), Vec::new());
    for page in 0..last {
        let began = Instant::now();
        let next = connection.get(&path).await?.next;
        let took = began.elapsed().as_secs_f64() * 1000.0;
        // The very first ones warm up.
        if (LOOKED_AT..2 * LOOKED_AT).contains(&page) {
            first.push(took);
        } else if page + LOOKED_AT >= last {
            deep.push(took);
        }
        path = next.context("the ledger has no so many pages")?;
    }
    Ok((median(first), median(deep)))
}

/// The median times of the newest 200 of all and of a task, in milliseconds.
pub async fn newest(address: SocketAddr) -> Result<(f64, f64)> {
    let mut connection = Connection::open(address).await?;
    let (mut all, mut task) = (Vec::new(), Vec::new());
    for n in 0..300 {
        let of_task = format!("/api/v1/oasis/events?limit=200&vtid=DEV-CICDL-{:04}", n * 3 % 1000);
        for (path, times) in
            [("/api/v1/oasis/events?limit=200", &mut all), (of_task.as_str(), &mut task)]
        {
            let began = Instant::now();
            connection.get(path).await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok((median(all.split_off(100)), median(task.split_off(100))))
}

pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
