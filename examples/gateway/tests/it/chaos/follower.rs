//! Somebody who watches all the while and goes on by id whenever the feed ends.

use std::time::Duration;

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use serde_json::Value;
use tokio::sync::watch;

/// Reads until so many events have come, each right behind the one before; how many came.
pub(super) async fn follow(address: watch::Receiver<String>, wanted: u64) -> u64 {
    let client = reqwest::Client::new();
    let mut last = 0;
    while last < wanted {
        let url = format!("{}/api/v1/devhub/feed?last_event_id={last}", &*address.borrow());
        let Ok(response) = client.get(url).send().await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        if response.status() != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        }
        let mut messages = response.bytes_stream().eventsource();
        while last < wanted
            && let Some(Ok(message)) = messages.next().await
        {
            let event: Value = serde_json::from_str(&message.data).unwrap();
            if let Some(position) = event["position"].as_u64() {
                assert_eq!(position, last + 1, "the feed skips or repeats: {event}");
                assert_eq!(message.id, position.to_string());
                last = position;
            }
        }
    }
    last
}
