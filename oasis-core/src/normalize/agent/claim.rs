//! Ids that clients give their deliveries, where the id's source is somebody else.

use crate::normalize::{gcp, github};

/// What stands in front of an id that a client claims for a source that is proven otherwise.
const CLAIMED: &str = "ingest/";

/// The delivery id under which a client's event is kept.
///
/// A ledger keeps one row for each (`source`, `delivery_id`). A client may tell of anything, also
/// of what happened at GitHub; but its ids must not take the place of a delivery that GitHub itself
/// has still to bring. So under the sources whose deliveries prove themselves, and under the agents'
/// own, a client's ids begin with `ingest/`; under all others they stay as they are. An id that begins so
/// already stays too: what a ledger told, sent again, is the same delivery.
///
/// ```
/// use oasis_core::claimed_delivery_id;
///
/// assert_eq!(claimed_delivery_id("ci.deployer", "run-7".to_owned()), "run-7");
/// assert_eq!(claimed_delivery_id("github.actions", "72d3162e".to_owned()), "ingest/72d3162e");
/// assert_eq!(claimed_delivery_id("github.actions", "ingest/72d3162e".to_owned()), "ingest/72d3162e");
/// ```
#[must_use]
pub fn claimed_delivery_id(source: &str, id: String) -> String {
    match source {
        github::SOURCE | gcp::SOURCE | super::heartbeat::SOURCE if !id.starts_with(CLAIMED) => {
            format!("{CLAIMED}{id}")
        }
        _ => id,
    }
}
