//! Agents by the thousands, each of which says again and again that it is there.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::vitals::quantiles;
use super::wire::Wire;
use super::{ingest_token, start};
use crate::gateway::data_dir;
use crate::siege::long;

/// How many there are, how often each beats, a second apart, and over how many connections.
#[derive(Debug, Clone, Copy)]
struct Storm {
    agents: usize,
    beats: usize,
    connections: usize,
}

/// An agent turns to its other task, or back, after so many beats.
const TURNS: usize = 5;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn h3_a_storm_of_heartbeats() {
    let storm = match long() {
        true => Storm { agents: 10_000, beats: 60, connections: 200 },
        false => Storm { agents: 200, beats: 7, connections: 20 },
    };
    let dir = data_dir();
    let gateway = start(dir.path(), "1h");
    let token = ingest_token(dir.path());
    let began = Instant::now();
    let mut beating = JoinSet::new();
    for connection in 0..storm.connections {
        let address = gateway.address().to_owned();
        beating.spawn(storm.beat(connection, address, token.clone(), began));
    }
    let mut took = beating.join_all().await.concat();
    let lasted = began.elapsed();

    let minutes = lasted.as_secs().div_ceil(60) as usize + 1;
    let rows = gateway.count().await as usize;
    // That it came, and each of its two tasks; again in each minute.
    let (least, most) = (3 * storm.agents, (1 + 2 * minutes) * storm.agents);
    assert!((least..=most).contains(&rows), "{rows} rows of {} agents", storm.agents);
    let agents = gateway.get_json("/api/v1/agents").await;
    let agents = agents.as_array().unwrap();
    assert_eq!(agents.len(), storm.agents);
    let last = task(storm.beats - 1);
    assert!(agents.iter().all(|agent| agent["state"] == "online" && agent["vtid"] == last));
    let (count, (p50, p99, worst)) = (took.len(), quantiles(&mut took));
    assert_eq!(count, storm.agents * storm.beats);
    eprintln!(
        "{} agents, {count} heartbeats in {lasted:.1?}: p50 {p50:.1?}, p99 {p99:.1?}, \
         worst {worst:.1?}; {rows} rows",
        storm.agents
    );
}

impl Storm {
    /// Brings what the agents of one connection say, and gives how long each took from when it was due.
    async fn beat(
        self,
        connection: usize,
        address: String,
        head: String,
        start: Instant,
    ) -> Vec<Duration> {
        let mut wire = Wire::to(&address);
        let (mut took, each) = (Vec::new(), self.agents / self.connections);
        for beat in 0..self.beats {
            for n in 0..each {
                let due = start + Duration::from_secs_f64(beat as f64 + n as f64 / each as f64);
                sleep_until(due).await;
                let agent = n * self.connections + connection;
                let body = format!(
                    r#"{{"agent":"crew-{agent}","role":"worker","vtid":"{}","interval_seconds":30}}"#,
                    task(beat)
                );
                let answer = wire.post("/api/v1/agents/heartbeat", &head, &body).await.unwrap();
                assert_eq!(answer.status, 200, "{answer:?}");
                took.push(due.elapsed());
            }
        }
        took
    }
}

/// What an agent works on.
fn task(beat: usize) -> &'static str {
    ["DEV-CICDL-0031", "DEV-CICDL-0032"][beat / TURNS % 2]
}
