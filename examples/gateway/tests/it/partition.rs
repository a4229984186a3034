//! A gateway whose way to Postgres is cut, or leads nowhere, while another one's is fine.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::cluster::Cluster;
use crate::feed::{next, open};
use crate::gateway::{Gateway, command, data_dir};

/// How the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// Connections are taken and never answered, also those that were open.
    Nowhere,
    /// Connections end at once.
    Cut,
}

/// A proxy to a port, whose way can change.
async fn proxy(to: u16) -> (u16, Arc<watch::Sender<Way>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let way = Arc::new(watch::Sender::new(Way::Open));
    let ways = Arc::clone(&way);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut way = ways.subscribe();
            tokio::spawn(async move {
                let _ = way.wait_for(|way| *way != Way::Nowhere).await;
                if *way.borrow() == Way::Cut {
                    return;
                }
                let Ok(mut server) = TcpStream::connect(("127.0.0.1", to)).await else { return };
                tokio::select! {
                    _ = copy_bidirectional(&mut client, &mut server) => return,
                    _ = way.wait_for(|way| *way != Way::Open) => {}
                }
                // What was under way stays unanswered as long as it leads nowhere.
                let _ = way.wait_for(|way| *way != Way::Nowhere).await;
            });
        }
    });
    (port, way)
}

fn start(url: &str) -> (Gateway, tempfile::TempDir) {
    let dir = data_dir();
    let mut command = command(dir.path());
    command.env("DATABASE_URL", url).args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
    (Gateway::spawn(&mut command), dir)
}

async fn status_of_a_delivery(gateway: &Gateway, id: &str) -> (u16, Duration) {
    let body = br#"{"ref":"refs/heads/main"}"#;
    let request = reqwest::Client::new()
        .post(format!("{}/webhooks/github", gateway.url))
        .header("x-github-event", "push")
        .header("x-github-delivery", id)
        .header("x-hub-signature-256", gateway.sign(body));
    let asked = Instant::now();
    let response = request.body(body.as_slice()).send().await.unwrap();
    (response.status().as_u16(), asked.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g6_the_database_reachable_for_one_replica_only() {
    let url = Cluster::shared().database().await;
    let (port, way) = proxy(Cluster::shared().port()).await;
    let cut_off = url.replace(&format!(":{}/", Cluster::shared().port()), &format!(":{port}/"));
    let ((here, _here), (there, _there)) = (start(&url), start(&cut_off));
    here.push("d-1").await;
    let mut feed = open(&there, "?last_event_id=0").await;
    assert_eq!(next(&mut feed).await.unwrap()["type"], "connected");
    assert_eq!(next(&mut feed).await.unwrap()["position"], 1);

    let mut last = 1;
    for (round, how) in [Way::Cut, Way::Nowhere].into_iter().enumerate() {
        way.send_replace(how);
        for n in 0..5 {
            here.push(&format!("d-{round}-{n}")).await;
        }
        // F6: no answer from the database is an answer in time, and an honest one.
        let (status, took) = status_of_a_delivery(&there, &format!("t-{round}")).await;
        assert!(
            status == 503 && took < Duration::from_millis(5500),
            "{how:?}: {status} in {took:?}"
        );
        assert_eq!(there.get("/readyz").await.status(), 503, "{how:?}");
        assert_eq!(there.get("/events").await.status(), 503, "{how:?}");

        way.send_replace(Way::Cut);
        way.send_replace(Way::Open);
        let back = Instant::now();
        // Nothing was made up, nothing is missing: the next message is the next event.
        for _ in 0..5 {
            last += 1;
            assert_eq!(next(&mut feed).await.unwrap()["position"], last, "{how:?}");
        }
        assert!(back.elapsed() < Duration::from_secs(10), "{how:?}: {:?}", back.elapsed());
        let found = Instant::now();
        while status_of_a_delivery(&there, &format!("t-{round}")).await.0 != 200 {
            assert!(found.elapsed() < Duration::from_secs(20), "{how:?}");
        }
        last += 1;
        assert_eq!(next(&mut feed).await.unwrap()["position"], last, "{how:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g5_a_hint_that_never_comes() {
    // As behind PgBouncer, where nobody can listen.
    let url = format!("{}?pgbouncer=true", Cluster::shared().database().await);
    let ((here, _here), (there, _there)) = (start(&url), start(&url));
    let mut feed = open(&there, "").await;
    assert_eq!(next(&mut feed).await.unwrap()["type"], "connected");
    let mut took = Vec::new();
    for n in 1..=20 {
        here.push(&format!("d-{n}")).await;
        let durable = Instant::now();
        assert_eq!(next(&mut feed).await.unwrap()["position"], n);
        took.push(durable.elapsed());
    }
    took.sort();
    eprintln!("without hints: median {:?}, worst {:?}", took[10], took[19]);
    assert!(took[18] < Duration::from_millis(1500), "{took:?}");
}

#[tokio::test]
async fn d9_texts_too_large_for_an_index_of_postgres() {
    let (gateway, _dir) = start(&Cluster::shared().database().await);
    crate::heavy::too_large_for_an_index(&gateway).await;
}

#[tokio::test]
async fn b4_repeated_keys() {
    let (sqlite, dir) = (data_dir(), data_dir());
    let (here, there) =
        (Gateway::start(sqlite.path()), start(&Cluster::shared().database().await).0);
    drop(dir);
    let member = |n: u32| match n % 6 {
        0 => r#""ref":"refs/heads/a""#,
        1 => r#""ref":"refs/heads/vt/DEV-CICDL-0031""#,
        2 => r#""ref":7"#,
        3 => r#""repository":{"full_name":"o/a","full_name":"o/b"}"#,
        4 => r#""repository":null"#,
        _ => r#""head_commit":{"message":"DEV-CICDL-0032","message":"x","id":"1","id":2}"#,
    };
    for n in 0..216 {
        let members = [n, n / 6, n / 36].map(member).join(",");
        for gateway in [&here, &there] {
            let body = format!("{{{members}}}").into_bytes();
            gateway.deliver("push", &format!("d-{n}"), body).await;
        }
    }
    let (mut ours, mut theirs) = (here.rows().await, there.rows().await);
    assert_eq!(ours.len(), 216);
    for row in ours.iter_mut().chain(&mut theirs) {
        let row = row.as_object_mut().unwrap();
        for own in ["id", "ts", "recorded_at"] {
            row.remove(own).unwrap();
        }
    }
    assert_eq!(ours, theirs, "one meaning, whatever keeps it");
}
