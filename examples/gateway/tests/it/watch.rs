//! `watch gcp`, as a command and inside `serve`.

use std::path::Path;
use std::process::{Command, Output};

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use serde_json::Value;

use crate::gateway::{Gateway, command, data_dir};
use crate::google::{Google, Mood};

fn watching(google: &Google, dir: &Path) -> Command {
    let key = dir.join("key.json");
    google.write_key(&key);
    let mut command = command(dir);
    command
        .env("OASIS_WATCH_GCP_PROJECT", "acme-prod")
        .env("OASIS_WATCH_GCP_ENDPOINT", &google.url)
        .env("OASIS_WATCH_GCP_INTERVAL", "100ms")
        .env("OASIS_WATCH_GCP_CREDENTIALS", key);
    command
}

async fn once(google: &Google, dir: &Path) -> Output {
    let mut command = watching(google, dir);
    let run = move || command.args(["watch", "gcp", "--once"]).output().unwrap();
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// The revisions in the ledger, in its order.
async fn revisions(dir: &Path) -> Vec<String> {
    let events = Gateway::start(dir).get_json("/api/v1/oasis/events?order=asc&limit=1000").await;
    let revision = |event: &Value| event["ref"].as_str().unwrap().to_owned();
    events.as_array().unwrap().iter().map(revision).collect()
}

fn serve(google: &Google, dir: &Path) -> Gateway {
    Gateway::spawn(watching(google, dir).args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
}

/// Waits until the feed has told of these revisions, each once.
async fn told(gateway: &Gateway, wanted: &[&str]) {
    let feed = gateway.get("/api/v1/devhub/feed?last_event_id=0").await;
    let mut messages = feed.bytes_stream().eventsource();
    let mut got = Vec::new();
    while got.len() < wanted.len() {
        let message = messages.next().await.unwrap().unwrap();
        let event: Value = serde_json::from_str(&message.data).unwrap();
        got.extend(event["ref"].as_str().map(str::to_owned));
    }
    assert_eq!(got, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_look_takes_every_page_in_order_and_the_next_only_what_is_new() {
    let (google, dir) = (Google::start().await, data_dir());
    for n in 0..7 {
        google.log(&format!("shop-{n}"), 100 - n);
    }
    google.lock().page_size = 3;
    google.lock().moods.extend([Mood::NothingYet]);
    let output = once(&google, dir.path()).await;
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    google.log("shop-7", 1);
    // Late, but within the overlap; and one that Google gives a second time.
    google.log("shop-late", 200);
    let twin = google.lock().entries[3].clone();
    google.lock().entries.push(twin);
    assert_eq!(once(&google, dir.path()).await.status.code(), Some(0));
    let wanted = ["0", "1", "2", "3", "4", "5", "6", "late", "7"].map(|n| format!("shop-{n}"));
    assert_eq!(revisions(dir.path()).await, wanted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_any_mood_costs_time_and_no_entry() {
    let (google, dir) = (Google::start().await, data_dir());
    let moods = [Mood::TooMany, Mood::Broken, Mood::Cut, Mood::Expired, Mood::Broken];
    google.lock().moods.extend(moods);
    google.log("shop-1", 5);
    let gateway = serve(&google, dir.path());
    told(&gateway, &["shop-1"]).await;
    google.lock().moods.extend([Mood::Forbidden, Mood::Cut]);
    google.log("shop-2", 0);
    told(&gateway, &["shop-1", "shop-2"]).await;
    google.log("shop-late", 300);
    told(&gateway, &["shop-1", "shop-2", "shop-late"]).await;
    assert_eq!(google.lock().tokens_given, 2, "a token is kept until it is refused");
    let log = gateway.log.lock().unwrap().clone();
    assert!(log.contains("429") && log.contains("500") && log.contains("403"), "{log}");
    assert!(!log.contains("canary-token") && !log.contains("PRIVATE KEY"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_two_pages_it_goes_on_and_doubles_nothing() {
    let (google, dir) = (Google::start().await, data_dir());
    for n in 0..5 {
        google.log(&format!("shop-{n}"), 100 - n);
    }
    google.lock().page_size = 2;
    // After the first page nothing comes until the gateway is dead.
    google.lock().moods.push_back(Mood::Fine);
    google.lock().moods.extend((0..10_000).map(|_| Mood::Broken));
    let gateway = serve(&google, dir.path());
    told(&gateway, &["shop-0", "shop-1"]).await;
    gateway.kill();
    google.lock().moods.clear();
    let gateway = serve(&google, dir.path());
    told(&gateway, &["shop-0", "shop-1", "shop-2", "shop-3", "shop-4"]).await;
    gateway.kill();
    assert_eq!(revisions(dir.path()).await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_must_change_is_said_and_ends_with_1() {
    let (google, dir) = (Google::start().await, data_dir());
    google.lock().moods.push_back(Mood::Forbidden);
    let output = once(&google, dir.path()).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("403"));
    for (name, value, said) in [
        ("OASIS_WATCH_GCP_ENDPOINT", "http://logging.example.com", "https://"),
        ("OASIS_WATCH_GCP_PROJECT", "a\"b", "watch.gcp.project"),
        ("OASIS_WATCH_GCP_INTERVAL", "often", "watch.gcp.interval"),
        ("OASIS_WATCH_GCP_CREDENTIALS", "/nowhere.json", "/nowhere.json"),
    ] {
        let mut command = watching(&google, dir.path());
        let output = command.env(name, value).args(["watch", "gcp", "--once"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}");
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(log.contains(said), "{log}");
    }
}
