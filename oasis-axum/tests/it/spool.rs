use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use oasis_axum::spool::{OpenError, Spool};
use oasis_axum::{Oasis, Options, Token};
use oasis_core::{EventStoreExt, Recorded};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::away::{Ledger, Mood};
use crate::{Gateway, json, problem, ring};

/// A gateway over a ledger of moods with a spool, and the task that drains it.
struct Spooling {
    gateway: Gateway,
    drain: JoinHandle<()>,
}

impl Spooling {
    async fn start(ledger: &Ledger, dir: &Path, max_bytes: u64) -> Self {
        let spool = Some(opened(dir, max_bytes).await);
        let ingest_tokens = vec![Token::new("an-ingest-token-of-these-tests").unwrap()];
        let options = Options { spool, ingest_tokens, ..Options::default() };
        let gateway = Gateway::over(Oasis::with(Arc::new(ledger.clone()), &ring(), options));
        let drain = tokio::spawn(gateway.oasis.drain_spool());
        Self { gateway, drain }
    }

    /// As a process that stops does: what waits stays in the directory.
    async fn stop(self) {
        self.gateway.oasis.close_feeds();
        self.drain.await.unwrap();
    }

    async fn deliver(&self, id: &str) -> (StatusCode, Value) {
        let body = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"o/r"}}"#;
        let response = self.gateway.call(self.gateway.delivery("push", id, body)).await;
        (response.status(), json(response).await)
    }

    async fn ingest(&self, body: String) -> (StatusCode, Value) {
        let request = Request::post("/events/ingest")
            .header("content-type", "application/json")
            .header("authorization", "Bearer an-ingest-token-of-these-tests")
            .body(Body::from(body))
            .unwrap();
        let response = self.gateway.call(request).await;
        (response.status(), json(response).await)
    }

    /// Waits until nothing waits in the spool.
    async fn drained(&self) {
        while self.metric("oasis_spool_events").await > 0 {
            tokio::task::yield_now().await;
        }
    }

    async fn metric(&self, name: &str) -> u64 {
        let response = self.gateway.get("/metrics").await;
        let text = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
        line.unwrap_or_else(|| panic!("no {name} in {text}")).parse().unwrap()
    }
}

/// The spool, once the tasks of the gateway that had it open have ended: the last of them may outlive
/// the one that drains it.
async fn opened(dir: &Path, max_bytes: u64) -> Spool {
    let opened = async {
        loop {
            match Spool::open(dir, max_bytes) {
                Err(OpenError::Taken) => tokio::task::yield_now().await,
                opened => return opened.unwrap(),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), opened)
        .await
        .expect("nobody lets go of the spool")
}

/// The ledger's rows, once it has so many.
async fn rows(ledger: &Ledger, count: usize) -> Vec<Recorded> {
    let mut follow = ledger.store.follow(None);
    let mut rows = Vec::new();
    while rows.len() < count {
        let next = tokio::time::timeout(Duration::from_secs(20), follow.next()).await;
        rows.extend(next.expect("the spool is not drained").unwrap());
    }
    rows
}

fn deliveries(rows: &[Recorded]) -> Vec<&str> {
    rows.iter().map(|row| row.event.delivery_id.as_deref().unwrap()).collect()
}

fn segments(dir: &Path) -> Vec<std::path::PathBuf> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|e| e == "spool")).collect();
    files.sort();
    files
}

const PLENTY: u64 = 1 << 20;

