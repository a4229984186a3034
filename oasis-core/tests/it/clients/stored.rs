//! From a client to the ledger.

use std::sync::Arc;

use oasis_core::verify::VerifiedClient;
use oasis_core::{Arrival, Ingestor, KeyRing, MemoryStore, Secret, SubmitError, Timestamp};

use super::{ARRIVAL, ingest};

#[tokio::test]
async fn a_client_s_event_is_stored_once() {
    let ring = KeyRing::new(Secret::new("unused here").unwrap());
    let ingestor = Ingestor::new(Arc::new(MemoryStore::new(|| Timestamp::UNIX_EPOCH)), &ring);
    let client = VerifiedClient::after_token_check();
    let body = br#"{"kind":"deploy","delivery_id":"d-1"}"#;
    let first = ingestor.ingest(client, body, ARRIVAL).await.unwrap();
    assert!(!first.duplicate && ingestor.ingest(client, body, ARRIVAL).await.unwrap().duplicate);
    let refused = ingestor.ingest(client, b"[]", ARRIVAL).await.unwrap_err();
    assert!(matches!(refused, SubmitError::Payload(error) if error.field() == "body"));

    let normalizer = ingestor.normalizer();
    let later = Arrival::new(Timestamp::UNIX_EPOCH, [9; 10]);
    let beat = normalizer.heartbeat(br#"{"agent":"a","role":"worker"}"#, later).unwrap();
    let appended = ingestor.append(client, vec![beat.event()]).await.unwrap();
    assert_eq!(appended[0].recorded.position.get(), 2);
}

/// The older form of a sign of life says its task or has none; no text of it is searched, the first
/// time or when the ledger's row is sent again.
#[test]
fn a_sign_of_life_is_the_same_when_it_is_sent_again() {
    let beat = serde_json::json!({
        "service": "a", "event": "heartbeat", "metadata": { "agent_role": "worker" },
        "message": "VTID: DEV-CICDL-0031", "ref": "vt/DEV-CICDL-0031",
    });
    let event = ingest(&beat).unwrap();
    assert_eq!((&*event.source, event.vtid.as_ref()), ("agent.ping", None));
    assert_eq!(ingest(&serde_json::to_value(&event).unwrap()), Ok(event));
}
