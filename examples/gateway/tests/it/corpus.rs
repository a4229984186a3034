//! Real payloads over HTTP. They are not the project's own, so they stand beside it: in
//! `OASIS_CORPUS`, by default `../shared/corpus` next to the workspace.

use std::fs;
use std::path::PathBuf;

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
