//! Log entries that Google was asked for.

use std::sync::Arc;

use oasis_core::verify::{GcpHeaders, PulledEntry, danger};
use oasis_core::{Arrival, Ingestor, KeyRing, MemoryStore, Normalizer, Secret};
use serde_json::Value;

use crate::contract;
use crate::gcp::{RECEIVED, event_of, log_entry};

fn ready() -> Value {
    log_entry(
        "system_event",
        "/Services.ReplaceService",
        "namespaces/acme-prod/revisions/gateway-00042-abc",
    )
}

fn pulled(entry: &str) -> Value {
    let entry = PulledEntry::answered_by_google(entry.as_bytes());
    let event = Normalizer::default().gcp_entry(&entry, Arrival::new(RECEIVED, [1; 10]));
    contract::check(&event, "a pulled entry")
}

const LOG: &str = "projects/acme-prod/logs/cloudaudit.googleapis.com%2Fsystem_event";

#[test]
fn an_entry_that_is_pulled_is_the_event_that_eventarc_delivers() {
    let entry = ready().to_string();
    let id = format!("{LOG}1a2b3c4d5e1761739500500000");
    let delivered = event_of(
        &[
            ("content-type", "application/json; charset=utf-8"),
            ("ce-id", &id),
            ("ce-source", "//cloudaudit.googleapis.com/projects/acme-prod/logs/system_event"),
            ("ce-type", "google.cloud.audit.log.v1.written"),
            ("ce-time", "2025-10-29T12:05:01Z"),
            ("ce-subject", "run.googleapis.com/namespaces/acme-prod/revisions/gateway-00042-abc"),
            ("ce-specversion", "1.0"),
        ],
        entry.as_bytes(),
    );
    assert_eq!(pulled(&entry), delivered);
}

#[test]
fn an_entry_without_a_name_is_one_row_however_often_it_is_read() {
    for entry in ["{", "null", "{}", r#"{"logName":"l","insertId":"i","timestamp":"soon"}"#] {
        let event = pulled(entry);
        assert!(event["delivery_id"].as_str().unwrap().contains("#sha256:"), "{event}");
        assert_eq!(event["delivery_id"], pulled(entry)["delivery_id"]);
    }
    assert_ne!(pulled("{}")["delivery_id"], pulled("{ }")["delivery_id"]);
    assert_eq!(pulled("{")["status"], "warning");
}

/// A member that looks like a message of Pub/Sub's inside an entry is not one: it would rename it.
#[test]
fn what_an_entry_holds_never_names_it() {
    let mut entry = ready();
    entry["message"] = serde_json::json!({ "messageId": "7", "data": "e30=" });
    let plain = pulled(&ready().to_string());
    assert_eq!(pulled(&entry.to_string()), plain);
}

#[tokio::test]
async fn a_page_is_taken_in_its_order_and_once() {
    let ring = KeyRing::new(Secret::new("a secret of this test").unwrap());
    let ingestor = Ingestor::new(Arc::new(MemoryStore::new(|| RECEIVED)), &ring);
    let entries: Vec<String> = (1..=3)
        .map(|n| {
            let mut entry = ready();
            entry["insertId"] = format!("id{n}").into();
            entry.to_string()
        })
        .collect();
    let page = |order: &[usize]| {
        let entry = |n: &usize| {
            let entry = PulledEntry::answered_by_google(entries[*n].as_bytes());
            (entry, Arrival::new(RECEIVED, [u8::try_from(*n).unwrap(); 10]))
        };
        order.iter().map(entry).collect::<Vec<_>>()
    };
    let places = async |order: &[usize]| {
        let appended = ingestor.gcp_entries(page(order)).await.unwrap();
        let place = |one: &oasis_core::Appended| (one.recorded.position.get(), one.duplicate);
        appended.iter().map(place).collect::<Vec<_>>()
    };
    assert_eq!(places(&[0, 1]).await, [(1, false), (2, false)]);
    assert_eq!(places(&[1, 2, 0]).await, [(2, true), (3, false), (1, true)]);

    // The same entry, delivered by Eventarc.
    let id = format!("{LOG}id21761739500500000");
    let headers = [
        ("ce-id", id.as_bytes()),
        ("ce-source", b"//cloudaudit.googleapis.com/projects/acme-prod/logs/system_event"),
        ("ce-type", b"google.cloud.audit.log.v1.written"),
    ];
    let headers = GcpHeaders::read(headers).unwrap();
    let push = danger::trust_gcp(&headers, entries[1].as_bytes());
    let appended = ingestor.gcp(&push, Arrival::new(RECEIVED, [9; 10])).await.unwrap();
    assert_eq!((appended.recorded.position.get(), appended.duplicate), (2, true));
}
