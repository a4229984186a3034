//! Postgres away for a while under load: with a spool nothing is lost, without one the answers are
//! honest.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::cluster::Cluster;
use crate::gateway::{Gateway, command, data_dir};

const TOKEN: &str = "an-ingest-token-of-these-tests";

/// Those who bring, each one after the other and each under a source of its own.
const SOURCES: [&str; 4] = ["github.actions", "crew.one", "crew.two", "crew.three"];

/// How long Postgres is away: the long form is the one that is promised.
fn outage() -> Duration {
    let long = std::env::var_os("OASIS_TEST_LONG").is_some_and(|long| long == "1");
    Duration::from_secs(if long { 60 } else { 6 })
}

fn start(url: &str, dir: &Path, spool: bool) -> Gateway {
    let mut command = command(dir);
    command.env("DATABASE_URL", url).env("OASIS_INGEST_TOKEN", TOKEN);
    if spool {
        command.env("OASIS_SPOOL_DIR", dir.join("spool"));
    }
    Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
}

/// An answer: to which delivery, what, and how long it took.
struct Answer {
    id: String,
    status: u16,
    honest: bool,
    took: Duration,
}

/// Brings twelve a second, one after another, until it is told to stop.
async fn bring(gateway: Arc<Gateway>, source: &'static str, stop: Arc<AtomicBool>) -> Vec<Answer> {
    let client = reqwest::Client::new();
    let mut pace = interval(Duration::from_millis(80));
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut answers = Vec::new();
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        pace.tick().await;
        let id = format!("{source}-{n}");
        let request = if source == "github.actions" {
            let body = br#"{"ref":"refs/heads/main"}"#;
            let request = client.post(format!("{}/webhooks/github", gateway.url));
            let signed = request.header("x-hub-signature-256", gateway.sign(body));
            signed.header("x-github-event", "push").header("x-github-delivery", &id).body(&body[..])
        } else {
            let event = json!({ "source": source, "kind": "step", "delivery_id": id });
            client.post(format!("{}/events/ingest", gateway.url)).bearer_auth(TOKEN).json(&event)
        };
        let asked = Instant::now();
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let retry = response.headers().contains_key("retry-after");
        let answer: Value = response.json().await.unwrap();
        let honest = match status {
            200 => answer["position"].is_u64(),
            202 => answer["spooled"] == true,
            _ => retry && answer["type"] == "urn:oasis:problem:unavailable",
        };
        answers.push(Answer { id, status, honest, took: asked.elapsed() });
    }
    answers
}

/// The answers of each source to deliveries during an outage with a second before and two after it.
async fn during_an_outage(gateway: &Arc<Gateway>, cluster: &Cluster) -> Vec<Vec<Answer>> {
    let stop = Arc::new(AtomicBool::new(false));
    let bringing: Vec<_> = SOURCES
        .iter()
        .map(|source| tokio::spawn(bring(Arc::clone(gateway), source, Arc::clone(&stop))))
        .collect();
    sleep(Duration::from_secs(1)).await;
    cluster.kill();
    sleep(outage()).await;
    tokio::task::block_in_place(|| cluster.boot());
    // Until the ledger takes them again, however the machine is.
    let back = Instant::now();
    while gateway.get("/events?limit=1").await.status() != 200 {
        assert!(back.elapsed() < Duration::from_secs(30), "the gateway does not find it again");
        sleep(Duration::from_millis(50)).await;
    }
    sleep(Duration::from_secs(2)).await;
    stop.store(true, Ordering::Relaxed);
    let mut answers = Vec::new();
    for source in bringing {
        answers.push(source.await.unwrap());
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f5_the_database_is_away_and_the_spool_takes_over() {
    let cluster = Cluster::durable();
    let dir = data_dir();
    let gateway = Arc::new(start(&cluster.database().await, dir.path(), true));
    let answers = during_an_outage(&gateway, &cluster).await;
    let all: usize = answers.iter().map(Vec::len).sum();
    let spooled = answers.iter().flatten().filter(|answer| answer.status == 202).count();
    assert!(spooled > all / 3, "{spooled} of {all} were spooled");

    let began = Instant::now();
    while gateway.count().await < all as u64 {
        assert!(began.elapsed() < Duration::from_secs(60), "the spool is not drained");
        sleep(Duration::from_millis(50)).await;
    }
    let rows = gateway.rows().await;
    assert_eq!(rows.len(), all, "each once");
    for (source, answers) in SOURCES.iter().zip(&answers) {
        for Answer { id, status, honest, .. } in answers {
            assert!([200, 202].contains(status) && *honest, "{id} was answered {status}");
        }
        let kept = rows.iter().filter(|row| row["source"] == *source);
        let kept: Vec<_> = kept.map(|row| row["delivery_id"].as_str().unwrap()).collect();
        let brought: Vec<_> = answers.iter().map(|answer| &*answer.id).collect();
        assert_eq!(kept, brought, "each source keeps its order");
    }
    eprintln!(
        "away for {:?}: {all} acknowledged, {spooled} of them spooled, 0 lost, in order; drained {:.1?} \
         after the last",
        outage(),
        began.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f5_the_database_is_away_and_there_is_no_spool() {
    let cluster = Cluster::durable();
    let dir = data_dir();
    let gateway = Arc::new(start(&cluster.database().await, dir.path(), false));
    let answers = during_an_outage(&gateway, &cluster).await;
    let answers: Vec<_> = answers.into_iter().flatten().collect();
    for Answer { id, status, honest, took } in &answers {
        assert!([200, 503].contains(status) && *honest, "{id} was answered {status}");
        assert!(*took < Duration::from_secs(5), "{id} took {took:?}");
    }
    let refused = answers.iter().filter(|answer| answer.status == 503).count();
    assert!(refused > 0 && answers.last().unwrap().status == 200);
    let mut took: Vec<_> = answers.iter().map(|answer| answer.took).collect();
    took.sort();
    let p99 = took[took.len() * 99 / 100];
    assert!(p99 < Duration::from_millis(2500), "{p99:?}");

    let rows = gateway.rows().await;
    let mut kept = HashMap::new();
    for row in &rows {
        *kept.entry(row["delivery_id"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    assert!(kept.values().all(|count| *count == 1), "each once");
    // GitHub's ids are kept as they are, a client's are its source's.
    let acknowledged: HashSet<_> =
        answers.iter().filter(|answer| answer.status == 200).map(|answer| &answer.id).collect();
    for id in &acknowledged {
        assert!(kept.contains_key(*id), "{id} was acknowledged");
    }
    eprintln!(
        "away for {:?}: {} answers, {refused} of them 503, {} acknowledged, 0 of them lost; 99 of 100 \
         came within {p99:.0?}",
        outage(),
        answers.len(),
        acknowledged.len(),
    );
}
