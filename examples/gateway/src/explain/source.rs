//! Who sent a payload, and the road that it takes.

use anyhow::{Context, Result};
use clap::ValueEnum;
use oasis_core::verify::{GcpHeaders, GithubHeaders, GithubVerifier, Verified, danger};
use oasis_core::{Arrival, Event, KeyRing, Normalizer, Searched, Secret};
use serde::Serialize;
use serde_json::{Map, Value};

use super::guess;
use crate::config::Config;
use crate::secrets;
use crate::usage::WrongUsage;

/// Who sends payloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Sort {
    /// GitHub's webhooks
    Github,
    /// Pub/Sub or Eventarc
    Gcp,
    /// A client of /events/ingest
    Ingest,
}

/// What became of a payload.
#[derive(Serialize)]
pub(super) struct Told {
    pub(super) source: Sort,
    /// How the event's name was found.
    pub(super) named_by: &'static str,
    /// `valid`, `wrong` or why it wasn't checked.
    pub(super) signature: &'static str,
    pub(super) event: Event,
    #[serde(skip)]
    pub(super) searched: Vec<Searched>,
}

/// The headers that came along, the event's name among them.
pub(super) struct Headers {
    pairs: Vec<(String, String)>,
}

const EVENT: &str = "X-GitHub-Event";
const DELIVERY: &str = "X-GitHub-Delivery";
const SIGNATURE: &str = "X-Hub-Signature-256";

impl Headers {
    pub(super) fn read(lines: &[String], event: Option<&str>) -> Result<Self> {
        let mut pairs = Vec::new();
        for line in lines {
            let Some((name, value)) = line.split_once(':') else {
                return Err(WrongUsage::error(format!(
                    "{line:?} is no header such as 'Name: value'"
                )));
            };
            pairs.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        let headers = Self { pairs };
        match (event, headers.value(EVENT)) {
            (Some(event), Some(header)) if event != header => Err(WrongUsage::error(format!(
                "--event is {event} and the header {EVENT} is {header}"
            ))),
            (Some(event), None) => Ok(headers.with(EVENT, event)),
            _ => Ok(headers),
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The proof that this signature is right for the body; `None` when it's wrong.
    fn judged<'a>(
        &'a self,
        verifier: &GithubVerifier,
        event: &'a str,
        signature: &'a str,
        body: &'a [u8],
    ) -> Result<Option<Verified<'a>>> {
        let named = [
            (EVENT, event),
            (DELIVERY, self.value(DELIVERY).unwrap_or("explained")),
            (SIGNATURE, signature),
        ];
        let others = self
            .bytes()
            .filter(|(name, _)| !named.iter().any(|(ours, _)| ours.eq_ignore_ascii_case(name)));
        let ours = named.iter().map(|(name, value)| (*name, value.as_bytes()));
        let read = GithubHeaders::read(others.chain(ours));
        let read = read.map_err(|error| WrongUsage::error(error.to_string()))?;
        Ok(verifier.verify(&read, body).ok())
    }

    fn bytes(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
    }

    fn is_cloud_event(&self) -> bool {
        self.pairs.iter().any(|(name, _)| name.to_ascii_lowercase().starts_with("ce-"))
    }
}

/// Takes the road that the gateway takes, but for the proof and the ledger.
pub(super) fn explain(
    normalizer: &Normalizer,
    config: &Config,
    headers: &Headers,
    body: &[u8],
    sort: Option<Sort>,
) -> Result<Told> {
    let payload: Option<Map<String, Value>> = serde_json::from_slice(body).ok();
    let arrival = arrival()?;
    match sort.unwrap_or_else(|| sort_of(headers, payload.as_ref())) {
        Sort::Github => github(normalizer, config, headers, body, payload.as_ref(), arrival),
        source @ Sort::Gcp => {
            let read =
                GcpHeaders::read(headers.bytes()).map_err(|e| WrongUsage::error(e.to_string()))?;
            let told = normalizer.explain_gcp(&danger::trust_gcp(&read, body), arrival);
            let (event, searched) = (told.event, told.searched);
            Ok(Told { source, named_by: "payload", signature: "none", event, searched })
        }
        source @ Sort::Ingest => {
            let event =
                normalizer.ingest(body, arrival).context("/events/ingest would answer 422")?;
            Ok(Told { source, named_by: "payload", signature: "none", event, searched: Vec::new() })
        }
    }
}

fn sort_of(headers: &Headers, payload: Option<&Map<String, Value>>) -> Sort {
    let has = |name| payload.is_some_and(|payload| payload.contains_key(name));
    if headers.value(EVENT).is_some() {
        Sort::Github
    } else if headers.is_cloud_event()
        || has("specversion")
        || (has("message") && has("subscription"))
    {
        Sort::Gcp
    } else if payload.and_then(|payload| payload.get("kind")).is_some_and(Value::is_string) {
        Sort::Ingest
    } else {
        Sort::Github
    }
}

fn github(
    normalizer: &Normalizer,
    config: &Config,
    headers: &Headers,
    body: &[u8],
    payload: Option<&Map<String, Value>>,
    arrival: Arrival,
) -> Result<Told> {
    let (name, named_by) = match (headers.value(EVENT), payload) {
        (Some(name), _) => (name, "header or --event"),
        (None, payload) => (guess::event(payload)?, "shape"),
    };
    let ring = match secrets::configured(config)? {
        Some(ring) => Some(ring),
        None => secrets::generated(config.data_dir()).ok(),
    };
    let signature = match (headers.value(SIGNATURE), ring) {
        (None, _) => "none",
        (Some(_), None) => "not checked, because no secret is configured",
        (Some(signature), Some(ring)) => {
            let judged = headers.judged(&GithubVerifier::new(&ring), name, signature, body)?;
            if judged.is_some() { "valid" } else { "wrong" }
        }
    };
    // Signed anew, so that the headers are read as the gateway reads them.
    let own = GithubVerifier::new(&KeyRing::new(Secret::new("explained")?));
    let signed = own.sign(body);
    let verified = headers.judged(&own, name, &signed, body)?;
    let verified = verified.context("a signature that was just made is wrong")?;
    let told = normalizer.explain_github(&verified, arrival);
    let (event, searched) = (told.event, told.searched);
    Ok(Told { source: Sort::Github, named_by, signature, event, searched })
}

fn arrival() -> Result<Arrival> {
    let mut entropy = [0; 10];
    getrandom::fill(&mut entropy).context("the system's random source failed")?;
    Ok(Arrival::new(oasis_axum::now(), entropy))
}
