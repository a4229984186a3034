//! What clients with a token send: events in three shapes, and agents' signs of life.

mod any_object;
mod canonical;
mod heartbeat;
mod older;
mod stored;

use oasis_core::{Arrival, Event, Normalizer, PayloadError, Timestamp};
use serde_json::Value;

use crate::contract;

const ARRIVAL: Arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [5; 10]);

fn ingest(body: &Value) -> Result<Event, PayloadError> {
    Normalizer::default().ingest(body.to_string().as_bytes(), ARRIVAL)
}

fn event(body: &Value) -> Value {
    let event = ingest(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    // A client may make the title and name an id of its own scheme.
    if body["title"].is_string() {
        return serde_json::to_value(event).unwrap();
    }
    contract::check(&event, &body.to_string())
}

fn fault(body: &Value) -> String {
    let error = ingest(body).unwrap_err();
    assert!(error.to_string().contains(error.field()) && !error.expected().is_empty());
    error.field().to_owned()
}
