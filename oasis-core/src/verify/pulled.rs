//! The proof of what was asked for: an answer of Google's own.

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