#[tokio::test]
async fn while_the_ledger_is_away_a_delivery_is_spooled_and_then_drained_in_order() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
    assert_eq!(spooling.deliver("d-0").await.0, StatusCode::OK);
    ledger.is(Mood::Away);
    let mut ids = Vec::new();
    for n in 1..=300 {
        let (status, answer) = spooling.deliver(&format!("d-{n}")).await;
        assert_eq!(status, StatusCode::ACCEPTED);
        let id = answer["id"].as_str().unwrap().to_owned();
        let said = json!({
            "ok": true, "spooled": true, "id": id, "vtid": "DEV-CICDL-0031",
            "title": "CICDL-PUSH-PUSHED",
        });
        assert_eq!(answer, said);
        ids.push(id);
    }
    assert_eq!(spooling.metric("oasis_spool_events").await, 300);
    assert!(spooling.metric("oasis_spool_bytes").await > 300 * 100);
    ledger.is(Mood::Well);
    let rows = rows(&ledger, 301).await;
    let expected: Vec<_> = (0..=300).map(|n| format!("d-{n}")).collect();
    assert_eq!(deliveries(&rows), expected);
    for (row, id) in rows[1..].iter().zip(ids) {
        assert_eq!(row.event.id.to_string(), id, "the event that was answered");
    }
    // Once it is empty, deliveries go straight to the ledger again.
    spooling.drained().await;
    let (status, answer) = spooling.deliver("d-301").await;
    assert_eq!((status, &answer["position"]), (StatusCode::OK, &302.into()));
    assert_eq!(spooling.metric("oasis_spool_events").await, 0);
    assert_eq!(spooling.metric("oasis_spool_drained_total").await, 300);
    // A file goes after its last record is in the ledger, and who stops in between leaves it.
    while !segments(dir.path()).is_empty() {
        tokio::task::yield_now().await;
    }
    spooling.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_the_spool_is_left_again_and_each_sender_keeps_its_order() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    let spooling = Arc::new(Spooling::start(&ledger, dir.path(), PLENTY).await);
    ledger.is(Mood::Away);
    let senders: Vec<_> = (0..8)
        .map(|sender| {
            let spooling = Arc::clone(&spooling);
            // Sends without a pause until its deliveries go straight to the ledger.
            tokio::spawn(async move {
                for n in 0.. {
                    let (status, _) = spooling.deliver(&format!("{sender}-{n}")).await;
                    if status == StatusCode::OK {
                        return n;
                    }
                    assert_eq!(status, StatusCode::ACCEPTED);
                }
                unreachable!()
            })
        })
        .collect();
    while spooling.metric("oasis_spool_events").await < 200 {
        assert!(!senders.iter().any(JoinHandle::is_finished));
        tokio::task::yield_now().await;
    }
    ledger.is(Mood::Well);
    let mut sent = Vec::new();
    for sender in senders {
        let ended = tokio::time::timeout(Duration::from_secs(60), sender).await;
        sent.push(ended.expect("the spool is never left").unwrap());
    }
    let rows = rows(&ledger, sent.iter().map(|last: &usize| last + 1).sum()).await;
    for (sender, last) in sent.into_iter().enumerate() {
        let mine =
            deliveries(&rows).into_iter().filter_map(|d| d.strip_prefix(&format!("{sender}-")));
        assert_eq!(
            mine.map(|n| n.parse().unwrap()).collect::<Vec<usize>>(),
            (0..=last).collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn what_is_spooled_survives_a_restart_and_one_process_owns_it() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    ledger.is(Mood::Away);
    for round in 0..3 {
        let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
        for n in 0..3 {
            assert_eq!(spooling.deliver(&format!("d-{round}-{n}")).await.0, StatusCode::ACCEPTED);
        }
        let taken = Spool::open(dir.path(), PLENTY).unwrap_err();
        assert!(matches!(taken, OpenError::Taken), "{taken}");
        spooling.stop().await;
    }
    let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
    assert_eq!(spooling.metric("oasis_spool_events").await, 9);
    ledger.is(Mood::Well);
    let expected: Vec<_> = (0..3).flat_map(|r| (0..3).map(move |n| format!("d-{r}-{n}"))).collect();
    assert_eq!(deliveries(&rows(&ledger, 9).await), expected);
    spooling.stop().await;
}

#[tokio::test]
async fn a_torn_end_is_cut_and_damage_in_the_middle_is_set_aside() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    ledger.is(Mood::Away);
    let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
    for n in 0..5 {
        spooling.deliver(&format!("d-{n}")).await;
    }
    spooling.stop().await;
    // All of them in one file, whenever the drain had begun a new one.
    let files = segments(dir.path());
    let mut bytes: Vec<u8> = files.iter().flat_map(|file| fs::read(file).unwrap()).collect();
    files[1..].iter().for_each(|file| fs::remove_file(file).unwrap());
    let line = bytes.iter().position(|&b| b == b'\n').unwrap() + 1;
    bytes[line + 40] ^= 1;
    bytes.extend_from_slice(b"000001f4 01234567 {\"id\":");
    fs::write(&files[0], bytes).unwrap();

    let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
    assert_eq!(spooling.metric("oasis_spool_events").await, 4);
    ledger.is(Mood::Well);
    assert_eq!(deliveries(&rows(&ledger, 4).await), ["d-0", "d-2", "d-3", "d-4"]);
    assert_eq!(spooling.deliver("d-5").await.0, StatusCode::OK);
    assert_eq!(spooling.metric("oasis_spool_damaged_total").await, 1);
    spooling.stop().await;
    let kept = fs::read_to_string(dir.path().join("damaged")).unwrap();
    assert!(kept.contains("d-1") && kept.lines().count() == 1, "{kept}");
}

