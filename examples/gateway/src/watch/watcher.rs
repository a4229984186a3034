//! One project: what is new in its logs goes into the ledger, and how far that is stays noted.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use oasis_axum::Evidence;
use oasis_core::verify::PulledEntry;
use oasis_core::{Arrival, CheckpointStore, Ingestor, Timestamp};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::logging::Logging;
use crate::backoff::Backoff;
use crate::fault::Fault;

/// Watches one project.
pub(super) struct Watcher {
    pub(super) project: String,
    pub(super) logging: Arc<Logging>,
    pub(super) ingestor: Arc<Ingestor>,
    pub(super) checkpoints: Arc<dyn CheckpointStore>,
    /// How late an entry may appear.
    pub(super) overlap: Duration,
    /// How far back the very first look goes.
    pub(super) lookback: Duration,
    /// What the last look saw, so that it isn't brought to the ledger again and again.
    pub(super) seen: HashSet<Name>,
    /// Where is told how it goes, for who asks whether the gateway is ready.
    pub(super) evidence: Option<Evidence>,
}

/// What makes an entry itself, as Google says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Name {
    log_name: String,
    insert_id: String,
    timestamp: String,
}

/// How often a single look is tried.
const TRIES: u32 = 8;

impl Watcher {
    /// Looks again and again; failures are logged and waited out.
    pub(super) async fn run(mut self, interval: Duration) {
        let mut backoff = Backoff::around(interval);
        loop {
            let wait = match self.look().await {
                Ok(()) => {
                    if let Some(evidence) = &self.evidence {
                        evidence.well("its logs were read");
                    }
                    if backoff.reset() {
                        tracing::info!(project = self.project, "the logs can be read again");
                    }
                    interval
                }
                Err(fault) => self.failed(fault, &mut backoff),
            };
            tokio::time::sleep(wait).await;
        }
    }

    /// Looks once; what may work later is tried again a few times.
    pub(super) async fn once(mut self) -> anyhow::Result<()> {
        let mut backoff = Backoff::around(Duration::from_secs(30));
        loop {
            match self.look().await {
                Ok(()) => return Ok(()),
                Err(fault @ Fault::Never(_)) => return Err(fault.error()),
                Err(fault) if backoff.failures() + 1 >= TRIES => return Err(fault.error()),
                Err(fault) => {
                    let wait = self.failed(fault, &mut backoff);
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// Says what went wrong, and how long to wait.
    fn failed(&self, fault: Fault, backoff: &mut Backoff) -> Duration {
        let asked = match &fault {
            Fault::Later(_, asked) => *asked,
            Fault::Never(_) => None,
        };
        let wait = backoff.wait(asked);
        let (project, failures) = (&self.project, backoff.failures());
        if let Some(evidence) = &self.evidence {
            evidence.failing(format!("{failures} looks in a row failed; the log says why"));
        }
        match fault {
            Fault::Later(error, _) => {
                tracing::warn!(project, failures, ?wait, "the logs were not read: {error:#}");
            }
            Fault::Never(error) => {
                tracing::error!(project, failures, ?wait, "the logs can't be read: {error:#}");
            }
        }
        wait
    }

    /// Brings all that is new to the ledger, page by page. What a page had is durable before the
    /// checkpoint says so, and an entry's delivery id is its own, so wherever this ends, the next
    /// look loses nothing and doubles nothing.
    async fn look(&mut self) -> Result<(), Fault> {
        let source = format!("gcp/{}", self.project);
        let reached = match self.checkpoints.checkpoint(&source).await? {
            Some(reached) => reached,
            None => {
                let start = before(oasis_axum::now(), self.lookback);
                self.checkpoints.reached(&source, start).await?;
                start
            }
        };
        let since = before(reached, self.overlap);
        let mut seen = HashSet::new();
        let mut token: Option<String> = None;
        let mut settled = None;
        loop {
            let page = self.logging.page(&self.project, since, token.as_deref()).await?;
            // All that is older than this had time to appear when the look began.
            settled = settled.or(page.answered_at.map(|at| before(at, self.overlap)));
            let listing = page.listing()?;
            let newest = self.take(&listing.entries, &mut seen).await?;
            if let Some(newest) = newest {
                self.checkpoints.reached(&source, newest).await?;
            }
            match listing.next_page_token.filter(|next| !next.is_empty()) {
                None => break,
                Some(next) if token.as_ref() == Some(&next) => {
                    return Err(Fault::later(anyhow!("Cloud Logging gave the same page twice")));
                }
                Some(next) => token = Some(next),
            }
        }
        if let Some(settled) = settled {
            self.checkpoints.reached(&source, settled).await?;
        }
        self.seen = seen;
        Ok(())
    }

    /// Takes a page; the newest moment on it.
    async fn take(
        &self,
        entries: &[&RawValue],
        seen: &mut HashSet<Name>,
    ) -> Result<Option<Timestamp>, Fault> {
        let now = oasis_axum::now();
        let mut newest = None;
        let mut news = Vec::new();
        for entry in entries {
            let name = serde_json::from_str::<Name>(entry.get()).ok();
            let at = name.as_ref().and_then(|name| name.timestamp.parse::<Timestamp>().ok());
            // A moment that is still to come would hide what comes before it.
            newest = newest.max(at.map(|at| at.min(now)));
            if name.as_ref().is_none_or(|name| !self.seen.contains(name)) {
                let pulled = PulledEntry::answered_by_google(entry.get().as_bytes());
                news.push((pulled, Arrival::new(now, entropy()?)));
            }
            seen.extend(name);
        }
        if !news.is_empty() {
            let appended = self.ingestor.gcp_entries(news).await?;
            let new = appended.iter().filter(|one| !one.duplicate).count();
            tracing::debug!(project = self.project, new, "entries were read");
        }
        Ok(newest)
    }
}

fn before(at: Timestamp, span: Duration) -> Timestamp {
    at.saturating_add_millis(-i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
}

fn entropy() -> Result<[u8; 10], Fault> {
    let mut bytes = [0; 10];
    let filled = getrandom::fill(&mut bytes);
    filled.map_err(|_| Fault::later(anyhow!("the system's random source failed")))?;
    Ok(bytes)
}
