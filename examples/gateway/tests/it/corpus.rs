//! Real payloads over HTTP. They are not the project's own, so they stand beside it: in
//! `OASIS_CORPUS`, by default `../shared/corpus` next to the workspace.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::gateway::{Gateway, data_dir};

/// Every payload with its event's name; none, said aloud, where there is no corpus to read.
pub(crate) fn payloads() -> Vec<(String, Vec<u8>)> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus");
    let corpus =
        PathBuf::from(std::env::var("OASIS_CORPUS").unwrap_or_else(|_| default.to_owned()));
    let Ok(events) = fs::read_dir(corpus.join("github")) else {
        let missing = format!("no corpus at {}: set OASIS_CORPUS", corpus.display());
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!ci || corpus.as_os_str() == "none", "{missing}");
        eprintln!("NOT TESTED: {missing}");
        return Vec::new();
    };
    let folders = events.map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let files = folders.flat_map(|folder| {
        let event = folder.file_name().into_string().unwrap();
        let files = fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
        files.map(move |file| (event.clone(), file.path()))
    });
    let mut files: Vec<_> =
        files.filter(|(_, path)| path.extension().is_some_and(|e| e == "json")).collect();
    files.sort();
    files.into_iter().map(|(event, path)| (event, fs::read(path).unwrap())).collect()
}

#[tokio::test]
async fn every_real_payload_is_one_row_however_often_it_comes() {
    let payloads = payloads();
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let mut first = Vec::new();
    for (n, (event, body)) in payloads.iter().enumerate() {
        let answer = gateway.deliver(event, &format!("corpus-{n}"), body.clone()).await;
        assert_eq!(answer["duplicate"], false, "{event} {n}");
        assert_eq!(answer["position"], n + 1, "{event} {n}");
        first.push(answer);
    }
    for (n, (event, body)) in payloads.iter().enumerate() {
        let again = gateway.deliver(event, &format!("corpus-{n}"), body.clone()).await;
        assert_eq!(again["duplicate"], true, "{event} {n}");
        for same in ["id", "position", "vtid", "title"] {
            assert_eq!(again[same], first[n][same], "{event} {n}");
        }
    }
    assert_eq!(gateway.count().await, payloads.len() as u64);
    let metrics = gateway.get("/metrics").await.text().await.unwrap();
    let same = metrics.contains("\noasis_conflicting_deliveries_total 0\n");
    assert!(same, "what comes again is what the ledger gives back: {metrics}");
    eprintln!("{} real payloads, each delivered twice, each one row", payloads.len());
}

/// What becomes of a place of a payload that isn't as GitHub would write it.
const ODD: [fn(&Value) -> Value; 8] = [
    |_| Value::Null,
    |_| json!([]),
    |_| json!({}),
    |_| json!(""),
    |_| json!(-1.5e300),
    |_| json!(true),
    |value| json!([value, value]),
    |value| json!({ "a\u{0}": value, "ref": "x".repeat(3000) }),
];

/// Goes down from a value and changes one place on the way, or takes it away.
fn change(value: &mut Value, chance: &mut fastrand::Rng) {
    let count = match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
    if count == 0 || chance.u8(..4) == 0 {
        *value = chance.choice(ODD).unwrap()(value);
        return;
    }
    let (nth, gone) = (chance.usize(..count), chance.u8(..8) == 0);
    match value {
        Value::Array(items) if gone => drop(items.remove(nth)),
        Value::Object(members) if gone => {
            let name = members.keys().nth(nth).unwrap().clone();
            members.remove(&name);
        }
        Value::Array(items) => change(&mut items[nth], chance),
        Value::Object(members) => change(members.values_mut().nth(nth).unwrap(), chance),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn b8_fields_that_are_missing_or_of_another_type() {
    let payloads = payloads();
    let parsed: Vec<(String, Value)> = payloads
        .into_iter()
        .filter_map(|(event, body)| Some((event, serde_json::from_slice(&body).ok()?)))
        .collect();
    if parsed.is_empty() {
        return;
    }
    let count = if std::env::var_os("OASIS_TEST_LONG").is_some() { 200_000 } else { 2_000 };
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let mut chance = fastrand::Rng::with_seed(7);
    for start in (0..count).step_by(50) {
        let some = (start..start + 50).map(|n| {
            let (event, payload) = chance.choice(&parsed).unwrap();
            let mut mutant = payload.clone();
            change(&mut mutant, &mut chance);
            let body = mutant.to_string().into_bytes();
            let (gateway, id) = (&gateway, format!("mutant-{n}"));
            // Whatever it holds, it is signed, so it is answered 200.
            async move { gateway.deliver(event, &id, body).await }
        });
        for answer in futures_util::future::join_all(some).await {
            assert_eq!(answer["duplicate"], false);
        }
    }
    assert_eq!(gateway.count().await, count);
    assert!(!gateway.log.lock().unwrap().contains("panicked"));
}