#[tokio::test]
async fn a_full_spool_is_503_and_takes_again_when_it_was_drained() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    ledger.is(Mood::Away);
    let spooling = Spooling::start(&ledger, dir.path(), 1000).await;
    let mut taken = 0;
    let full = loop {
        let request = spooling.gateway.delivery("push", &format!("d-{taken}"), b"{}");
        let response = spooling.gateway.call(request).await;
        if response.status() != StatusCode::ACCEPTED {
            break response;
        }
        taken += 1;
    };
    assert!(taken > 0);
    assert!(full.headers().contains_key("retry-after"));
    assert_eq!(problem(full).await.0, StatusCode::SERVICE_UNAVAILABLE);
    ledger.is(Mood::Well);
    rows(&ledger, taken).await;
    assert_eq!(spooling.deliver("d-last").await.0, StatusCode::OK);
}

#[tokio::test]
async fn an_event_that_is_refused_for_its_content_holds_nobody_up() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
    assert_eq!(spooling.deliver("d-0").await.0, StatusCode::OK);
    let poison = spooling.gateway.call(spooling.gateway.delivery("poison", "d-1", b"{}")).await;
    assert_eq!(poison.status(), StatusCode::ACCEPTED);
    spooling.drained().await;
    assert_eq!(spooling.deliver("d-2").await.0, StatusCode::OK, "after it was set aside");
    assert_eq!(deliveries(&rows(&ledger, 2).await), ["d-0", "d-2"]);
    assert_eq!(spooling.metric("oasis_spool_rejected").await, 1);
    spooling.stop().await;
    assert!(fs::read_to_string(dir.path().join("rejected")).unwrap().contains("d-1"));
    // The next process knows of it too.
    let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
    assert_eq!(spooling.metric("oasis_spool_rejected").await, 1);
}

#[tokio::test]
async fn a_ledger_that_takes_nothing_has_refused_no_event() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
    assert_eq!(spooling.deliver("d-0").await.0, StatusCode::OK);
    ledger.is(Mood::ReadOnly);
    for n in 1..4 {
        assert_eq!(spooling.deliver(&format!("d-{n}")).await.0, StatusCode::ACCEPTED);
    }
    ledger.is(Mood::Well);
    assert_eq!(deliveries(&rows(&ledger, 4).await), ["d-0", "d-1", "d-2", "d-3"]);
    assert_eq!(spooling.metric("oasis_spool_rejected").await, 0);
}

#[tokio::test]
async fn a_ledger_that_does_not_answer_is_not_waited_for() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
    ledger.is(Mood::Hangs);
    let asked = Instant::now();
    assert_eq!(spooling.deliver("d-0").await.0, StatusCode::ACCEPTED);
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}

#[tokio::test]
async fn what_was_recorded_though_it_was_said_to_fail_is_there_once() {
    let (ledger, dir) = (Ledger::new(), TempDir::new().unwrap());
    let spooling = Spooling::start(&ledger, dir.path(), PLENTY).await;
    ledger.is(Mood::Forgets);
    // With the sender's id, and with none.
    assert_eq!(spooling.deliver("d-0").await.0, StatusCode::ACCEPTED);
    let note = r#"[{"kind":"note"},{"kind":"note"}]"#.to_owned();
    let (status, answer) = spooling.ingest(note).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert!(answer["results"][1]["spooled"] == true, "{answer}");
    ledger.is(Mood::Well);
    spooling.drained().await;
    assert_eq!(rows(&ledger, 3).await.len(), 3);
}

#[tokio::test]
async fn a_host_without_a_spool_drains_nothing_and_answers_503() {
    let ledger = Ledger::new();
    let gateway = Gateway::over(Oasis::new(Arc::new(ledger.clone()), &ring()));
    gateway.oasis.drain_spool().await;
    ledger.is(Mood::Away);
    let response = gateway.call(gateway.delivery("push", "d-1", b"{}")).await;
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(problem(response).await.0, StatusCode::SERVICE_UNAVAILABLE);
}
