//! How complete the ledger was when somebody compared it with its source.

use std::fmt;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::clock;

/// Tells `/metrics` of the audits of one webhook, from [`Oasis::audits`](crate::Oasis::audits).
///
/// ```
/// # use std::sync::Arc;
/// # use oasis_core::{KeyRing, MemoryStore, Secret};
/// use oasis_axum::{Audit, Oasis};
///
/// # let ring = KeyRing::new(Secret::new("It's a Secret to Everybody")?);
/// # let oasis = Oasis::new(Arc::new(MemoryStore::new(oasis_axum::now)), &ring);
/// let audits = oasis.audits("acme/shop");
/// audits.done(Audit { present: 298, recovered: 2, lost: 0 });
/// audits.failed(); // the next one could not ask
/// # Ok::<(), oasis_core::EmptySecret>(())
/// ```
#[derive(Clone)]
pub struct AuditMeter {
    hook: String,
    metrics: AuditMetrics,
}

/// What an audit found: of all deliveries that the source lists, each is one of these.
///
/// ```
/// let audit = oasis_axum::Audit { present: 298, recovered: 2, lost: 0 };
/// assert_eq!(audit, oasis_axum::Audit { recovered: 2, present: 298, ..Default::default() });
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a host writes it")]
pub struct Audit {
    /// Those that the ledger had.
    pub present: u64,
    /// Those that were fetched now.
    pub recovered: u64,
    /// Those that nobody has any more.
    pub lost: u64,
}

impl AuditMeter {
    /// An audit is done: this is what it found.
    pub fn done(&self, found: Audit) {
        let Self { hook, metrics } = self;
        let Audit { present, recovered, lost } = found;
        for (state, count) in
            [(State::present, present), (State::recovered, recovered), (State::lost, lost)]
        {
            let label = Found { hook: hook.clone(), state };
            metrics.deliveries.get_or_create(&label).set(i64::try_from(count).unwrap_or(i64::MAX));
        }
        metrics.ended(hook, Outcome::done).inc();
        metrics.last(hook).set(clock::now().unix_millis() / 1000);
    }

    /// An audit could not be done; what the last one found stands.
    pub fn failed(&self) {
        self.metrics.ended(&self.hook, Outcome::failed).inc();
    }
}

impl fmt::Debug for AuditMeter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditMeter").field("hook", &self.hook).finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the words of a label")]
enum State {
    present,
    recovered,
    lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
#[expect(non_camel_case_types, reason = "the words of a label")]
enum Outcome {
    done,
    failed,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Hook {
    hook: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Found {
    hook: String,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    hook: String,
    outcome: Outcome,
}

#[derive(Debug, Clone, Default)]
pub(super) struct AuditMetrics {
    deliveries: Family<Found, Gauge>,
    ended: Family<Ended, Counter>,
    last: Family<Hook, Gauge>,
}

impl AuditMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        let help = "Deliveries that the source listed in the last audit that was done";
        registry.register("deliveries", help, self.deliveries.clone());
        let help = "Audits that were done, and those that could not be";
        registry.register("runs", help, self.ended.clone());
        let help = "When the last audit was done, in Unix time; 0 before the first";
        registry.register_with_unit("timestamp", help, Unit::Seconds, self.last.clone());
    }

    /// Of this webhook; from now on its series are there, so that one that is never audited alarms.
    pub(super) fn of(&self, hook: &str) -> AuditMeter {
        drop(self.last(hook));
        for outcome in [Outcome::done, Outcome::failed] {
            drop(self.ended(hook, outcome));
        }
        AuditMeter { hook: hook.to_owned(), metrics: self.clone() }
    }

    fn ended(&self, hook: &str, outcome: Outcome) -> Counter {
        self.ended.get_or_create_owned(&Ended { hook: hook.to_owned(), outcome })
    }

    fn last(&self, hook: &str) -> Gauge {
        self.last.get_or_create_owned(&Hook { hook: hook.to_owned() })
    }
}
