//! Events as the ledger keeps them, made of a payload as any other.

use oasis_core::verify::danger;
use oasis_core::{Arrival, Event, Normalizer, Timestamp};

use crate::Payload;

/// The event of this payload, as if it had come under this number: an id and a delivery of its own.
pub fn event(payload: &Payload, number: u64) -> Event {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), random);
    let delivery = format!("load-{number:012}");
    let trusted = danger::trust_github(payload.event, &delivery, &payload.body);
    Normalizer::default().github(&trusted, arrival)
}
