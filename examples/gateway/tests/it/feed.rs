use std::time::{Duration, Instant};

use eventsource_stream::Eventsource;
use futures_util::future::ready;
use futures_util::{Stream, StreamExt};
use serde_json::Value;

use crate::gateway::{Gateway, data_dir};

/// The data of each message.
pub(crate) async fn open(
    gateway: &Gateway,
    query: &str,
) -> impl Stream<Item = Value> + Unpin + use<> {
    messages(gateway.get(&format!("/api/v1/devhub/feed{query}")).await)
}

/// The same for who has this token.
pub(crate) async fn open_as(
    gateway: &Gateway,
    query: &str,
    token: &str,
) -> impl Stream<Item = Value> + Unpin + use<> {
    let request = reqwest::Client::new().get(format!("{}/api/v1/devhub/feed{query}", gateway.url));
    messages(request.bearer_auth(token).send().await.unwrap())
}

fn messages(response: reqwest::Response) -> impl Stream<Item = Value> + Unpin + use<> {
    assert_eq!(response.status(), 200);
    // A connection that is cut ends the feed as a clean end does.
    let messages = response.bytes_stream().eventsource().take_while(|m| ready(m.is_ok()));
    Box::pin(messages.map(|message| serde_json::from_str(&message.unwrap().data).unwrap()))
}

pub(crate) async fn next(feed: &mut (impl Stream<Item = Value> + Unpin)) -> Option<Value> {
    tokio::time::timeout(Duration::from_secs(20), feed.next()).await.expect("the feed is silent")
}

#[tokio::test]
async fn what_was_delivered_is_on_the_feed_and_a_restart_resumes_it() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let mut feed = open(&gateway, "").await;
    assert_eq!(next(&mut feed).await.unwrap()["type"], "connected");
    for n in 1..=3 {
        gateway.push(&format!("d-{n}")).await;
        let event = next(&mut feed).await.unwrap();
        assert_eq!(event["position"], n);
        assert_eq!(event["vtid"], "DEV-CICDL-0031");
    }
    gateway.kill();
    assert_eq!(next(&mut feed).await, None);

    let gateway = Gateway::start(dir.path());
    for n in 4..=6 {
        gateway.push(&format!("d-{n}")).await;
    }
    let mut feed = open(&gateway, "?last_event_id=3").await;
    assert_eq!(next(&mut feed).await.unwrap()["type"], "connected");
    for n in 4..=6 {
        assert_eq!(next(&mut feed).await.unwrap()["position"], n);
    }
}

#[tokio::test]
async fn a_signal_to_stop_ends_open_feeds_and_exits_cleanly() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let mut feed = open(&gateway, "").await;
    assert_eq!(next(&mut feed).await.unwrap()["type"], "connected");
    let asked = Instant::now();
    let ended = tokio::task::spawn_blocking(move || gateway.terminate());
    assert_eq!(next(&mut feed).await, None);
    assert!(ended.await.unwrap().success());
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
}
