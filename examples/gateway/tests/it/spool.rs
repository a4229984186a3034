//! Deliveries that come while Postgres is away wait in the spool, whatever is killed.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::cluster::Cluster;
use crate::gateway::{Gateway, command, data_dir};

fn start(url: &str, dir: &Path) -> Gateway {
    let mut command = command(dir);
    command.env("DATABASE_URL", url).env("OASIS_SPOOL_DIR", dir.join("spool"));
    Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
}

async fn deliver(gateway: &Gateway, n: usize) -> (u16, Value) {
    let body = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031"}"#;
    let request = reqwest::Client::new()
        .post(format!("{}/webhooks/github", gateway.url))
        .header("x-github-event", "push")
        .header("x-github-delivery", format!("d-{n}"))
        .header("x-hub-signature-256", gateway.sign(body));
    let response = request.body(body.as_slice()).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Waits until the ledger holds this many, and says which deliveries they are, in their order.
async fn drained(gateway: &Gateway, count: u64) -> Vec<String> {
    let began = Instant::now();
    while gateway.count().await < count {
        assert!(began.elapsed() < Duration::from_secs(30), "the spool is not drained");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let events = gateway.get_json("/events?order=asc&limit=1000").await;
    let id = |event: &Value| event["delivery_id"].as_str().unwrap().to_owned();
    events.as_array().unwrap().iter().map(id).collect()
}

fn first(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("d-{n}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_while_postgres_was_away_is_stored_once_and_in_order() {
    let cluster = Cluster::durable();
    let url = cluster.database().await;
    let dir = data_dir();
    let gateway = start(&url, dir.path());
    assert_eq!(deliver(&gateway, 1).await.0, 200);

    cluster.kill();
    for n in 2..=20 {
        let (status, answer) = deliver(&gateway, n).await;
        assert_eq!((status, &answer["spooled"]), (202, &Value::Bool(true)), "{answer}");
        assert!(answer["vtid"] == "DEV-CICDL-0031" && answer["position"].is_null(), "{answer}");
    }
    cluster.boot();
    assert_eq!(drained(&gateway, 20).await, first(20));

    // Away again, and now the gateway is killed on top of it.
    cluster.kill();
    for n in 21..=40 {
        assert_eq!(deliver(&gateway, n).await.0, 202);
    }
    gateway.kill();
    cluster.boot();
    let gateway = start(&url, dir.path());
    assert_eq!(drained(&gateway, 40).await, first(40));
    let (status, again) = deliver(&gateway, 30).await;
    assert_eq!((status, &again["duplicate"], &again["position"]), (200, &true.into(), &30.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_postgres_takes_deliveries_into_the_spool() {
    let cluster = Cluster::durable();
    let url = cluster.database().await;
    let dir = data_dir();
    cluster.kill();
    let gateway = start(&url, dir.path());
    for n in 1..=20 {
        assert_eq!(deliver(&gateway, n).await.0, 202);
    }
    assert_eq!(gateway.get("/events").await.status(), 503);
    cluster.boot();
    gateway.logs("the ledger at DATABASE_URL is there").await;
    assert_eq!(drained(&gateway, 20).await, first(20));
    let mut feed = crate::feed::open(&gateway, "?last_event_id=19").await;
    assert_eq!(crate::feed::next(&mut feed).await.unwrap()["type"], "connected");
    assert_eq!(crate::feed::next(&mut feed).await.unwrap()["delivery_id"], "d-20");
    assert_eq!(deliver(&gateway, 21).await.0, 200);
    assert_eq!(crate::feed::next(&mut feed).await.unwrap()["delivery_id"], "d-21");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_says_what_is_wrong_where_a_spool_is_no_help() {
    let url = Cluster::shared().database().await;
    let closed = "postgres://oasis@127.0.0.1:1/oasis";
    let absent = url.replace("/oasis_", "/absent_");
    for (url, spool, said) in [
        (closed, false, "start the database first, or set spool.dir"),
        (&absent, false, "cannot open the ledger at DATABASE_URL"),
        (&absent, true, "cannot open the ledger at DATABASE_URL"),
    ] {
        let dir = data_dir();
        let mut command = command(dir.path());
        command.env("DATABASE_URL", url).args(["--listen", "127.0.0.1:0"]);
        if spool {
            command.env("OASIS_SPOOL_DIR", dir.path().join("spool"));
        }
        let output = command.output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(log.contains(said), "{log}");
    }
}
