use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use oasis_axum::spool::Spool;
use oasis_axum::{Audit, CommitMeter, Oasis, Options, Token};
use oasis_core::{EventStore, GroupCommit};
use tempfile::TempDir;

use crate::away::{Ledger, Mood};
use crate::{Gateway, ring};

const TOKEN: &str = "an-ingest-token-of-these-tests";

async fn metrics(gateway: &Gateway) -> String {
    let response = gateway.get("/metrics").await;
    let text = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(text.to_vec()).unwrap()
}

/// The value of a series.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{series} is not in\n{text}")).parse().unwrap()
}

async fn ingest(gateway: &Gateway, event: &str) -> u16 {
    let request =
        Request::post("/events/ingest").header("authorization", format!("Bearer {TOKEN}"));
    gateway.call(request.body(Body::from(event.to_owned())).unwrap()).await.status().as_u16()
}

#[tokio::test]
async fn d10_what_happened_is_counted_by_closed_labels() {
    let dir = TempDir::new().unwrap();
    let ledger = Ledger::new();
    let commits = CommitMeter::new();
    let store = GroupCommit::new(commits.around(Arc::new(ledger.clone())));
    let options = Options {
        ingest_tokens: vec![Token::new(TOKEN).unwrap()],
        spool: Some(Spool::open(dir.path(), 1 << 20).unwrap()),
        commits: Some(commits),
        ..Options::default()
    };
    let gateway = Gateway::over(Oasis::with(Arc::new(store), &ring(), options));
    gateway.push("d-1", "main").await;
    gateway.push("d-1", "main").await;
    for n in 0..50 {
        let name = format!("a-brand-new-name-{n}");
        gateway.call(gateway.delivery(&name, &format!("n-{n}"), b"{}")).await;
        let unsigned = gateway.delivery(&name, &format!("u-{n}"), b"{}").map(|_| Body::from("{ }"));
        gateway.call(unsigned).await;
        let event = format!(r#"{{"kind":"kind-{n}","source":"crew.n{n}"}}"#);
        assert_eq!(ingest(&gateway, &event).await, 200);
    }
    assert_eq!(ingest(&gateway, r#"[{"kind":"a"},{"kind":"b"},{"kind":"c"}]"#).await, 200);
    assert_eq!(ingest(&gateway, "[]x").await, 400);
    let feed = gateway.get("/api/v1/devhub/feed").await;
    let text = metrics(&gateway).await;
    for (series, count) in [
        (
            "oasis_deliveries_total{source=\"github\",event=\"push\",outcome=\"stored\",code=\"200\"}",
            1.0,
        ),
        (
            "oasis_deliveries_total{source=\"github\",event=\"push\",outcome=\"duplicate\",code=\"200\"}",
            1.0,
        ),
        (
            "oasis_deliveries_total{source=\"github\",event=\"other\",outcome=\"stored\",code=\"200\"}",
            50.0,
        ),
        (
            "oasis_deliveries_total{source=\"github\",event=\"unproven\",outcome=\"refused\",code=\"401\"}",
            50.0,
        ),
        (
            "oasis_deliveries_total{source=\"ingest\",event=\"other\",outcome=\"stored\",code=\"200\"}",
            51.0,
        ),
        (
            "oasis_deliveries_total{source=\"ingest\",event=\"other\",outcome=\"refused\",code=\"400\"}",
            1.0,
        ),
        ("oasis_ingest_duration_seconds_count{source=\"github\"}", 52.0),
        ("oasis_commit_events_count", 103.0),
        ("oasis_commit_events_sum", 105.0),
        ("oasis_commit_events_bucket{le=\"2.0\"}", 102.0),
        ("oasis_commit_duration_seconds_count", 103.0),
        ("oasis_feeds_open", 1.0),
        ("oasis_ledger_reachable", 1.0),
        ("oasis_spool_events", 0.0),
    ] {
        assert_eq!(value(&text, series), count, "{series}\n{text}");
    }
    for source in ["github.actions", "other"] {
        let silent = value(&text, &format!("oasis_source_silence_seconds{{source=\"{source}\"}}"));
        assert!((0.0..60.0).contains(&silent), "{source}: {silent}");
    }
    assert!(!text.contains("brand-new") && !text.contains("crew"), "{text}");
    assert!(text.ends_with("# EOF\n"));
    drop(feed);

    ledger.is(Mood::Away);
    gateway.call(gateway.delivery("push", "d-2", b"{}")).await;
    let text = metrics(&gateway).await;
    for (series, count) in [
        (
            "oasis_deliveries_total{source=\"github\",event=\"push\",outcome=\"spooled\",code=\"202\"}",
            1.0,
        ),
        ("oasis_commit_failed_total", 1.0),
        ("oasis_feeds_open", 0.0),
        ("oasis_ledger_reachable", 0.0),
        ("oasis_spool_events", 1.0),
    ] {
        assert_eq!(value(&text, series), count, "{series}\n{text}");
    }
}

#[tokio::test]
async fn the_follower_s_lag_is_what_it_has_still_to_read() {
    let ledger = Ledger::new();
    let gateway = Gateway::over(Oasis::new(Arc::new(ledger.clone()), &ring()));
    gateway.push("d-1", "main").await;
    let text = metrics(&gateway).await;
    assert_eq!(value(&text, "oasis_follower_lag_events"), 0.0);
    // It is woken and can't read; whoever appends can.
    ledger.is(Mood::Unread);
    for n in 2..=4 {
        gateway.push(&format!("d-{n}"), "main").await;
    }
    let text = metrics(&gateway).await;
    assert_eq!(value(&text, "oasis_follower_lag_events"), 3.0);
    assert_eq!(value(&text, "oasis_followed_position"), 1.0);
    ledger.is(Mood::Well);
    let began = std::time::Instant::now();
    while value(&metrics(&gateway).await, "oasis_follower_lag_events") > 0.0 {
        assert!(began.elapsed() < Duration::from_secs(20), "it does not catch up");
        tokio::task::yield_now().await;
    }
    assert_eq!(ledger.head().await.unwrap().unwrap().get(), 4);
}

#[tokio::test]
async fn an_audit_is_told_by_what_it_found_and_when_it_was_done() {
    let gateway = Gateway::new();
    let audits = gateway.oasis.audits("acme/shop");
    let text = metrics(&gateway).await;
    // Its series are there before the first one, so that one that never comes alarms.
    assert_eq!(value(&text, "oasis_audit_timestamp_seconds{hook=\"acme/shop\"}"), 0.0);
    let runs =
        |outcome| format!("oasis_audit_runs_total{{hook=\"acme/shop\",outcome=\"{outcome}\"}}");
    assert_eq!(value(&text, &runs("failed")), 0.0);

    let began = oasis_axum::now().unix_millis() / 1000;
    audits.done(Audit { present: 298, recovered: 2, lost: 0 });
    audits.done(Audit { present: 299, recovered: 0, lost: 1 });
    audits.failed();
    let text = metrics(&gateway).await;
    let when = value(&text, "oasis_audit_timestamp_seconds{hook=\"acme/shop\"}") as i64;
    assert!((began..=began + 60).contains(&when), "{when}");
    for (state, count) in [("present", 299.0), ("recovered", 0.0), ("lost", 1.0)] {
        let series = format!("oasis_audit_deliveries{{hook=\"acme/shop\",state=\"{state}\"}}");
        assert_eq!(value(&text, &series), count, "{state}");
    }
    assert_eq!((value(&text, &runs("done")), value(&text, &runs("failed"))), (2.0, 1.0));
}
