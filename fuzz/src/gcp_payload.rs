use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oasis_core::Event;
use oasis_core::verify::{GcpHeaders, PulledEntry, danger};

use crate::laws::check_event;
use crate::request::read;
use crate::road::{ARRIVAL, NORMALIZER, check_verdict};

/// Headers and a body of Pub/Sub's or Eventarc's: there always is an event, it obeys the laws, and
/// a message is the same wrapped and unwrapped. As a log entry that was asked for, it has a name
/// whatever it holds, or it would be a new row each time it is read.
pub fn gcp_payload(data: &[u8]) {
    let (headers, body) = read(data);
    if let Ok(headers) = GcpHeaders::read(headers.iter().copied()) {
        check(&event_of(&headers, body));
    }

    let pulled = NORMALIZER.gcp_entry(&PulledEntry::answered_by_google(body), ARRIVAL);
    check(&pulled);
    assert!(pulled.delivery_id.is_some());
    check_verdict(&pulled, Some(body));

    let unwrapped = [("x-goog-pubsub-message-id", b"7".as_slice()), ("status", b"WORKING")];
    let headers = GcpHeaders::read(unwrapped).expect("these headers are Pub/Sub's");
    let unwrapped = event_of(&headers, body);
    check(&unwrapped);
    assert_eq!(unwrapped.delivery_id.as_deref(), Some("7"));
    if !body.is_empty() {
        check_verdict(&unwrapped, Some(body));
    }
    let message = format!(
        r#"{{"message":{{"messageId":"7","attributes":{{"status":"WORKING"}},"data":"{}"}}}}"#,
        STANDARD.encode(body)
    );
    let wrapped = event_of(&GcpHeaders::default(), message.as_bytes());
    assert_eq!(wrapped, unwrapped);
}

fn event_of(headers: &GcpHeaders<'_>, body: &[u8]) -> Event {
    NORMALIZER.gcp(&danger::trust_gcp(headers, body), ARRIVAL)
}

fn check(event: &Event) {
    assert_eq!(event.source, "gcp.deploy");
    assert!(event.delivery_id.as_ref().is_none_or(|id| (1..=512).contains(&id.len())));
    check_event(event);
}
