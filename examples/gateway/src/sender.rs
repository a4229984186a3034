//! Deliveries as GitHub sends them, to a gateway.

use anyhow::{Context, Result};
use oasis_core::verify::GithubVerifier;
use reqwest::{Client, Response};
use serde_json::Value;

use crate::config::Config;
use crate::secrets;

/// Signs deliveries and posts them.
pub(crate) struct Sender {
    client: Client,
    gateway: String,
    url: String,
    signer: GithubVerifier,
}

impl Sender {
    /// To the gateway at this address, signed with the configured secret or with the one that it
    /// made on loopback.
    pub(crate) fn new(gateway: &str, config: &Config) -> Result<Self> {
        let ring = match secrets::configured(config)? {
            Some(ring) => ring,
            None => secrets::generated(config.data_dir())?,
        };
        let gateway = gateway.trim_end_matches('/').to_owned();
        Ok(Self {
            client: Client::new(),
            url: format!("{gateway}/webhooks/github"),
            gateway,
            signer: GithubVerifier::new(&ring),
        })
    }

    pub(crate) async fn post(
        &self,
        event: &str,
        delivery: &str,
        body: Vec<u8>,
    ) -> Result<Response> {
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header("user-agent", "GitHub-Hookshot/oasis")
            .header("x-github-event", event)
            .header("x-github-delivery", delivery)
            .header("x-hub-signature-256", self.signer.sign(&body))
            .body(body);
        request.send().await.with_context(|| format!("no gateway answers at {}", self.url))
    }

    /// An agent's sign of life, with an ingest token.
    pub(crate) async fn beat(&self, token: &str, beat: &Value) -> Result<Response> {
        let url = format!("{}/api/v1/agents/heartbeat", self.gateway);
        let request = self.client.post(&url).bearer_auth(token).json(beat);
        request.send().await.with_context(|| format!("no gateway answers at {url}"))
    }

    /// Where they go.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}
