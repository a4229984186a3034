//! What clients with a token send: agents' signs of life, and events of any kind.
//!
//! A client can be told what is wrong, so here a bad field is an error with its name and not an
//! event that says so. What no field is called is kept in `meta`.

mod claim;
mod error;
mod fields;
mod heartbeat;
mod shape;

pub use claim::claimed_delivery_id;
pub use error::PayloadError;
pub use heartbeat::Heartbeat;

use fields::Fields;

use super::Normalizer;
use crate::arrival::Arrival;
use crate::event::Event;

/// `source` of an event whose client gives none.
const SOURCE: &str = "oasis.events";

impl Normalizer {
    /// The event that a client's JSON object tells of.
    ///
    /// The shape is the contract's. `kind` must be there; `id`, `position` and `recorded_at` are
    /// the ledger's to give and passed over; `ts` is the time of receipt and `status` is `info`
    /// where they are missing; the title is made of `meta.action`, or of the status. Without a
    /// `vtid` the id is looked for in `ref`, then on a line `VTID: …` of `meta.message` or
    /// `meta.notes`. Two older shapes are read too: `{service, event, tenant, status, notes,
    /// git_sha, rid, metadata}` and `{vtid, source, type, status, message, payload}`. The delivery
    /// id becomes what [`claimed_delivery_id`] makes of it.
    ///
    /// ```
    /// use oasis_core::{Arrival, Normalizer, Timestamp};
    ///
    /// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
    /// let body = br#"{"vtid":"DEV-CICDL-0031","kind":"deploy","status":"success"}"#;
    /// let event = Normalizer::default().ingest(body, arrival)?;
    /// assert_eq!(event.title.as_str(), "CICDL-DEPLOY-SUCCESS");
    ///
    /// let body = br#"{"kind":"deploy","status":"splendid"}"#;
    /// let error = Normalizer::default().ingest(body, arrival).unwrap_err();
    /// assert_eq!(error.field(), "status");
    /// # Ok::<(), oasis_core::PayloadError>(())
    /// ```
    ///
    /// # Errors
    /// [`PayloadError`] names the first field that is not what it must be. A body has at most
    /// 256 KiB, a name 128 bytes, `meta` 64 KiB and 16 levels.
    pub fn ingest(&self, body: &[u8], arrival: Arrival) -> Result<Event, PayloadError> {
        shape::read(Fields::read(body)?, &self.search, arrival)
    }

    /// The sign of life that an agent's JSON object is: `{agent, role, vtid, status?,
    /// interval_seconds?, meta?}`, or one of two older forms.
    ///
    /// ```
    /// use oasis_core::{Arrival, Normalizer, Timestamp};
    ///
    /// let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
    /// let body = br#"{"agent":"crew-7","role":"worker","vtid":"IDLE","status":"healthy"}"#;
    /// let heartbeat = Normalizer::default().heartbeat(body, arrival)?;
    /// assert_eq!(heartbeat.agent, "crew-7");
    /// assert_eq!(heartbeat.event().title.as_str(), "AGTL-WORKER-HEARTBEAT");
    /// # Ok::<(), oasis_core::PayloadError>(())
    /// ```
    ///
    /// # Errors
    /// As [`ingest`](Self::ingest).
    pub fn heartbeat(&self, body: &[u8], arrival: Arrival) -> Result<Heartbeat, PayloadError> {
        Heartbeat::read(Fields::read(body)?, &self.search, arrival)
    }
}

/// The words for a status as the manual shows them, beside the eight.
#[cfg(test)]
pub(super) fn words() -> [(&'static str, &'static [(&'static str, crate::event::Status)]); 2] {
    [("event", shape::OLDER), ("sign of life", heartbeat::HEALTH)]
}
