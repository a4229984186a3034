//! When a delivery came in, and the randomness that its event's id is made of.

use crate::time::Timestamp;

/// The two things that the core can't make itself: the time and some randomness.
///
/// ```
/// use oasis_core::{Arrival, Timestamp};
///
/// let arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]);
/// assert_eq!(arrival.event_id().to_string(), "019a2fd6-d600-7707-8707-070707070707");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    at: Timestamp,
    entropy: [u8; 10],
}

impl Arrival {
    /// `at` is the time of receipt; `entropy` ten bytes from the system's random source, new for
    /// each delivery.
    #[must_use]
    pub const fn new(at: Timestamp, entropy: [u8; 10]) -> Self {
        Self { at, entropy }
    }

    /// The time of receipt.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    pub(crate) const fn entropy(&self) -> &[u8; 10] {
        &self.entropy
    }
}
