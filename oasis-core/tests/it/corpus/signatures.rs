//! Signatures that others made, and the headers of real deliveries.

use std::collections::BTreeMap;
use std::fs;

use oasis_core::verify::{GithubHeaders, GithubVerifier, RefuseReason};
use oasis_core::{KeyRing, Normalizer, Secret};
use serde_json::Value;

use super::{ARRIVAL, corpus, files, name};
use crate::contract;

fn judge(secret: &str, header: &str, body: &[u8]) -> Result<(), RefuseReason> {
    let verifier = GithubVerifier::new(&KeyRing::new(Secret::new(secret).unwrap()));
    let headers = GithubHeaders::read([
        ("X-GitHub-Event", b"push".as_slice()),
        ("X-GitHub-Delivery", b"d"),
        ("X-Hub-Signature-256", header.as_bytes()),
    ]);
    let verified = headers.and_then(|headers| verifier.verify(&headers, body).map(drop));
    verified.map_err(|refused| refused.reason())
}

#[test]
fn signatures_of_others_verify_and_only_sha256_does() {
    let Some(root) = corpus() else { return };
    let vectors = fs::read(root.join("hmac/vectors.json")).unwrap();
    let vectors: Vec<Value> = serde_json::from_slice(&vectors).unwrap();
    assert!(vectors.len() >= 22);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str();
        let header = text("header").unwrap();
        let body = match text("body_utf8") {
            Some(body) => body.as_bytes().to_vec(),
            None => fs::read(root.join(text("body_file").unwrap())).unwrap(),
        };
        let wanted = match (header.starts_with("sha256="), vector["valid"] == true) {
            (false, _) => Err(RefuseReason::MalformedSignature),
            (true, false) => Err(RefuseReason::WrongSignature),
            (true, true) => Ok(()),
        };
        assert_eq!(judge(text("secret").unwrap(), header, &body), wanted, "{}", vector["id"]);
    }
}

#[test]
fn header_sets_of_real_deliveries_are_read() {
    let Some(root) = corpus() else { return };
    let verifier = GithubVerifier::new(&KeyRing::new(Secret::new("not theirs").unwrap()));
    let body = fs::read(root.join("github-extra/ping.form-urlencoded.body")).unwrap();
    let signature = verifier.sign(&body);
    let sets = files(&root.join("github-extra"), ".headers.json");
    assert!(sets.len() >= 14);
    for file in sets {
        let set: BTreeMap<String, String> =
            serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let theirs =
            set.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("x-hub-signature-256"));
        let pairs = theirs.map(|(name, value)| (name.as_str(), value.as_bytes()));
        let ours = ("x-hub-signature-256", signature.as_bytes());
        let headers = GithubHeaders::read(pairs.chain([ours])).unwrap();
        assert!(name(&file).contains(headers.event()), "{}", file.display());
        let verified = verifier.verify(&headers, &body).unwrap();
        if headers.event() == "ping" {
            let event = Normalizer::default().github(&verified, ARRIVAL);
            let json = contract::check(&event, "a form");
            assert_eq!(json["title"], "CICDL-WEBHOOK-PING");
            assert!(json["meta"]["unparsed"].is_null());
        }
    }
}
