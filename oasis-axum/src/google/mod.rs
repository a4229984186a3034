//! `POST /webhooks/gcp`: what Google pushes, proven by Google's token.

mod keys;
mod token;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRef, State};
use axum::http::HeaderMap;
use oasis_core::verify::{GcpHeaders, GoogleVerifier, IncompletePolicy};

use crate::brought::Brought;
use crate::clock;
use crate::dependencies::Evidence;
use crate::metrics::{Delivery, Door};
use crate::problem::Problem;
use crate::state::Shared;
use crate::webhooks::Receipt;

use keys::Keys;

/// Takes what one service account of Google's pushes to one audience, by Pub/Sub or Eventarc.
///
/// A push proves itself with a token that Google signed. Its keys are fetched when the first token
/// comes, kept as long as they may be, and fetched again for a key that isn't known, at most once
/// a minute.
///
/// ```
/// use std::sync::Arc;
/// use axum::Router;
/// use oasis_axum::{GooglePush, Oasis};
/// use oasis_core::{KeyRing, MemoryStore, Secret};
///
/// let ring = KeyRing::new(Secret::new("It's a Secret to Everybody")?);
/// let oasis = Oasis::new(Arc::new(MemoryStore::new(oasis_axum::now)), &ring);
/// let push = GooglePush::new("https://oasis.example.com/webhooks/gcp", "push@p.iam.gserviceaccount.com")?;
/// let app: Router = oasis.router().merge(oasis.gcp_webhooks(push));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct GooglePush {
    verifier: Arc<GoogleVerifier>,
    keys: Arc<Keys>,
}

/// Where Google publishes the keys that it signs tokens with.
const GOOGLE_KEYS: &str = "https://www.googleapis.com/oauth2/v3/certs";

impl GooglePush {
    /// What this service account (its e-mail address) pushes to this audience. Both are needed:
    /// anybody with an account of Google's can have a token for an audience.
    ///
    /// # Errors
    /// [`IncompletePolicy`] when one of them is blank.
    pub fn new(audience: &str, service_account: &str) -> Result<Self, IncompletePolicy> {
        let verifier = Arc::new(GoogleVerifier::new(audience, service_account)?);
        Ok(Self { verifier, keys: Arc::new(Keys::at(GOOGLE_KEYS)) })
    }

    /// The same with keys from another address (a JWK set), for an emulator or a mirror. Whoever
    /// answers there can sign tokens.
    #[must_use]
    pub fn with_keys_at(mut self, url: &str) -> Self {
        self.keys = Arc::new(Keys::at(url));
        self
    }

    /// How fetching the keys goes is told there.
    pub(crate) fn tells(&self, evidence: Evidence) {
        self.keys.tells(evidence);
    }
}

/// What the handler works with.
#[derive(Clone)]
pub(crate) struct GoogleState {
    pub(crate) shared: Shared,
    pub(crate) push: GooglePush,
}

impl FromRef<GoogleState> for Shared {
    fn from_ref(state: &GoogleState) -> Self {
        Self::clone(&state.shared)
    }
}

/// Takes a push. 200 and 202 acknowledge what is stored, whatever its content; 401 and 503 make Google
/// come again, when the token or the ledger may be right.
pub(crate) async fn gcp(
    State(state): State<GoogleState>,
    Brought { headers, body }: Brought,
) -> Result<Receipt, Problem> {
    let mut note = Delivery::by(Door::gcp);
    let done = take(&state, &headers, body, &mut note).await;
    state.shared.metrics.count(&note, done)
}

/// What Google's deliveries are, as metrics tell it.
const KINDS: [&str; 6] =
    ["audit_log", "cloud_build", "cloud_deploy", "cloud_event", "cloud_run", "pubsub"];

async fn take(
    state: &GoogleState,
    headers: &HeaderMap,
    body: Body,
    note: &mut Delivery,
) -> Result<Receipt, Problem> {
    let claims = token::claims(headers, &state.push.keys).await?;
    let pairs = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let delivery = GcpHeaders::read(pairs)?;
    let body = state.shared.budget.read(Door::gcp, headers, body).await?;
    let arrival = clock::arrival()?;
    let verified = state.push.verifier.verify(&claims, &delivery, &body.bytes, arrival.at())?;
    let event = state.shared.ingestor.normalizer().gcp(&verified, arrival);
    note.is(KINDS.into_iter().find(|kind| *kind == event.kind));
    let taken = state.shared.intake.take_one(event).await?;
    note.became(std::slice::from_ref(&taken));
    Ok(Receipt::of(taken))
}
