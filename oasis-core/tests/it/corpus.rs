//! Real and documented payloads, which stand outside the repository.
//!
//! `OASIS_CORPUS` says where, by default `../shared/corpus` beside the workspace. Without it these
//! tests say so and pass; where `CI` is `true` they fail, unless `OASIS_CORPUS=none` says that it is
//! known.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use oasis_core::verify::{GithubHeaders, GithubVerifier, RefuseReason};
use oasis_core::{Arrival, KeyRing, Normalizer, Secret, Timestamp, VtidSearch, verify::danger};
use serde_json::Value;

use crate::contract;
use crate::gcp;
use crate::mapping::MAPPING;

const ARRIVAL: Arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [9; 10]);

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("OASIS_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    if root.join("github").is_dir() {
        return Some(root);
    }
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!ci || root.as_os_str() == "none", "there is no corpus at {}", root.display());
    eprintln!(
        "NOT TESTED against real payloads: there is no corpus at {} (set OASIS_CORPUS)",
        root.display()
    );
    None
}

/// The files of a folder with this ending, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.to_str().is_some_and(|path| path.ends_with(ending))).collect();
    files.sort();
    files
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap()
}

#[test]
fn every_payload_keeps_the_contract_and_the_mapping() {
    let Some(root) = corpus() else { return };
    let normalizer = Normalizer::default();
    let mut all = 0;
    for folder in files(&root.join("github"), "") {
        if !folder.is_dir() {
            continue;
        }
        let kind = name(&folder);
        let row = MAPPING.iter().find(|(event, ..)| *event == kind);
        let mut given: BTreeMap<String, usize> = BTreeMap::new();
        for file in files(&folder, ".json") {
            let what = format!("{kind}/{}", name(&file));
            let body = fs::read(&file).unwrap();
            let trusted = danger::trust_github(kind, "d", &body);
            let event = normalizer.github(&trusted, ARRIVAL);
            let explained = normalizer.explain_github(&trusted, ARRIVAL);
            assert_eq!(explained.event, event, "{what}");
            let seen = explained.searched.iter().flat_map(|text| &text.candidates);
            let ids: Vec<_> =
                seen.filter_map(|one| Some(one.verdict.as_ref().ok()?.vtid())).collect();
            assert!(event.vtid.as_ref().is_none_or(|task| ids.contains(&task)), "{what}: {ids:?}");
            assert!(event.vtid.is_some() || ids.is_empty(), "{what}: {ids:?}");
            let json = contract::check(&event, &what);
            assert!(json["meta"]["unparsed"].is_null(), "{what}: {json}");
            let payload = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&body);
            facts_are_kept(&serde_json::from_slice(payload).unwrap(), &json, &what);

            let (module, ends) = row.map_or(("GITHUB", None), |row| (row.1, Some(row.2)));
            assert_eq!(event.module, module, "{what}");
            let end = event.title.as_str().splitn(3, '-').last().unwrap();
            let allowed = ends.is_none_or(|ends| ends.split(' ').any(|allowed| allowed == end));
            assert!(allowed, "{what}: {end}");
            *given.entry(event.status.to_string()).or_default() += 1;
            all += 1;
        }
        let Some((.., wanted)) = row else { continue };
        counts_agree(kind, &given, wanted);
    }
    assert!(all >= 872, "only {all} payloads");
}

/// The mapping counted the statuses of all files. Where some stand elsewhere (three packages do),
/// no other status than those may come out.
fn counts_agree(kind: &str, given: &BTreeMap<String, usize>, wanted: &[(&str, usize)]) {
    let counted: usize = wanted.iter().map(|(_, n)| n).sum();
    let wanted: BTreeMap<String, usize> =
        wanted.iter().map(|(status, n)| ((*status).to_owned(), *n)).collect();
    if given.values().sum::<usize>() == counted {
        assert_eq!(given, &wanted, "{kind}");
    } else {
        eprintln!("{kind}: {given:?} of a corpus where {wanted:?} was counted");
        let known = given.keys().all(|status| wanted.contains_key(status));
        assert!(known, "{kind}: {given:?}, {wanted:?}");
    }
}

