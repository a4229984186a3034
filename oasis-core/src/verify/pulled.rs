//! The proof of what was asked for: an answer of Google's or GitHub's own.

use super::{Packing, Verified};

/// One log entry that Cloud Logging gave when it was asked for it (`entries.list`).
///
/// Its proof is the connection that it came through: who makes one guarantees that these bytes are
/// an entry of an answer from Google's address, over TLS, to a request of one's own. Nobody pushed
/// it, so there is no token to check.
///
/// ```
/// use oasis_core::{Arrival, Normalizer, Timestamp};
/// use oasis_core::verify::PulledEntry;
///
/// let entry = br#"{"logName":"projects/p/logs/cloudaudit.googleapis.com%2Fsystem_event",
///     "insertId":"a1","timestamp":"2026-11-23T12:00:00.5Z","severity":"INFO",
///     "resource":{"type":"cloud_run_revision","labels":{"service_name":"shop"}},
///     "protoPayload":{"serviceName":"run.googleapis.com","methodName":"/Services.ReplaceService",
///       "status":{"message":"Ready condition status changed to True for Revision shop-7."}}}"#;
/// let pulled = PulledEntry::answered_by_google(entry);
/// let event = Normalizer::default().gcp_entry(&pulled, Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]));
/// assert_eq!(event.title.as_str(), "CICDL-RUN-READY");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PulledEntry<'a> {
    pub(crate) entry: &'a [u8],
}

impl<'a> PulledEntry<'a> {
    /// The JSON of one entry; see [what the caller guarantees](PulledEntry).
    #[must_use]
    pub const fn answered_by_google(entry: &'a [u8]) -> Self {
        Self { entry }
    }
}

/// One delivery that GitHub gave when it was asked what it had sent
/// (`GET /repos/…/hooks/…/deliveries/…`): the way back for one that never arrived.
///
/// Its proof is the connection that it came through: who makes one guarantees that it is of an
/// answer from GitHub's address, over TLS, to a request of one's own. The signature that it had is
/// over bytes that GitHub doesn't give again.
///
/// ```
/// use std::sync::Arc;
/// use oasis_core::{Arrival, Ingestor, MemoryStore, Normalizer, Timestamp};
/// use oasis_core::verify::PulledDelivery;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let ingestor = Ingestor::without_github(
///     Arc::new(MemoryStore::new(|| Timestamp::UNIX_EPOCH)),
///     Normalizer::default(),
/// );
/// let payload = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"o/r"}}"#;
/// let id = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
/// let pulled = PulledDelivery::answered_by_github("push", id, payload);
/// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
/// let event = ingestor.github_pulled(&pulled, arrival).await?.recorded.event;
/// assert_eq!(event.title.as_str(), "CICDL-PUSH-PUSHED");
/// assert_eq!(event.meta["verified"], "api");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct PulledDelivery<'a> {
    event: &'a str,
    delivery_id: &'a str,
    payload: &'a [u8],
}

impl<'a> PulledDelivery<'a> {
    /// The event's name, the delivery's GUID and the JSON of its payload; see [what the caller
    /// guarantees](PulledDelivery).
    #[must_use]
    pub const fn answered_by_github(
        event: &'a str,
        delivery_id: &'a str,
        payload: &'a [u8],
    ) -> Self {
        Self { event, delivery_id, payload }
    }

    pub(crate) const fn verified(&self) -> Verified<'a> {
        let Self { event, delivery_id, payload } = *self;
        Verified { kind: event, delivery_id, packing: Packing::Json, body: payload }
    }
}
