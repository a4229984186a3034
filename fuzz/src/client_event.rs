use oasis_core::PayloadError;

use crate::laws::check_event;
use crate::road::{ARRIVAL, NORMALIZER};

/// A client's object: it becomes an event that is the same when it is sent again as a ledger tells
/// it, or the field that is wrong is named. So with a sign of life.
pub fn client_event(data: &[u8]) {
    match NORMALIZER.ingest(data, ARRIVAL) {
        Ok(event) => {
            check_event(&event);
            let told = serde_json::to_vec(&event).expect("an event is always JSON");
            assert_eq!(NORMALIZER.ingest(&told, ARRIVAL), Ok(event));
        }
        Err(error) => check_error(&error),
    }
    match NORMALIZER.heartbeat(data, ARRIVAL) {
        Ok(heartbeat) => {
            let event = heartbeat.event();
            check_event(&event);
            assert_eq!((&*event.source, &*event.kind), ("agent.ping", "heartbeat"));
            assert!(event.title.as_str().ends_with("-HEARTBEAT"));
        }
        Err(error) => check_error(&error),
    }
}

fn check_error(error: &PayloadError) {
    assert!(!error.field().is_empty() && !error.expected().is_empty());
    assert!(error.to_string().contains(error.field()));
}