/// What later links events to each other stands in `meta` under the contract's names.
fn facts_are_kept(payload: &Value, event: &Value, what: &str) {
    let meta = &event["meta"];
    let full_name = &payload["repository"]["full_name"];
    if full_name.is_string() {
        assert_eq!(&meta["repository"], full_name, "{what}");
    }
    if payload["sender"]["login"].is_string() {
        assert_eq!(meta["actor"], payload["sender"]["login"], "{what}");
    }
    for object in ["workflow_run", "workflow_job", "check_run", "check_suite"] {
        let object = &payload[object];
        if event["kind"].as_str().is_some_and(|kind| payload[kind] == *object) && object.is_object()
        {
            assert_eq!(meta["sha"], object["head_sha"], "{what}");
            if object["head_branch"].is_string() {
                assert_eq!(meta["branch"], object["head_branch"], "{what}");
            }
        }
    }
    let pull_request = &payload["pull_request"];
    if pull_request.is_object() {
        assert_eq!(meta["pr_number"], pull_request["number"], "{what}");
        assert_eq!(meta["branch"], pull_request["head"]["ref"], "{what}");
        assert_eq!(meta["sha"], pull_request["head"]["sha"], "{what}");
    }
    if event["kind"] == "push" {
        let name = payload["ref"].as_str().unwrap();
        let branch = name.strip_prefix("refs/heads/");
        assert_eq!(meta["branch"].as_str(), branch, "{what}");
        let after = payload["after"].as_str().unwrap();
        let zeros = after.bytes().all(|b| b == b'0');
        assert_eq!(meta["sha"].as_str(), (!zeros).then_some(after), "{what}");
    }
}

#[test]
fn every_text_gives_the_task_id_that_was_expected() {
    let Some(root) = corpus() else { return };
    let search = VtidSearch::default();
    let mut rows = 0;
    for file in files(&root.join("vtid"), ".tsv") {
        let table = fs::read_to_string(&file).unwrap();
        for (n, line) in table.lines().enumerate().skip(1) {
            let mut columns = line.split('\t');
            let text: String = serde_json::from_str(columns.next().unwrap()).unwrap();
            let expected = columns.next().unwrap();
            let found = search.find(&text);
            let found = found.as_ref().map_or("UNSET", |found| found.vtid().as_str());
            assert_eq!(found, expected, "{}:{}: {text}", name(&file), n + 1);
            rows += 1;
        }
    }
    assert!(rows >= 3_400, "only {rows} texts");
}

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

/// Where a sample stands and how often it must be there; kind, status and title; the places in
/// `meta` that have to be told.
type Sample = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

