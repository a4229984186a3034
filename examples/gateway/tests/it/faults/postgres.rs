//! What may be wrong with Postgres beside its absence.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{answer, deliver, deliver_soon, holds, start};
use crate::cluster::{Cluster, execute, stranger};
use crate::feed::{next, open};
use crate::gateway::data_dir;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_reads_is_503_and_is_taken_again() {
    let cluster = Cluster::volatile();
    let url = cluster.database().await;
    let dir = data_dir();
    let gateway = start(dir.path(), Some(&url));
    deliver_soon(&gateway, "d-1").await;
    let mut admin = stranger(&cluster.url("postgres")).await;
    execute(&mut admin, "ALTER SYSTEM SET default_transaction_read_only = on").await;
    execute(&mut admin, "SELECT pg_reload_conf()").await;
    let began = Instant::now();
    // Servers take note of it one by one.
    let mut kept = vec!["d-1".to_owned()];
    while deliver(&gateway, &format!("d-{}", kept.len() + 1), 10).await.is_some() {
        kept.push(format!("d-{}", kept.len() + 1));
        assert!(began.elapsed() < Duration::from_secs(10));
    }
    for _ in 0..5 {
        assert_eq!(deliver(&gateway, "refused", 10).await, None);
    }
    assert_eq!(gateway.count().await, kept.len() as u64, "who reads is answered");
    execute(&mut admin, "SET default_transaction_read_only = off").await;
    execute(&mut admin, "ALTER SYSTEM RESET default_transaction_read_only").await;
    execute(&mut admin, "SELECT pg_reload_conf()").await;
    deliver_soon(&gateway, "after").await;
    kept.push("after".to_owned());
    holds(&gateway, &kept).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_no_connection_left_is_503_and_is_taken_again() {
    let cluster = Cluster::volatile();
    let url = cluster.database().await;
    execute(&mut stranger(&url).await, "ALTER SYSTEM SET max_connections = 25").await;
    cluster.stop();
    cluster.boot();
    let dir = data_dir();
    let gateway = start(dir.path(), Some(&url));
    deliver_soon(&gateway, "d-1").await;
    // Others take all connections, also those that the gateway had.
    let mut admin = stranger(&url).await;
    let mut others = Vec::new();
    let connect = url.parse::<sqlx::postgres::PgConnectOptions>().unwrap();
    let began = Instant::now();
    loop {
        execute(
            &mut admin,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name <> 'other' AND pid <> pg_backend_pid() \
                 AND backend_type = 'client backend'",
        )
        .await;
        let other = connect.clone().application_name("other");
        while let Ok(connection) = sqlx::ConnectOptions::connect(&other).await {
            others.push(connection);
        }
        if deliver(&gateway, "refused", 10).await.is_none() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{} others", others.len());
    }
    assert!(others.len() > 10, "{}", others.len());
    drop(others);
    deliver_soon(&gateway, "after").await;
    // The server lets go of them one by one.
    while gateway.get("/events?limit=1").await.status() != 200 {
        assert!(began.elapsed() < Duration::from_secs(120), "who reads is still refused");
    }
    let rows = gateway.rows().await;
    assert_eq!(rows.first().unwrap()["delivery_id"], "d-1");
    assert_eq!(rows.last().unwrap()["delivery_id"], "after");
    assert!(rows.iter().zip(1..).all(|(row, position)| row["position"] == position));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f9_a_replica_that_stands_still_holds_up_nobody() {
    let url = Cluster::shared().database().await;
    let (here, there) = (data_dir(), data_dir());
    let stopped = Arc::new(start(here.path(), Some(&url)));
    let other = start(there.path(), Some(&url));
    let bringing = {
        let stopped = Arc::clone(&stopped);
        tokio::spawn(async move {
            let mut told = Vec::new();
            for n in 0..60 {
                let id = format!("stopped-{n}");
                let position = loop {
                    if let Some(position) = answer(&stopped, &id, 10).await {
                        break position;
                    }
                };
                told.push((id, position));
            }
            told
        })
    };
    let (mut told, mut worst) = (Vec::new(), Duration::ZERO);
    for n in 0..3 {
        // At whatever it does just now.
        stopped.signal("-STOP");
        for m in 0..20 {
            let (id, asked) = (format!("other-{n}-{m}"), Instant::now());
            let position = deliver(&other, &id, 10).await.expect("nobody holds it up");
            worst = worst.max(asked.elapsed());
            told.push((id, position));
        }
        stopped.signal("-CONT");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    told.extend(bringing.await.unwrap());
    let rows = other.rows().await;
    assert_eq!(rows.len(), told.len(), "each once");
    for (id, position) in told {
        assert_eq!(rows[position as usize - 1]["delivery_id"], id);
    }
    eprintln!("beside a replica that stood still the slowest delivery took {worst:.0?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn e9_feeds_are_told_that_the_standby_lacks_the_end() {
    let primary = Cluster::durable();
    let url = primary.database().await;
    let dir = data_dir();
    let gateway = start(dir.path(), Some(&url));
    for n in 1..=10 {
        deliver_soon(&gateway, &format!("d-{n}")).await;
    }
    let standby = primary.standby();
    standby.stop();
    for n in 11..=15 {
        deliver_soon(&gateway, &format!("lost-{n}")).await;
    }
    let mut watching = open(&gateway, "?last_event_id=14").await;
    assert_eq!(next(&mut watching).await.unwrap()["type"], "connected");
    assert_eq!(next(&mut watching).await.unwrap()["delivery_id"], "lost-15");
    primary.kill();
    standby.take_over(&primary);

    let mut told = next(&mut watching).await.unwrap();
    // Where other tests keep the machine busy, the standby may take longer than a beat.
    while told["type"] == "heartbeat" {
        told = next(&mut watching).await.unwrap();
    }
    assert_eq!(told["type"], "resync", "{told}");
    for n in 1..=10 {
        assert_eq!(next(&mut watching).await.unwrap()["delivery_id"], format!("d-{n}"));
    }
    assert_eq!(deliver_soon(&gateway, "new").await, 11);
    let event = next(&mut watching).await.unwrap();
    assert!(event["delivery_id"] == "new" && event["position"] == 11, "{event}");
    // So is who comes back with an id that is lost.
    let mut back = open(&gateway, "?last_event_id=15").await;
    assert_eq!(next(&mut back).await.unwrap()["type"], "connected");
    assert_eq!(next(&mut back).await.unwrap()["type"], "resync");
}
