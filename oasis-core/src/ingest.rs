//! The one road: verify, normalise, append.

use std::sync::Arc;

use crate::arrival::Arrival;
use crate::event::Event;
use crate::normalize::{Normalizer, PayloadError};
use crate::secret::KeyRing;
use crate::store::{Appended, EventStore, EventStoreExt, StoreError};
use crate::verify::{
    GithubHeaders, GithubVerifier, PulledDelivery, PulledEntry, Refused, VerifiedClient,
    VerifiedPush,
};

/// Takes deliveries in. Every adapter uses it, so there is no second way into a ledger.
///
/// ```
/// use std::sync::Arc;
/// use oasis_core::{Arrival, Ingestor, KeyRing, MemoryStore, Secret, Timestamp};
/// use oasis_core::verify::{GithubHeaders, GithubVerifier};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let ring = KeyRing::new(Secret::new("It's a Secret to Everybody")?);
/// let store = Arc::new(MemoryStore::new(|| Timestamp::UNIX_EPOCH));
/// let ingestor = Ingestor::new(store, &ring);
///
/// let body = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"o/r"}}"#;
/// let signature = GithubVerifier::new(&ring).sign(body);
/// let headers = GithubHeaders::read([
///     ("X-GitHub-Event", b"push".as_slice()),
///     ("X-GitHub-Delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
///     ("X-Hub-Signature-256", signature.as_bytes()),
/// ])?;
/// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
/// let appended = ingestor.github(&headers, body, arrival).await?;
/// assert_eq!(appended.recorded.event.title.as_str(), "CICDL-PUSH-PUSHED");
/// assert!(ingestor.github(&headers, body, arrival).await?.duplicate);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Ingestor {
    store: Arc<dyn EventStore>,
    github: GithubVerifier,
    normalizer: Normalizer,
}

impl Ingestor {
    /// Takes deliveries that are signed with a secret of this ring into this store.
    #[must_use]
    pub fn new(store: Arc<dyn EventStore>, github: &KeyRing) -> Self {
        Self { store, github: GithubVerifier::new(github), normalizer: Normalizer::default() }
    }

    /// Takes into this store what needs no secret of GitHub's; each delivery of GitHub's is refused.
    #[must_use]
    pub fn without_github(store: Arc<dyn EventStore>, normalizer: Normalizer) -> Self {
        Self { store, github: GithubVerifier::of_nobody(), normalizer }
    }

    /// The same with a normaliser of one's own.
    #[must_use]
    pub fn with_normalizer(mut self, normalizer: Normalizer) -> Self {
        self.normalizer = normalizer;
        self
    }

    /// Takes one delivery of GitHub's: when it returns `Ok`, the row is durable.
    ///
    /// # Errors
    /// [`IngestError::Refused`] when the sender is wrong, and nothing was stored;
    /// [`IngestError::Store`] when the ledger could not take it: bring it again.
    pub async fn github(
        &self,
        headers: &GithubHeaders<'_>,
        body: &[u8],
        arrival: Arrival,
    ) -> Result<Appended, IngestError> {
        let event = self.github_event(headers, body, arrival)?;
        Ok(self.store.append_one(event).await?)
    }

    /// What a delivery of GitHub's becomes, once it is proven, without storing it: for hosts that
    /// can keep it elsewhere while the ledger is away.
    ///
    /// # Errors
    /// [`Refused`] when the sender is wrong.
    pub fn github_event(
        &self,
        headers: &GithubHeaders<'_>,
        body: &[u8],
        arrival: Arrival,
    ) -> Result<Event, Refused> {
        let verified = self.github.verify(headers, body)?;
        Ok(self.normalizer.github(&verified, arrival))
    }

