//! The team's agents, which say that they are there.

use std::fs::read_to_string;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::config::{Config, INGEST_TOKEN};
use crate::secrets;
use crate::sender::Sender;

pub(super) struct Agents {
    token: Option<String>,
}

impl Agents {
    /// With the configured ingest token, or the one that the gateway made on loopback.
    pub(super) fn configured(config: &Config) -> Result<Self> {
        let configured = config.list::<String>(INGEST_TOKEN)?.into_iter().next();
        let made = || read_to_string(secrets::token_file(config.data_dir())).ok();
        let token = configured.or_else(made).map(|token| token.trim().to_owned());
        if token.is_none() {
            tracing::warn!("there is no ingest token (OASIS_INGEST_TOKEN), so no agents are shown");
        }
        Ok(Self { token })
    }

    /// Each says what it works on; for the `n`-th time.
    pub(super) async fn beat(&self, sender: &Sender, n: usize) -> Result<()> {
        let Some(token) = &self.token else { return Ok(()) };
        const WORK: [&str; 3] = ["DEV-CICDL-0031", "DEV-AGTL-0117", "DEV-API-0008"];
        for (at, (agent, role)) in [("crew-7", "worker"), ("crew-9", "worker"), ("planner", "lead")]
            .into_iter()
            .enumerate()
        {
            let vtid = WORK.get((n / 3 + at) % WORK.len()).copied().unwrap_or_default();
            let beat =
                json!({ "agent": agent, "role": role, "vtid": vtid, "interval_seconds": 30 });
            let response = sender.beat(token, &beat).await?;
            let status = response.status();
            if !status.is_success() {
                let answer: Value = response.json().await.unwrap_or_default();
                let detail = answer.get("detail").and_then(Value::as_str).unwrap_or("no detail");
                bail!("the gateway answered {status} to a heartbeat: {detail}");
            }
        }
        Ok(())
    }
}
