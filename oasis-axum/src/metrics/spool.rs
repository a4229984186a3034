//! How the spool stands, read when it is asked for.

use oasis_core::Timestamp;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::clock;
use crate::spool::Standing;

#[derive(Debug, Default)]
pub(super) struct SpoolMetrics {
    events: Gauge,
    bytes: Gauge,
    age: Gauge,
    rejected: Gauge,
    damaged: Counter,
    drained: Counter,
}

impl SpoolMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
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

    pub(super) fn read(&self, standing: Standing) {
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
