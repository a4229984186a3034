//! `GET /metrics`: what happened since the process started, in the text that Prometheus reads.
//!
//! The labels are closed sets: what a sender writes never becomes a series.

use std::sync::PoisonError;
use std::sync::RwLock;
use std::time::Instant;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use oasis_core::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::clock;
use crate::problem::Problem;
use crate::spool::Standing;
use crate::state::Shared;

/// By which door something came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the words of a label")]
pub(crate) enum Door {
    github,
    #[cfg(feature = "gcp")]
    gcp,
    ingest,
    heartbeat,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the words of a label")]
enum Outcome {
    /// It is in the ledger.
    taken,
    /// The sender is wrong; nothing was stored.
    refused,
    /// The ledger or the gateway could not take it.
    failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    door: Door,
    outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Came {
    door: Door,
}

/// Upper bounds of the time that a request takes, in seconds: from one commit to what GitHub waits.
const SECONDS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

#[derive(Debug)]
pub(crate) struct Metrics {
    registry: RwLock<Registry>,
    requests: Family<Request, Counter>,
    seconds: Family<Came, Histogram, fn() -> Histogram>,
    last: Family<Came, Gauge>,
    feeds: Gauge,
    followed: Gauge,
    spool: SpoolMetrics,
}

/// How the spool stands, read when it is asked for.
#[derive(Debug, Default)]
struct SpoolMetrics {
    events: Gauge,
    bytes: Gauge,
    age: Gauge,
    rejected: Gauge,
    damaged: Counter,
    drained: Counter,
}

/// A feed that is open; it counts until it is dropped.
#[derive(Debug)]
pub(crate) struct OpenFeed(Gauge);

impl Drop for OpenFeed {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("oasis");
        let requests = Family::<Request, Counter>::default();
        registry.register("requests", "Requests that brought something", requests.clone());
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let seconds = Family::new_with_constructor(histogram);
        let help = "How long a request took until its events were durable";
        registry.register_with_unit("request_duration", help, Unit::Seconds, seconds.clone());
        let last = Family::<Came, Gauge>::default();
        let help = "When something was last taken, in seconds since 1970";
        registry.register("last_taken_timestamp_seconds", help, last.clone());
        let feeds = Gauge::default();
        registry.register("feeds_open", "Feeds that are open", feeds.clone());
        let followed = Gauge::default();
        let help = "The newest position that the feeds have followed; 0 before the first feed";
        registry.register("followed_position", help, followed.clone());
        let spool = SpoolMetrics::default();
        spool.register(registry.sub_registry_with_prefix("spool"));
        let registry = RwLock::new(registry);
        Self { registry, requests, seconds, last, feeds, followed, spool }
    }

    /// Does this work of a door, and counts what becomes of it and how long it takes.
    pub(crate) async fn track<T>(
        &self,
        door: Door,
        work: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        let started = Instant::now();
        let done = work.await;
        let outcome = match &done {
            Ok(_) => Outcome::taken,
            Err(problem) if problem.status().is_server_error() => Outcome::failed,
            Err(_) => Outcome::refused,
        };
        self.requests.get_or_create(&Request { door, outcome }).inc();
        if done.is_ok() {
            let came = Came { door };
            self.seconds.get_or_create(&came).observe(started.elapsed().as_secs_f64());
            self.last.get_or_create(&came).set(clock::now().unix_millis() / 1000);
        }
        done
    }

    /// One more feed is open.
    pub(crate) fn feed(&self) -> OpenFeed {
        self.feeds.inc();
        OpenFeed(self.feeds.clone())
    }
}

impl SpoolMetrics {
    fn register(&self, registry: &mut Registry) {
        let help = "Events that wait in the spool for the ledger";
        registry.register("events", help, self.events.clone());
        let help = "Bytes that they take on the disk";
        registry.register("bytes", help, self.bytes.clone());
        let help = "How long the oldest of them has waited; 0 when none does";
        registry.register_with_unit("oldest_age", help, Unit::Seconds, self.age.clone());
        let help =
            "Events set aside because the ledger refuses them, in the spool's file `rejected`";
        registry.register("rejected", help, self.rejected.clone());
        let help = "Records that were found damaged and set aside";
        registry.register("damaged", help, self.damaged.clone());
        registry.register(
            "drained",
            "Events that left the spool for the ledger",
            self.drained.clone(),
        );
    }

    fn read(&self, standing: Standing) {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let waited = |since: Timestamp| clock::now().unix_millis() - since.unix_millis();
        self.events.set(number(standing.events));
        self.bytes.set(number(standing.bytes));
        self.age.set(standing.since.map_or(0, waited).max(0) / 1000);
        self.rejected.set(number(standing.rejected));
        let raise = |counter: &Counter, to: u64| counter.inc_by(to.saturating_sub(counter.get()));
        raise(&self.damaged, standing.damaged);
        raise(&self.drained, standing.drained);
    }
}

/// All of it as text.
pub(crate) async fn metrics(
    State(shared): State<Shared>,
) -> Result<([(HeaderName, HeaderValue); 1], String), Problem> {
    let metrics = &shared.metrics;
    let followed = shared.follower.position().map_or(0, |position| position.get());
    metrics.followed.set(i64::try_from(followed).unwrap_or(i64::MAX));
    if let Some(spool) = shared.intake.spool() {
        metrics.spool.read(spool.standing());
    }
    let mut text = String::new();
    let registry = metrics.registry.read().unwrap_or_else(PoisonError::into_inner);
    encode(&mut text, &registry).map_err(|_| Problem::overloaded())?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text))
}
