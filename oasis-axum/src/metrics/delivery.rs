//! What came, and what became of it.

use std::time::Instant;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::intake::Taken;
use crate::problem::Problem;

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
    /// It is in the ledger since now.
    stored,
    /// All of it was there before.
    duplicate,
    /// It is in the spool.
    spooled,
    /// The sender is wrong; nothing was stored.
    refused,
    /// The ledger or the gateway could not take it.
    failed,
}

/// A request that brings something, from when it came to its answer.
#[derive(Debug)]
pub(crate) struct Delivery {
    door: Door,
    event: &'static str,
    outcome: Outcome,
    started: Instant,
}

/// The event of what nobody vouched for: what a stranger writes is no label.
const UNPROVEN: &str = "unproven";

impl Delivery {
    pub(crate) fn by(door: Door) -> Self {
        Self { door, event: UNPROVEN, outcome: Outcome::stored, started: Instant::now() }
    }

    /// Its sender is proven, and this is what it brings: a word of a closed set, or `other`.
    pub(crate) fn is(&mut self, event: Option<&'static str>) {
        self.event = event.unwrap_or("other");
    }

    /// This is what became of its events.
    pub(crate) fn became(&mut self, taken: &[Taken]) {
        let known = |taken: &Taken| matches!(taken, Taken::Recorded(row) if row.duplicate);
        self.outcome = match taken {
            [Taken::Spooled(_), ..] => Outcome::spooled,
            [_, ..] if taken.iter().all(known) => Outcome::duplicate,
            _ => Outcome::stored,
        };
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Label {
    source: Door,
    event: &'static str,
    outcome: Outcome,
    code: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Came {
    source: Door,
}

/// Upper bounds of the time that a request takes, in seconds: from one commit to what GitHub waits.
const SECONDS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

#[derive(Debug)]
pub(super) struct DeliveryMetrics {
    deliveries: Family<Label, Counter>,
    seconds: Family<Came, Histogram, fn() -> Histogram>,
    pub(super) replays: Counter,
    pub(super) conflicts: Counter,
}

impl DeliveryMetrics {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let deliveries = Family::<Label, Counter>::default();
        let help = "Requests that brought something, by what was answered";
        registry.register("deliveries", help, deliveries.clone());
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let seconds = Family::new_with_constructor(histogram);
        let help = "How long a request took until its events were durable";
        registry.register_with_unit("ingest_duration", help, Unit::Seconds, seconds.clone());
        let replays = Counter::default();
        let help = "Deliveries whose body came before under another delivery id";
        registry.register("suspected_replays", help, replays.clone());
        let conflicts = Counter::default();
        let help = "Deliveries that came again under their id with another content";
        registry.register("conflicting_deliveries", help, conflicts.clone());
        Self { deliveries, seconds, replays, conflicts }
    }

    pub(super) fn count<T>(&self, delivery: &Delivery, done: &Result<T, Problem>) {
        let Delivery { door, event, outcome, started } = *delivery;
        let (outcome, code) = match done {
            Ok(_) if outcome == Outcome::spooled => (outcome, 202),
            Ok(_) => (outcome, 200),
            Err(problem) if problem.status().is_server_error() => {
                (Outcome::failed, problem.status().as_u16())
            }
            Err(problem) => (Outcome::refused, problem.status().as_u16()),
        };
        self.deliveries.get_or_create(&Label { source: door, event, outcome, code }).inc();
        if done.is_ok() {
            let came = Came { source: door };
            self.seconds.get_or_create(&came).observe(started.elapsed().as_secs_f64());
        }
    }
}
