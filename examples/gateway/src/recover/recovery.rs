//! The comparison, and what is done about what is missing.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use oasis_core::verify::PulledDelivery;
use oasis_core::{Arrival, EventStore, Ingestor, Timestamp};
use tokio::time::Instant;

use super::coverage::{self, Missing};
use super::github::Github;
use super::report::{Lost, Report};
use crate::fault::Fault;
use crate::patience::patiently;
use crate::progress::Progress;

/// How long GitHub may take to send again what it said it would, and how often that is looked at.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_secs(2);

pub(super) struct Recovery {
    pub(super) github: Github,
    /// Where the deliveries are, below the API's address.
    pub(super) path: String,
    pub(super) store: Arc<dyn EventStore>,
    pub(super) ingestor: Arc<Ingestor>,
}

/// What was found.
pub(super) struct Compared {
    pub(super) told: Report,
    missing: Vec<Missing>,
}

impl Recovery {
    /// What GitHub delivered since then, beside what the ledger holds.
    pub(super) async fn compare(&self, hook: String, since: Timestamp) -> Result<Compared> {
        let attempts = self.github.attempts(&self.path, since).await?;
        let deliveries = coverage::deliveries(attempts);
        let listed = deliveries.len();
        let missing = coverage::missing(&*self.store, deliveries).await?;
        let told = Report {
            hook,
            since,
            listed,
            present: listed - missing.len(),
            missing: missing.len(),
            missing_but_acknowledged: missing.iter().filter(|one| one.acknowledged).count(),
            redelivered: 0,
            fetched: 0,
            lost: Vec::new(),
            dry_run: true,
        };
        Ok(Compared { told, missing })
    }

    /// Brings what is missing into the ledger, in the order in which it was delivered.
    pub(super) async fn recover(&self, compared: &mut Compared, redeliver: bool) -> Result<()> {
        let Compared { told, missing } = compared;
        told.dry_run = false;
        if redeliver && !missing.is_empty() {
            let count = missing.len();
            *missing = self.redelivered(std::mem::take(missing)).await?;
            told.redelivered = count - missing.len();
        }
        let mut progress = Progress::new("fetched", 0, missing.len() as u64);
        for (n, one) in missing.iter().enumerate() {
            match self.fetch(one).await? {
                Ok(()) => told.fetched += 1,
                Err(why) => {
                    let delivery_id = one.guid.clone();
                    told.lost.push(Lost { delivery_id, why: why.to_owned() });
                }
            }
            progress.reached(n as u64 + 1);
        }
        progress.finish();
        Ok(())
    }

    /// Stores one delivery that GitHub is asked for; or why it is lost.
    async fn fetch(&self, missing: &Missing) -> Result<Result<(), &'static str>> {
        let Some(delivery) = self.github.delivery(&self.path, missing.attempt).await? else {
            return Ok(Err("GitHub no longer has it"));
        };
        let Some(payload) = delivery.request.payload else {
            return Ok(Err("GitHub has it without its payload"));
        };
        if delivery.guid != missing.guid {
            return Ok(Err("GitHub answers with another delivery"));
        }
        let pulled = PulledDelivery::answered_by_github(
            &delivery.event,
            &delivery.guid,
            payload.get().as_bytes(),
        );
        let mut entropy = [0; 10];
        getrandom::fill(&mut entropy).context("the system's random source failed")?;
        // It would have arrived then.
        let arrival = Arrival::new(missing.delivered_at, entropy);
        let store =
            async || self.ingestor.github_pulled(&pulled, arrival).await.map_err(Fault::from);
        patiently("storing a delivery", store).await.map(|_| Ok(()))
    }

    /// Has GitHub send these again; those that the ledger lacks after that. A delivery that is sent
    /// again may lack its signature, and then the gateway refuses it.
    async fn redelivered(&self, missing: Vec<Missing>) -> Result<Vec<Missing>> {
        // What was sent again before doesn't count; and clocks differ.
        let began = Instant::now();
        let recently = oasis_axum::now().saturating_add_millis(-300_000);
        let before = self.github.attempts(&self.path, recently).await?;
        let before: HashSet<_> = before.into_iter().map(|attempt| attempt.id).collect();
        let mut under_way = HashSet::new();
        for one in &missing {
            if self.github.redeliver(&self.path, one.attempt).await? {
                under_way.insert(one.guid.clone());
            }
        }
        loop {
            let attempts = self.github.attempts(&self.path, recently).await?;
            let new = attempts.iter().filter(|a| a.redelivery && !before.contains(&a.id));
            let ended: HashSet<_> = new.map(|attempt| &attempt.guid).collect();
            if under_way.iter().all(|guid| ended.contains(guid)) || began.elapsed() > PATIENCE {
                return coverage::missing(&*self.store, missing).await;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