    /// Takes one delivery that GitHub was asked for, where it never arrived by itself: when it
    /// returns `Ok`, the row is durable. Its event is the one that the delivery would have become,
    /// and `verified` of its `meta` is `api`.
    ///
    /// # Errors
    /// [`StoreError`] when the ledger could not take it: bring it again.
    pub async fn github_pulled(
        &self,
        delivery: &PulledDelivery<'_>,
        arrival: Arrival,
    ) -> Result<Appended, StoreError> {
        let mut event = self.normalizer.github(&delivery.verified(), arrival);
        event.meta.insert("verified".into(), "api".into());
        self.store.append_one(event).await
    }

    /// Takes one proven delivery of Pub/Sub's or Eventarc's: when it returns `Ok`, the row is
    /// durable.
    ///
    /// # Errors
    /// [`StoreError`] when the ledger could not take it: bring it again.
    pub async fn gcp(
        &self,
        verified: &VerifiedPush<'_>,
        arrival: Arrival,
    ) -> Result<Appended, StoreError> {
        self.store.append_one(self.normalizer.gcp(verified, arrival)).await
    }

    /// Takes log entries that Google was asked for, in this order, all of them or none: when it
    /// returns `Ok`, their rows are durable.
    ///
    /// # Errors
    /// [`StoreError`] when the ledger could not take them: bring them again.
    pub async fn gcp_entries(
        &self,
        entries: Vec<(PulledEntry<'_>, Arrival)>,
    ) -> Result<Vec<Appended>, StoreError> {
        let event = |(entry, arrival)| self.normalizer.gcp_entry(&entry, arrival);
        let events: Vec<Event> = entries.into_iter().map(event).collect();
        self.store.append(events).await
    }

    /// Takes one event of a client's, in any shape that [`Normalizer::ingest`] reads: when it
    /// returns `Ok`, the row is durable.
    ///
    /// # Errors
    /// [`SubmitError::Payload`] when the client can mend it, and nothing was stored;
    /// [`SubmitError::Store`] when the ledger could not take it: bring it again.
    pub async fn ingest(
        &self,
        _client: VerifiedClient,
        body: &[u8],
        arrival: Arrival,
    ) -> Result<Appended, SubmitError> {
        Ok(self.store.append_one(self.normalizer.ingest(body, arrival)?).await?)
    }

    /// Takes events of a client's that were read before, all of them or none.
    ///
    /// # Errors
    /// [`StoreError`] when the ledger could not take them: bring them again.
    pub async fn append(
        &self,
        _client: VerifiedClient,
        events: Vec<Event>,
    ) -> Result<Vec<Appended>, StoreError> {
        self.store.append(events).await
    }

    /// What reads deliveries and events here.
    #[must_use]
    pub const fn normalizer(&self) -> &Normalizer {
        &self.normalizer
    }
}

/// What a client sent was not taken.
///
/// ```
/// use std::sync::Arc;
/// use oasis_core::verify::VerifiedClient;
/// use oasis_core::{Arrival, Ingestor, MemoryStore, Normalizer, SubmitError, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let ingestor = Ingestor::without_github(
///     Arc::new(MemoryStore::new(|| Timestamp::UNIX_EPOCH)),
///     Normalizer::default(),
/// );
/// let client = VerifiedClient::after_token_check();
/// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
/// match ingestor.ingest(client, b"{}", arrival).await {
///     Err(SubmitError::Payload(error)) => assert_eq!(error.field(), "kind"), // the client's to mend
///     other => panic!("{other:?}"),
/// }
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[expect(clippy::exhaustive_enums, reason = "the client's token is proven, so no third is wrong")]
pub enum SubmitError {
    /// A field is not what it must be.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The store could not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A delivery was not taken.
///
/// ```
/// use oasis_core::IngestError;
///
/// /// The status of an answer.
/// fn status(error: &IngestError) -> u16 {
///     match error {
///         IngestError::Refused(_) => 401, // or 400 or 415: the reason tells
///         IngestError::Store(_) => 503,   // GitHub may send it again
///         _ => 500,
///     }
/// }
/// ```
#[derive(Debug, thiserror::Error)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the sender is wrong or the store is; the content never is"
)]
pub enum IngestError {
    /// The sender is wrong.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The store could not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}
