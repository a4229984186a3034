//! Those who deliver, each one delivery after the other, and again until it is acknowledged.

use std::time::Duration;

use fastrand::Rng;
use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, Secret};
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use crate::gateway::SECRET;

/// How many there are.
pub(super) const COUNT: usize = 16;

/// What a sender was told of a delivery.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) sender: usize,
    /// The delivery's number with this sender.
    pub(super) number: usize,
    /// Its place in the ledger; `None` where it was taken into the spool.
    pub(super) position: Option<u64>,
    /// How often no answer came, or none that was an acknowledgement.
    pub(super) repeated: usize,
}

/// How many of all deliveries this sender brings.
pub(super) fn share(all: usize, sender: usize) -> usize {
    all / COUNT + usize::from(sender < all % COUNT)
}

/// The delivery id.
pub(super) fn id(sender: usize, number: usize) -> String {
    format!("chaos-{sender}-{number}")
}

/// Delivers so many, and one of ten twice, to whatever gateway listens.
pub(super) async fn send(
    sender: usize,
    count: usize,
    mut rng: Rng,
    address: watch::Receiver<String>,
    tell: mpsc::UnboundedSender<Answer>,
) {
    let signer = GithubVerifier::new(&KeyRing::new(Secret::new(SECRET).unwrap()));
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    for number in 0..count {
        let body = format!(
            r#"{{"ref":"refs/heads/vt/DEV-CHAOS-{number:06}","after":"{}","pusher":{{"name":"crew-{sender}"}}}}"#,
            "a".repeat(rng.usize(..4000))
        );
        let signature = signer.sign(body.as_bytes());
        let deliver = || {
            let request = client
                .post(format!("{}/webhooks/github", &*address.borrow()))
                .header("x-github-event", "push")
                .header("x-github-delivery", id(sender, number))
                .header("x-hub-signature-256", &signature);
            request.body(body.clone()).send()
        };
        let (mut repeated, mut told) = (0, None);
        let mut wanted = 1 + usize::from(rng.u8(..10) == 0);
        while wanted > 0 {
            match acknowledged(deliver().await).await {
                Some(position) => {
                    if let (Some(Some(before)), Some(now)) = (told, position) {
                        assert_eq!(before, now, "{}: the second answer", id(sender, number));
                    }
                    told = told.or(Some(position));
                    wanted -= 1;
                }
                // As a sender does that doesn't know what became of it.
                None => {
                    repeated += 1;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        let position = told.flatten();
        let _ = tell.send(Answer { sender, number, position, repeated });
    }
}

/// The position of a delivery that was acknowledged, if it has one yet.
async fn acknowledged(response: reqwest::Result<reqwest::Response>) -> Option<Option<u64>> {
    let response = response.ok()?;
    let status = response.status().as_u16();
    assert!([200, 202, 503].contains(&status), "a delivery was answered {status}");
    let answer: Value = response.json().await.ok()?;
    match status {
        200 => Some(Some(answer["position"].as_u64().unwrap())),
        202 => Some(None),
        _ => None,
    }
}
