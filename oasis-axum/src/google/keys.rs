//! The keys that Google signs with, fetched and kept.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::JwkSet;
use reqwest::{Client, Response, header, redirect};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::dependencies::Evidence;
use crate::problem::Problem;

/// How long a fetch may take.
const TIMEOUT: Duration = Duration::from_secs(3);
/// The largest set of keys that is read, in bytes; Google's has about 2,000.
const MAX_BODY: usize = 256 * 1024;
/// How often keys are fetched at most, whoever asks for which.
const MIN_INTERVAL: Duration = Duration::from_secs(60);
/// How long keys are good for where the answer doesn't say.
const DEFAULT_AGE: Duration = Duration::from_secs(3600);
/// How much longer they are used when no newer ones can be had.
const GRACE: Duration = Duration::from_secs(24 * 3600);

/// The keys at an address.
pub(super) struct Keys {
    url: Box<str>,
    /// Held while keys are fetched, so that many tokens at once make one fetch.
    known: Mutex<Known>,
    evidence: OnceLock<Evidence>,
}

#[derive(Default)]
struct Known {
    keys: HashMap<String, DecodingKey>,
    fresh_until: Option<Instant>,
    /// When they were asked for last, whether or not that worked.
    asked: Option<Instant>,
}

/// The keys could not be had; the reason is for the log.
type Failed = Box<dyn std::error::Error + Send + Sync>;

impl Keys {
    pub(super) fn at(url: &str) -> Self {
        Self { url: url.into(), known: Mutex::default(), evidence: OnceLock::new() }
    }

    /// How fetching them goes is told there; where they serve several gateways, at the first.
    pub(super) fn tells(&self, evidence: Evidence) {
        let _ = self.evidence.set(evidence);
    }

    /// The key with this id; `None` when there is no such key.
    pub(super) async fn get(&self, id: &str) -> Result<Option<DecodingKey>, Problem> {
        let mut known = self.known.lock().await;
        let now = Instant::now();
        let fresh = known.fresh_until.is_some_and(|until| now < until);
        if fresh && let Some(key) = known.keys.get(id) {
            return Ok(Some(key.clone()));
        }
        let may_ask = known.asked.is_none_or(|asked| now.duration_since(asked) >= MIN_INTERVAL);
        if may_ask {
            known.asked = Some(now);
            match self.fetch().await {
                Ok((keys, age)) => {
                    let count = keys.len();
                    if let Some(evidence) = self.evidence.get() {
                        evidence.well(format!("{count} keys were fetched, good for {age:?}"));
                    }
                    known.keys = keys;
                    known.fresh_until = Some(now + age);
                }
                Err(error) => {
                    if let Some(evidence) = self.evidence.get() {
                        evidence.failing("the keys can't be fetched; the log says why");
                    }
                    tracing::warn!(%error, "Google's keys can't be fetched");
                }
            }
        }
        // Never fetched, or too long ago: nobody knows whether the token is right.
        let usable = known.fresh_until.is_some_and(|until| now < until + GRACE);
        if usable { Ok(known.keys.get(id).cloned()) } else { Err(Problem::keys_unavailable()) }
    }

    async fn fetch(&self) -> Result<(HashMap<String, DecodingKey>, Duration), Failed> {
        // A redirect would let whoever is redirected to sign tokens.
        let client = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none());
        let mut response = client.build()?.get(&*self.url).send().await?.error_for_status()?;
        if response.status() != 200 {
            return Err(format!("the answer is {}", response.status()).into());
        }
        let age = max_age(&response).unwrap_or(DEFAULT_AGE);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BODY {
                return Err(format!("the answer has more than {MAX_BODY} bytes").into());
            }
        }
        let set: JwkSet = serde_json::from_slice(&body)?;
        let usable = set.keys.iter().filter_map(|jwk| {
            let id = jwk.common.key_id.clone()?;
            Some((id, DecodingKey::from_jwk(jwk).ok()?))
        });
        Ok((usable.collect(), age))
    }
}

/// `max-age` of `Cache-Control` (RFC 9111, section 5.2.2.1).
fn max_age(response: &Response) -> Option<Duration> {
    let control = response.headers().get(header::CACHE_CONTROL)?.to_str().ok()?;
    let mut directives = control.split(',').map(str::trim);
    let seconds = directives.find_map(|directive| directive.strip_prefix("max-age="))?;
    seconds.parse().ok().map(Duration::from_secs)
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("url", &self.url).finish_non_exhaustive()
    }
}