#[rustfmt::skip]
const GCP: &[Sample] = &[
    ("clouddeploy/pubsub-push/computeclub.approvals.json", "cloud_deploy", "warning", "CICDL-DEPLOY-APPROVAL-REQUIRED", &["pipeline", "release", "rollout", "target", "region", "project"]),
    ("clouddeploy/pubsub-push/computeclub.operations.json", "cloud_deploy", "in_progress", "CICDL-DEPLOY-JOBRUN-START", &["pipeline", "release", "rollout", "target", "job_run", "phase"]),
    ("clouddeploy/pubsub-push/computeclub.resources.json", "cloud_deploy", "info", "CICDL-DEPLOY-ROLLOUT-UPDATE", &["pipeline", "release", "rollout", "target"]),
    ("cloudbuild/raw/vial.build-success.derived.json", "cloud_build", "success", "CICDL-BUILD-SUCCESS", &["branch", "sha", "build_id", "project", "region", "trigger", "service", "repository"]),
    ("cloudbuild/raw/knative-gcp.build-success.json", "cloud_build", "success", "CICDL-BUILD-SUCCESS", &["build_id", "project"]),
    ("cloudbuild/raw/gce-td.BuildEventData-complex.json", "cloud_build", "success", "CICDL-BUILD-SUCCESS", &["project"]),
    ("cloudbuild/raw/gce-td.BuildEventData-simple.json", "cloud_build", "info", "CICDL-BUILD-STATUS-UNKNOWN", &["project"]),
    ("cloudbuild/raw/gce-ex.BuildEventData-simple.json", "cloud_build", "info", "CICDL-BUILD-STATUS-UNKNOWN", &["project"]),
    ("audit-cloudrun/normalised-panther/gcp_cloud_run_service_created.2.derived.json", "cloud_run", "in_progress", "CICDL-RUN-CREATE-SERVICE", &["project", "region", "service", "revision", "actor"]),
    ("audit-cloudrun/normalised-panther/gcp_cloud_run_set_iam_policy.1.derived.json", "cloud_run", "info", "CICDL-RUN-SET-IAM-POLICY", &["project", "region", "service", "actor"]),
    ("audit-cloudrun/system_event/defang.Jobs.RunJob-success.derived.json", "cloud_run", "success", "CICDL-RUN-READY", &["project", "region", "job", "execution", "operation_id"]),
    ("audit-cloudrun/system_event/defang.Services.ReplaceService-ready.derived.json", "cloud_run", "success", "CICDL-RUN-READY", &["project", "region", "service", "revision", "url", "operation_id"]),
    ("audit-other/logentry/eventarc-samples.gce-instances-insert.json", "audit_log", "info", "CICDL-AUDIT-INSERT", &["project", "actor"]),
    ("audit-other/logentry/gce-td.LogEntryData-pubsubCreateTopic.json", "audit_log", "info", "CICDL-AUDIT-CREATE-TOPIC", &["service"]),
    ("audit-other/cloudevent-structured/gce-ex-structured.LogEntryData-bigqueryjobcompleted.json", "audit_log", "info", "CICDL-AUDIT-JOBCOMPLETED", &["service", "event_type"]),
    ("pubsub/cloudevent-structured/gce-ex.MessagePublishedData.json", "pubsub", "warning", "CICDL-GCP-UNPARSED", &["subscription"]),
    ("pubsub/push/ff-dotnet.raw_pubsub.json", "pubsub", "warning", "CICDL-GCP-UNPARSED", &["subscription"]),
    ("pubsub/push/ff-dotnet.emulator_pubsub.json", "pubsub", "warning", "CICDL-GCP-UNPARSED", &["subscription"]),
    ("pubsub/messagePublished/gce-td.MessagePublishedData-duplicatedFields.json", "pubsub", "warning", "CICDL-GCP-UNPARSED", &["subscription"]),
];

#[test]
fn samples_of_google_s_become_the_events_that_were_agreed() {
    let Some(root) = corpus() else { return };
    for (path, kind, status, title, told) in GCP {
        let body = fs::read(root.join("gcp").join(path)).unwrap();
        let event = gcp::event_of(&[], &body);
        let found = ["kind", "status", "title"].map(|name| event[name].as_str().unwrap());
        assert_eq!(found, [*kind, *status, *title], "{path}: {event:#}");
        for name in *told {
            assert!(!event["meta"][name].is_null(), "{path}: {name} of {event:#}");
        }
        let is_message = path.starts_with("pubsub") || path.starts_with("clouddeploy");
        assert_eq!(
            event["delivery_id"].is_string(),
            is_message || path.contains("structured"),
            "{path}"
        );
    }
}

#[test]
fn every_sample_of_google_s_becomes_an_event_however_it_is_wrapped() {
    let Some(root) = corpus() else { return };
    let mut folders = vec![root.join("gcp")];
    let mut all = 0;
    while let Some(folder) = folders.pop() {
        if folder.ends_with("schema") {
            continue;
        }
        folders.extend(files(&folder, "").into_iter().filter(|path| path.is_dir()));
        for file in files(&folder, ".json") {
            let body = fs::read(&file).unwrap();
            let what = file.display();
            let bare = gcp::event_of(&[], &body);
            let text = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&body);
            let payload: Value = serde_json::from_slice(text).unwrap();
            if !bare["delivery_id"].is_null() {
                continue;
            }
            let pushed = gcp::wrapped(&serde_json::json!({}), Some(&payload));
            let pushed = gcp::event_of(&[], pushed.to_string().as_bytes());
            for name in ["title", "status", "vtid", "ref", "link"] {
                assert_eq!(pushed[name], bare[name], "{what}");
            }
            all += 1;
        }
    }
    assert!(all >= 15, "only {all} samples");
}
