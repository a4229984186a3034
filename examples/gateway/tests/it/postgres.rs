//! Gateways on one Postgres.

use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::feed::{next, open};
use crate::gateway::{Gateway, command, data_dir};

/// A gateway on the ledger at this URL.
fn start(url: &str) -> (Gateway, tempfile::TempDir) {
    let dir = data_dir();
    let mut command = command(dir.path());
    command.env("DATABASE_URL", url).args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
    (Gateway::spawn(&mut command), dir)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_to_one_gateway_is_on_the_other_s_feed() {
    let url = Cluster::shared().database().await;
    let ((here, _here), (there, _there)) = (start(&url), start(&url));
    let mut feed = open(&there, "").await;
    assert_eq!(next(&mut feed).await.unwrap()["type"], "connected");
    let mut took = Vec::new();
    for n in 1..=50 {
        let answer = here.push(&format!("d-{n}")).await;
        let durable = Instant::now();
        assert_eq!(answer["position"], n);
        assert_eq!(next(&mut feed).await.unwrap()["position"], n);
        took.push(durable.elapsed());
        // Lone deliveries: hints of a burst come together.
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    took.sort();
    eprintln!("answer to the other gateway's feed: median {:?}, worst {:?}", took[25], took[49]);
    assert!(took[25] < Duration::from_millis(250), "{took:?}");

    // The same delivery to the other gateway is known.
    let again = there.push("d-7").await;
    assert!(again["duplicate"] == true && again["position"] == 7, "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_go_from_one_gateway_to_another_and_misses_nothing() {
    let url = Cluster::shared().database().await;
    let gateways = [start(&url), start(&url)];
    let mut last = 0;
    for round in 0..6 {
        let (gateway, _) = &gateways[round % 2];
        for n in 0..5 {
            gateways[n % 2].0.push(&format!("d-{round}-{n}")).await;
        }
        let mut feed = open(gateway, &format!("?last_event_id={last}")).await;
        assert_eq!(next(&mut feed).await.unwrap()["type"], "connected");
        // It goes on in the middle of what there is.
        for _ in 0..4 {
            last += 1;
            assert_eq!(next(&mut feed).await.unwrap()["position"], last);
        }
    }
}

#[tokio::test]
async fn migrate_may_run_again_and_no_secret_of_the_url_is_shown() {
    let url = Cluster::shared().database().await;
    let secret = "canary-database-password";
    let with_secret = url.replace("oasis@", &format!("oasis:{secret}@"));
    let dir = data_dir();
    let closed = format!("postgres://oasis:{secret}@127.0.0.1:1/oasis");
    let absent = format!("{}?passwrd={secret}", with_secret.replace("/oasis_", "/absent_"));
    let odd = format!("postgres://oasis:{secret}@127.0.0.1:port/oasis");
    let unknown = format!("mysql://oasis:{secret}@127.0.0.1/oasis");
    for (url, code) in
        [(&with_secret, 0), (&with_secret, 0), (&closed, 1), (&absent, 1), (&odd, 1), (&unknown, 1)]
    {
        let mut command = command(dir.path());
        let output = command
            .env("DATABASE_URL", url)
            .env("RUST_LOG", "debug")
            .arg("migrate")
            .output()
            .unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{log}");
        assert!(!log.contains(secret), "{log}");
        assert!(output.stdout.is_empty());
    }
    let (gateway, _dir) = start(&format!("{with_secret}?connection_limit={secret}"));
    gateway.push("d-1").await;
    let log = gateway.log.lock().unwrap().clone();
    assert!(!log.contains(secret), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_postgres_is_away_a_delivery_gets_503_in_time_and_then_200_again() {
    let cluster = Cluster::volatile();
    let (gateway, _dir) = start(&cluster.database().await);
    gateway.push("d-1").await;
    let body = br#"{"ref":"refs/heads/main"}"#;
    let deliver = || {
        let request = reqwest::Client::new()
            .post(format!("{}/webhooks/github", gateway.url))
            .header("x-github-event", "push")
            .header("x-github-delivery", "d-2")
            .header("x-hub-signature-256", gateway.sign(body));
        request.body(body.as_slice()).send()
    };
    cluster.kill();
    for _ in 0..3 {
        let asked = Instant::now();
        let response = deliver().await.unwrap();
        assert_eq!(response.status(), 503);
        assert!(response.headers().contains_key("retry-after"), "{response:?}");
        assert!(asked.elapsed() < Duration::from_millis(2500), "{:?}", asked.elapsed());
    }
    cluster.boot();
    let found = Instant::now();
    while deliver().await.unwrap().status() != 200 {
        assert!(found.elapsed() < Duration::from_secs(20), "the gateway does not find it again");
    }
    let events = gateway.get_json("/events?order=asc").await;
    let positions: Vec<_> = events
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["position"].as_u64().unwrap())
        .collect();
    assert_eq!(positions, [1, 2]);
}
