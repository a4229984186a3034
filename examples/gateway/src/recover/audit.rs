//! The audit: `recover` as `serve` does it by itself, with what it found told in the ledger.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use oasis_axum::{AuditMeter, Evidence, Oasis};
use oasis_core::verify::VerifiedClient;
use oasis_core::{Arrival, Event, EventStore, Ingestor, Status};
use tokio::runtime::Handle;
use tokio::time::{MissedTickBehavior, interval};

use super::github::Github;
use super::hook::{self, Hook};
use super::identity::Identity;
use super::only_hook;
use super::recovery::Recovery;
use super::report::Report;
use crate::config::{Config, GITHUB_API, RECOVER_EVERY, RECOVER_HOOKS, Span};

/// How far back GitHub remembers deliveries, in milliseconds.
const REMEMBERED: i64 = 3 * 86_400_000;

/// How many lost deliveries an event names at most.
const NAMED: usize = 20;

/// The webhooks that are audited.
pub(crate) struct Audit {
    hooks: Vec<Audited>,
    every: Duration,
    ingestor: Arc<Ingestor>,
}

struct Audited {
    whose: Hook,
    /// `None` where the webhook is the only one, whichever that is.
    id: Option<u64>,
    recovery: Recovery,
    evidence: Option<Evidence>,
    meter: Option<AuditMeter>,
}

impl Audit {
    /// What the configuration names; `None` where it names no webhook.
    pub(crate) fn configured(
        config: &Config,
        store: &Arc<dyn EventStore>,
        ingestor: Ingestor,
    ) -> Result<Option<Self>> {
        let named = config.list::<String>(RECOVER_HOOKS)?;
        if named.is_empty() {
            return Ok(None);
        }
        let every = config.parse::<Span>(RECOVER_EVERY)?.unwrap_or_default().0;
        let ingestor = Arc::new(ingestor);
        let mut hooks = Vec::new();
        for name in named {
            let (whose, id) = hook::named(&name).map_err(|e| config.invalid(RECOVER_HOOKS, &e))?;
            let identity = Identity::configured(config, &whose)?;
            let github = Github::at(config.get(GITHUB_API).unwrap_or_default(), identity)?;
            let (store, ingestor) = (Arc::clone(store), Arc::clone(&ingestor));
            let recovery = Recovery { github, path: String::new(), store, ingestor };
            hooks.push(Audited { whose, id, recovery, evidence: None, meter: None });
        }
        Ok(Some(Self { hooks, every, ingestor }))
    }

    /// The same, telling there how it goes.
    pub(crate) fn shown_by(mut self, oasis: &Oasis) -> Self {
        for hook in &mut self.hooks {
            hook.evidence = Some(oasis.depends_on(&format!("completeness of {}", hook.whose)));
            hook.meter = Some(oasis.audits(&hook.whose.to_string()));
        }
        self
    }

    /// Audits at once and then as often as is configured, on a thread of its own for as long as the
    /// process lives: it asks one thing after the other, as GitHub wishes it, and mostly waits.
    pub(crate) fn start(self) {
        tokio::task::spawn_blocking(move || Handle::current().block_on(self.run()));
    }

    async fn run(mut self) {
        let mut due = interval(self.every);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            due.tick().await;
            for hook in &mut self.hooks {
                let done = hook.audit(self.every, &self.ingestor).await;
                if let Err(error) = done {
                    if let Some(meter) = &hook.meter {
                        meter.failed();
                    }
                    tracing::error!("the deliveries of {} can't be audited: {error:#}", hook.whose);
                    if let Some(evidence) = &hook.evidence {
                        evidence.failing(format!("{error:#}"));
                    }
                }
            }
        }
    }
}

impl Audited {
    /// Compares, fetches what is missing, and tells in the ledger what came of it.
    async fn audit(&mut self, every: Duration, ingestor: &Ingestor) -> Result<()> {
        let id = match (self.id, self.whose.siblings()) {
            (Some(id), _) => id,
            (None, None) => 0,
            (None, Some(siblings)) => {
                only_hook(&self.recovery.github, &siblings, &self.whose).await?
            }
        };
        self.recovery.path = self.whose.deliveries(id);
        let since = oasis_axum::now().saturating_add_millis(-REMEMBERED);
        let mut compared = self.recovery.compare(self.whose.to_string(), since).await?;
        self.recovery.recover(&mut compared, false).await?;
        let report = compared.told;
        let mut entropy = [0; 10];
        getrandom::fill(&mut entropy).context("the system's random source failed")?;
        let event = told(&report, every, Arrival::new(oasis_axum::now(), entropy));
        // The gateway itself says so; there is no request whose token could be checked.
        ingestor.append(VerifiedClient::after_token_check(), vec![event]).await?;

        let Report { hook, listed, present, fetched, lost, .. } = &report;
        let lost = lost.len();
        if let Some(meter) = &self.meter {
            let [present, recovered, lost] = [*present, *fetched, lost].map(|count| count as u64);
            meter.done(oasis_axum::Audit { present, recovered, lost });
        }
        let said =
            format!("{hook}: {listed} deliveries in three days, {fetched} recovered, {lost} lost");
        match (lost, &self.evidence) {
            (0, Some(evidence)) => evidence.well(said.clone()),
            (_, Some(evidence)) => evidence.failing(said.clone()),
            (_, None) => {}
        }
        match lost {
            0 => tracing::info!("audited: {said}"),
            _ => tracing::error!("audited: {said}"),
        }
        Ok(())
    }
}

/// The event that tells of an audit: an error where something is lost, a warning where something had
/// to be fetched. Replicas that audit in the same span of time write it once.
fn told(report: &Report, every: Duration, arrival: Arrival) -> Event {
    let mut event = Event::new(arrival, "oasis.audit", "audit.completeness");
    "AUDIT".clone_into(&mut event.module);
    event.retitle("COMPLETENESS");
    event.status = match (report.lost.len(), report.missing) {
        (0, 0) => Status::Success,
        (0, _) => Status::Warning,
        _ => Status::Error,
    };
    let span = i64::try_from(every.as_millis()).unwrap_or(i64::MAX).max(1);
    let number = event.ts.unix_millis().div_euclid(span);
    event.delivery_id = Some(format!("completeness/{}/{number}", report.hook));
    let lost = report.lost.iter().take(NAMED).map(|lost| lost.delivery_id.clone());
    let facts = serde_json::json!({
        "hook": report.hook,
        "since": report.since,
        "listed": report.listed,
        "present": report.present,
        "missing_but_acknowledged": report.missing_but_acknowledged,
        "recovered": report.fetched,
        "lost": report.lost.len(),
        "lost_deliveries": lost.collect::<Vec<_>>(),
    });
    if let serde_json::Value::Object(facts) = facts {
        event.meta.extend(facts.into_iter().map(|(name, fact)| (name.into(), fact)));
    }
    event
}
