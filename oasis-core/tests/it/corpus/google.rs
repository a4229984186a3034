//! Samples of what Google Cloud delivers.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{corpus, files};
use crate::gcp;

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
    let mut all = 0;
    for file in samples(&root) {
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
    assert!(all >= 15, "only {all} samples");
}

/// Every sample, each folder's together.
pub(super) fn samples(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.join("gcp")];
    let mut samples = Vec::new();
    while let Some(folder) = folders.pop() {
        // What a payload may be, not one.
        if !folder.ends_with("schema") {
            folders.extend(files(&folder, "").into_iter().filter(|path| path.is_dir()));
            samples.extend(files(&folder, ".json"));
        }
    }
    samples.sort();
    samples
}
