use oasis_core::{Event, Recorded};

use crate::laws::{check_alone, check_event};

/// JSON that is read as an event or as a row obeys the laws and is the same when it is written
/// and read again.
pub fn event_json(data: &[u8]) {
    if let Ok(event) = serde_json::from_slice::<Event>(data) {
        check_event(&event);
        check_alone(&event);
    }
    if let Ok(recorded) = serde_json::from_slice::<Recorded>(data) {
        check_event(&recorded.event);
        let json = serde_json::to_vec(&recorded).expect("a row is always JSON");
        let again: Recorded = serde_json::from_slice(&json).expect("its JSON is a row");
        assert_eq!(again, recorded);
    }
}
