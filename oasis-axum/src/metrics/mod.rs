//! `GET /metrics`: what happened since the process started, in the text that Prometheus reads.
//!
//! The labels are closed sets: what a sender writes never becomes a series.

mod audit;
mod commits;
mod delivery;
mod spool;

use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicU64;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use oasis_core::Position;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::clock;
use crate::problem::Problem;
use crate::state::{Parts, Shared};

use audit::AuditMetrics;
pub use audit::{Audit, AuditMeter};
pub use commits::CommitMeter;
use delivery::DeliveryMetrics;
pub(crate) use delivery::{Delivery, Door};
use spool::SpoolMetrics;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Source {
    source: String,
}

#[derive(Debug)]
pub(crate) struct Metrics {
    registry: RwLock<Registry>,
    deliveries: DeliveryMetrics,
    feeds: Gauge,
    followed: Gauge,
    lag: Gauge,
    reachable: Gauge,
    silence: Family<Source, Gauge<f64, AtomicU64>>,
    spool: SpoolMetrics,
    audits: AuditMetrics,
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
    pub(crate) fn new(commits: Option<&CommitMeter>) -> Self {
        let mut registry = Registry::with_prefix("oasis");
        let deliveries = DeliveryMetrics::register(&mut registry);
        if let Some(commits) = commits {
            commits.register(registry.sub_registry_with_prefix("commit"));
        }
        let feeds = Gauge::default();
        registry.register("feeds_open", "Feeds that are open", feeds.clone());
        let followed = Gauge::default();
        let help = "The newest position that the feeds have followed; 0 before the first";
        registry.register("followed_position", help, followed.clone());
        let lag = Gauge::default();
        let help =
            "How many positions the feeds are behind the ledger; as last known while it is away";
        registry.register("follower_lag_events", help, lag.clone());
        let reachable = Gauge::default();
        let help = "Whether the ledger told its newest position just now";
        registry.register("ledger_reachable", help, reachable.clone());
        let silence = Family::<Source, Gauge<f64, AtomicU64>>::default();
        let help = "How long ago the newest event of a source was recorded, by whichever process";
        registry.register_with_unit("source_silence", help, Unit::Seconds, silence.clone());
        let spool = SpoolMetrics::default();
        spool.register(registry.sub_registry_with_prefix("spool"));
        let audits = AuditMetrics::default();
        audits.register(registry.sub_registry_with_prefix("audit"));
        let registry = RwLock::new(registry);
        Self { registry, deliveries, feeds, followed, lag, reachable, silence, spool, audits }
    }

    /// A request that brought something is answered; passes the answer on.
    pub(crate) fn count<T>(
        &self,
        delivery: &Delivery,
        done: Result<T, Problem>,
    ) -> Result<T, Problem> {
        self.deliveries.count(delivery, &done);
        done
    }

    /// A body was stored that came before under another delivery id.
    pub(crate) fn suspected_replay(&self) {
        self.deliveries.replays.inc();
    }

    /// A delivery came again with another content.
    pub(crate) fn conflict(&self) {
        self.deliveries.conflicts.inc();
    }

    /// What tells of the audits of this webhook.
    pub(crate) fn audits(&self, hook: &str) -> AuditMeter {
        self.audits.of(hook)
    }

    /// One more feed is open.
    pub(crate) fn feed(&self) -> OpenFeed {
        self.feeds.inc();
        OpenFeed(self.feeds.clone())
    }

    /// What is not counted as it happens, but looked at when it is asked for.
    async fn look(&self, shared: &Parts) {
        let head = shared.ledger_head().await;
        let followed = shared.follower.position().map_or(0, Position::get);
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.followed.set(number(followed));
        self.reachable.set(i64::from(head.is_ok()));
        if let Ok(head) = head {
            self.lag.set(number(head.map_or(0, Position::get).saturating_sub(followed)));
        }
        let now = clock::now().unix_millis();
        for (source, at) in shared.sources.newest() {
            let silent = now.saturating_sub(at.unix_millis()).max(0);
            let seconds = std::time::Duration::from_millis(u64::try_from(silent).unwrap_or(0));
            self.silence.get_or_create(&Source { source }).set(seconds.as_secs_f64());
        }
        if let Some(spool) = shared.intake.spool() {
            self.spool.read(spool.standing());
        }
    }
}

/// All of it as text.
pub(crate) async fn metrics(
    State(shared): State<Shared>,
) -> Result<([(HeaderName, HeaderValue); 1], String), Problem> {
    // Who asks for the lag and for silent sources wants them known, whether or not a feed is open.
    shared.follow().await;
    let metrics = &shared.metrics;
    metrics.look(&shared).await;
    let mut text = String::new();
    let registry = metrics.registry.read().unwrap_or_else(PoisonError::into_inner);
    encode(&mut text, &registry).map_err(|_| Problem::overloaded())?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text))
}
