//! Those who deliver.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, Secret};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::wire::{Answer, Wire};
use crate::gateway::SECRET;

/// What became of a delivery.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    pub(super) number: u64,
    /// `None` where the connection ended without one.
    pub(super) answer: Option<Answer>,
    /// Whether the connection had just been told to come later.
    pub(super) early: bool,
    due: Instant,
    pub(super) sent: Instant,
    done: Instant,
}

impl Told {
    /// The position, where it was acknowledged; anything else must be an honest refusal.
    pub(super) fn position(&self) -> Option<u64> {
        let answer = self.answer.unwrap_or_else(|| panic!("no answer: {self:?}"));
        match answer.status {
            200 => answer.position,
            status => {
                assert!(status == 503 && answer.retry, "{self:?}");
                None
            }
        }
    }

    /// How long it took from the moment when it was due, so that a sender who was held up holds nothing
    /// back.
    pub(super) fn took(&self) -> Duration {
        self.done - self.due
    }

    /// How long it took from the moment when it was sent.
    pub(super) fn served(&self) -> Duration {
        self.done - self.sent
    }
}

/// Deliveries that are numbered from the first to the last, each another one.
#[derive(Debug)]
pub(super) struct Crew {
    address: String,
    signer: GithubVerifier,
    next: AtomicU64,
    /// What each body holds beside its number.
    filling: String,
}

impl Crew {
    /// For the gateway at this address, with bodies of about so many bytes.
    pub(super) fn new(address: &str, bytes: usize) -> Arc<Self> {
        let commit = r#"{"id":"0f9e8d7c","message":"Keep the promise, and say so","author":{"name":"crew","email":"crew@example.com"},"added":[],"modified":["src/lib.rs"]},"#;
        Arc::new(Self {
            address: address.to_owned(),
            signer: GithubVerifier::new(&KeyRing::new(Secret::new(SECRET).unwrap())),
            next: AtomicU64::new(0),
            filling: commit.repeat(bytes / commit.len()),
        })
    }

    /// How many there were so far.
    pub(super) fn count(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    /// Each of so many brings one after the other for so long; how many were acknowledged in a
    /// second.
    pub(super) async fn peak(
        self: &Arc<Self>,
        connections: usize,
        time: Duration,
        tell: &UnboundedSender<Told>,
    ) -> f64 {
        let end = Instant::now() + time;
        let mut bringing = JoinSet::new();
        for _ in 0..connections {
            let (crew, tell) = (Arc::clone(self), tell.clone());
            bringing.spawn(async move {
                let (mut wire, mut taken) = (Wire::to(&crew.address), 0_u64);
                while Instant::now() < end {
                    let told = crew.bring(&mut wire, crew.take(), Instant::now()).await;
                    taken += u64::from(told.answer.is_some_and(|answer| answer.status == 200));
                    tell.send(told).unwrap();
                }
                taken
            });
        }
        bringing.join_all().await.into_iter().sum::<u64>() as f64 / time.as_secs_f64()
    }

    /// So many in a second for so long, each when it is due, over as many connections at most.
    pub(super) async fn at_rate(
        self: &Arc<Self>,
        rate: f64,
        connections: usize,
        time: Duration,
        tell: &UnboundedSender<Told>,
    ) {
        let (start, first) = (Instant::now(), self.count());
        let mut bringing = JoinSet::new();
        for _ in 0..connections {
            let (crew, tell) = (Arc::clone(self), tell.clone());
            bringing.spawn(async move {
                let mut wire = Wire::to(&crew.address);
                loop {
                    let number = crew.take();
                    let after = Duration::from_secs_f64((number - first) as f64 / rate);
                    if after >= time {
                        return;
                    }
                    // The timer's own steps are of a millisecond.
                    let due = start + Duration::from_millis(after.as_millis() as u64);
                    sleep_until(due).await;
                    tell.send(crew.bring(&mut wire, number, due).await).unwrap();
                }
            });
        }
        bringing.join_all().await;
    }

    fn take(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    async fn bring(&self, wire: &mut Wire, number: u64, due: Instant) -> Told {
        let filling = &self.filling;
        let body = format!(
            r#"{{"ref":"refs/heads/vt/DEV-LOAD-{:06}","after":"{number:040x}","repository":{{"full_name":"crew/load"}},"pusher":{{"name":"crew"}},"commits":[{filling}{{"id":"{number:040x}"}}]}}"#,
            number % 1_000_000
        );
        let signature = self.signer.sign(body.as_bytes());
        let (early, sent) = (wire.told_later, Instant::now());
        let answer = wire.deliver(&id(number), &signature, &body).await.ok();
        Told { number, answer, early, due, sent, done: Instant::now() }
    }
}

/// The delivery id.
pub(super) fn id(number: u64) -> String {
    format!("load-{number}")
}
