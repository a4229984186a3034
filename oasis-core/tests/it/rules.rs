//! What the rules make of payloads that tell one thing each.

use oasis_core::{Arrival, Normalizer, Timestamp, verify::danger};
use serde_json::{Value, json};

use crate::contract;
use crate::deliveries::{self, created, merge_group, pull_request, push, release, review};
use crate::mapping::{MAPPING, WORDS};

const RECEIVED: Timestamp = Timestamp::from_unix_seconds(1_761_750_000);

fn event(kind: &str, payload: &Value) -> Value {
    let body = serde_json::to_vec(payload).unwrap();
    let trusted = danger::trust_github(kind, "d-1", &body);
    let event = Normalizer::default().github(&trusted, Arrival::new(RECEIVED, [1; 10]));
    contract::check(&event, kind)
}

/// How the title ends after layer and module, and the status.
fn outcome(kind: &str, payload: &Value) -> (String, String) {
    let event = event(kind, payload);
    let (title, status) = (event["title"].as_str(), event["status"].as_str());
    let end = title.unwrap().splitn(3, '-').last().unwrap();
    (end.to_owned(), status.unwrap().to_owned())
}

fn is(kind: &str, payload: &Value, end: &str, status: &str) {
    assert_eq!(outcome(kind, payload), (end.to_owned(), status.to_owned()), "{kind}");
}

#[test]
fn a_pull_request_is_merged_or_not() {
    let mut queued = pull_request("dequeued", false);
    is("pull_request", &pull_request("closed", true), "MERGED", "success");
    is("pull_request", &pull_request("closed", false), "CLOSED", "cancelled");
    is("pull_request", &pull_request("enqueued", false), "ENQUEUED", "queued");
    is("pull_request", &queued, "DEQUEUED", "warning");
    queued["reason"] = "MERGE".into();
    is("pull_request", &queued, "DEQUEUED", "info");
    queued["reason"] = "CI_FAILURE".into();
    is("pull_request", &queued, "DEQUEUED", "warning");
    is("pull_request", &pull_request("synchronize", false), "SYNCHRONIZE", "info");
    // What is done to it after the merge is not another merge.
    is("pull_request", &pull_request("labeled", true), "LABELED", "info");
}

#[test]
fn a_review_says_its_state_in_any_letter_case() {
    let kind = "pull_request_review";
    is(kind, &review("submitted", "APPROVED"), "APPROVED", "success");
    is(kind, &review("submitted", "approved"), "APPROVED", "success");
    is(kind, &review("submitted", "changes_requested"), "CHANGES-REQUESTED", "warning");
    is(kind, &review("submitted", "commented"), "COMMENTED", "info");
    is(kind, &review("submitted", "adored"), "ADORED", "warning");
    // The review that is dismissed or edited was approved once: that is not told again.
    is(kind, &review("dismissed", "approved"), "DISMISSED", "info");
    is(kind, &review("edited", "approved"), "EDITED", "info");
    assert_eq!(event(kind, &review("submitted", "approved"))["ts"], "2025-10-29T12:40:00.000Z");
    assert_eq!(event(kind, &review("dismissed", "approved"))["ts"], "2025-10-29T13:20:00.000Z");
}

#[test]
fn a_push_says_what_became_of_its_ref() {
    let branch = "refs/heads/vt/DEV-CICDL-0031-phase2";
    let flagged = |flags: &[&str]| {
        let mut payload = push(branch);
        for flag in flags {
            payload[*flag] = true.into();
        }
        payload
    };
    is("push", &flagged(&[]), "PUSHED", "info");
    is("push", &flagged(&["forced"]), "FORCED", "warning");
    is("push", &flagged(&["created", "forced"]), "CREATED", "info");
    is("push", &deliveries::push_deletion(), "DELETED", "info");

    let pushed = event("push", &push(branch));
    assert_eq!(pushed["ref"], "vt/DEV-CICDL-0031-phase2");
    assert_eq!(pushed["meta"]["branch"], "vt/DEV-CICDL-0031-phase2");
    assert_eq!(pushed["meta"]["sha"], "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a");
    assert_eq!(pushed["meta"]["commits"], 2);
    assert_eq!(pushed["vtid"], "DEV-CICDL-0031");
    assert_eq!(pushed["meta"]["related_vtids"], json!(["DEV-CICDL-0032", "OPS-INFRA-0007"]));
    assert_eq!(pushed["ts"], "2025-10-29T12:03:07.000Z", "the push, not its older commit");

    let deleted = event("push", &deliveries::push_deletion());
    assert_eq!(deleted["meta"]["branch"], "vt/DEV-CICDL-0031-phase2");
    assert!(deleted["meta"]["sha"].is_null());
    assert_eq!(deleted["vtid"], "DEV-CICDL-0031", "only the ref holds it");
}

#[test]
fn a_tag_is_no_branch() {
    let pushed = event("push", &push("refs/tags/DEV-CICDL-0031-v1"));
    assert_eq!(pushed["ref"], "DEV-CICDL-0031-v1");
    assert_eq!(pushed["meta"]["tag"], "DEV-CICDL-0031-v1");
    assert!(pushed["meta"]["branch"].is_null());
    // Its commits come before it: newest first, and the ref only where they are silent.
    assert_eq!(pushed["vtid"], "DEV-CICDL-0032");
    assert_eq!(pushed["meta"]["vtid_source"], "commit");

    for (kind, name, source) in [("tag", "tag", "tag"), ("branch", "branch", "branch")] {
        let made = event("create", &created(kind, "vt/dev-cicdl-0031"));
        assert_eq!(made["vtid"], "DEV-CICDL-0031");
        assert_eq!(made["meta"][name], "vt/dev-cicdl-0031");
        assert_eq!(made["meta"]["vtid_source"], source);
        assert!(made["meta"][if kind == "tag" { "branch" } else { "tag" }].is_null());
    }
    is("create", &created("tag", "v1"), "TAG-CREATED", "info");
    is("delete", &created("branch", "v1"), "BRANCH-DELETED", "info");
    assert_eq!(
        event("create", &created("tag", "a b"))["link"],
        "https://github.com/exafyltd/vitana-platform/tree/a%20b"
    );

    let released = event("release", &release("published"));
    assert_eq!(released["meta"]["vtid_source"], "tag");
    assert_eq!(released["meta"]["branch"], "main");
}

#[test]
fn a_release_is_timed_by_its_publication_only() {
    is("release", &release("published"), "PUBLISHED", "success");
    is("release", &release("unpublished"), "UNPUBLISHED", "warning");
    is("release", &release("deleted"), "DELETED", "warning");
    is("release", &release("created"), "CREATED", "info");
    assert_eq!(event("release", &release("published"))["ts"], "2025-10-29T14:00:00.000Z");
    for action in ["deleted", "created", "unpublished"] {
        assert_eq!(event("release", &release(action))["ts"], RECEIVED.to_string(), "{action}");
    }
}

#[test]
fn a_time_from_before_the_action_is_not_its_time() {
    let mut issue = deliveries::issue_of_pull_request();
    let times = [
        ("opened", "2025-10-29T11:00:00.000Z"),
        ("labeled", "2025-10-29T11:30:00.000Z"),
        ("pinned", "2025-10-29T15:00:00.000Z"),
        ("deleted", "2025-10-29T15:00:00.000Z"),
    ];
    for (action, ts) in times {
        issue["action"] = action.into();
        assert_eq!(event("issues", &issue)["ts"], ts, "{action}");
    }
    assert_eq!(
        event("pull_request", &pull_request("opened", false))["ts"],
        "2025-10-29T11:00:00.000Z"
    );
    assert_eq!(event("package", &deliveries::package())["ts"], RECEIVED.to_string(), "the year 1");
}

#[test]
fn the_merge_queue_ends_in_three_ways() {
    is("merge_group", &merge_group("merged"), "MERGED", "success");
    is("merge_group", &merge_group("invalidated"), "DESTROYED", "cancelled");
    is("merge_group", &merge_group("dequeued"), "DESTROYED", "cancelled");
    is("merge_group", &merge_group("struck_by_lightning"), "DESTROYED", "warning");
    let merged = event("merge_group", &merge_group("merged"));
    assert_eq!(merged["meta"]["base_branch"], "main");
    assert_eq!(merged["ref"], "gh-readonly-queue/main/pr-22-1f0e7d6c5b4a");
    assert_eq!(merged["vtid"], "DEV-CICDL-0031");
}

#[test]
fn what_is_asked_for_again_has_no_outcome_and_no_time_yet() {
    let check = deliveries::check_run();
    is("check_run", &check, "REREQUESTED", "queued");
    let again = event("check_run", &check);
    assert_eq!(again["ts"], RECEIVED.to_string());
    assert_eq!(again["ref"], "vt/DEV-CICDL-0031-phase2", "of its pull request");
    assert_eq!(again["meta"]["suite_id"], 9_001);

    let job = event("workflow_job", &deliveries::workflow_job());
    assert_eq!(job["status"], "queued");
    assert_eq!(job["meta"]["waiting"], true);
    assert_eq!(job["meta"]["run_id"], 123);
    assert_eq!(job["meta"]["run_attempt"], 2);
}

#[test]
fn words_that_nobody_knows_never_look_like_success() {
    is("check_suite", &deliveries::check_suite(), "COMPLETED", "warning");
    let mut status = deliveries::status();
    is("status", &status, "PENDING", "in_progress");
    status["state"] = "flaky".into();
    is("status", &status, "FLAKY", "warning");
    let mut deployed = deliveries::deployment_status();
    deployed["deployment_status"]["state"] = "levitating".into();
    is("deployment_status", &deployed, "LEVITATING", "warning");

    for (kind, module, ..) in MAPPING {
        for payload in [json!({}), json!({ "action": "brand_new" }), json!({ "action": null })] {
            let told = event(kind, &payload);
            assert_eq!(told["module"], *module, "{kind}");
            assert_ne!(told["status"], "success", "{kind} {payload}");
            assert_ne!(told["status"], "failure", "{kind} {payload}");
            assert!(told["meta"]["unparsed"].is_null());
        }
    }
}

#[test]
fn each_word_means_what_the_mapping_says() {
    for (kind, place, words) in WORDS {
        for (word, status) in *words {
            let mut payload = json!({ "action": "created" });
            let mut inner = &mut payload;
            for step in place.split('/').skip(1) {
                inner = &mut inner[step];
            }
            *inner = (*word).into();
            assert_eq!(event(kind, &payload)["status"], *status, "{kind} {word}");
        }
    }
}

#[test]
fn a_place_among_free_fields_counts_and_the_named_one_first() {
    let dispatched = event("workflow_dispatch", &deliveries::workflow_dispatch());
    assert_eq!(dispatched["vtid"], "DEV-CICDL-0031");
    assert_eq!(dispatched["meta"]["vtid_source"], "field");
    assert_eq!(dispatched["meta"]["related_vtids"], json!(["OPS-INFRA-0007"]));
    assert_eq!(dispatched["meta"]["branch"], "main");
    assert_eq!(
        dispatched["link"],
        "https://github.com/exafyltd/vitana-platform/blob/HEAD/.github/workflows/deploy%20gateway.yml"
    );

    let mut deployed = deliveries::deployment();
    assert_eq!(event("deployment", &deployed)["vtid"], "DEV-CICDL-0031");
    deployed["deployment"]["payload"] = r#"{"vtid":"VTID-03697"}"#.into();
    assert_eq!(event("deployment", &deployed)["vtid"], "VTID-03697");
    deployed.as_object_mut().unwrap().remove("action");
    is("deployment", &deployed, "CREATED", "queued");
}

#[test]
fn only_the_web_is_linked() {
    let mut deployed = deliveries::deployment_status();
    assert!(event("deployment_status", &deployed)["link"].is_null());
    deployed["deployment_status"]["target_url"] = Value::Null;
    assert_eq!(event("deployment_status", &deployed)["link"], "https://staging.example.com");
}

#[test]
fn a_pull_request_among_the_issues_has_its_number() {
    let mut issue = deliveries::issue_of_pull_request();
    let told = event("issues", &issue);
    assert_eq!((&told["ref"], &told["meta"]["pr_number"]), (&json!("#22"), &json!(22)));
    assert_eq!(told["meta"]["vtid_source"], "body");
    issue["issue"]["pull_request"] = Value::Null;
    assert!(event("issues", &issue)["meta"]["pr_number"].is_null());
}

#[test]
fn a_pull_request_s_own_ref_is_no_branch() {
    let mut alert = deliveries::code_scanning_alert();
    let told = event("code_scanning_alert", &alert);
    assert_eq!(told["ref"], "refs/pull/22/merge");
    assert_eq!(told["meta"]["branch"], "main", "of the most recent instance");
    assert_eq!(told["ts"], RECEIVED.to_string(), "found long before it appeared here");
    alert["alert"]["most_recent_instance"]["ref"] = "refs/pull/22/merge".into();
    assert!(event("code_scanning_alert", &alert)["meta"]["branch"].is_null());
}

#[test]
fn an_event_that_no_rule_knows_is_kept() {
    for kind in ["installation_target", "sub_issues", "an_event_of_next_year"] {
        let told = event(kind, &deliveries::unheard_of());
        assert_eq!(told["kind"], kind);
        assert_eq!(told["module"], "GITHUB");
        assert_eq!(told["status"], "info");
        assert_eq!(told["title"], "CICDL-GITHUB-TELEPORTED-PLACES");
        assert_eq!(told["link"], "https://github.com/exafyltd/vitana-platform");
        assert_eq!(told["vtid"], "DEV-CICDL-0031");
        assert_eq!(told["meta"]["vtid_source"], "tag");
    }
    assert_eq!(event("sub_issues", &json!({}))["title"], "CICDL-GITHUB-SUB-ISSUES");
}

#[test]
fn an_event_that_no_rule_knows_is_linked_by_the_objects_that_are_in_others() {
    let mut payload = deliveries::workflow_run();
    let run = event("an_event_of_next_year", &payload);
    for name in ["branch", "pr_number", "run_attempt", "run_id", "sha"] {
        assert_eq!(run["meta"][name], event("workflow_run", &payload)["meta"][name], "{name}");
        assert!(!run["meta"][name].is_null(), "{name}");
    }
    payload = pull_request("levitated", false);
    let told = event("an_event_of_next_year", &payload);
    for name in ["branch", "pr_number", "sha", "vtid_source"] {
        assert_eq!(told["meta"][name], event("pull_request", &payload)["meta"][name], "{name}");
        assert!(!told["meta"][name].is_null(), "{name}");
    }
    assert_eq!(told["vtid"], "DEV-CICDL-0031");
}

#[test]
fn what_github_leaves_out_or_writes_large_is_read() {
    let mut run = deliveries::workflow_run();
    for id in [9_007_199_254_740_993, u64::MAX] {
        run["workflow_run"]["id"] = id.into();
        assert_eq!(event("workflow_run", &run)["meta"]["run_id"], id, "a number above 2^53");
    }
    for none in [json!([]), Value::Null] {
        run["workflow_run"]["pull_requests"] = none;
        let told = event("workflow_run", &run);
        assert!(told["meta"]["pr_number"].is_null());
        assert_eq!(told["meta"]["branch"], "vt/DEV-CICDL-0031-phase2");
    }

    // Its fork was deleted, and so was who made it.
    let mut orphan = pull_request("closed", false);
    let whole = event("pull_request", &orphan);
    orphan["pull_request"]["head"]["repo"] = Value::Null;
    orphan["pull_request"]["head"]["user"] = Value::Null;
    assert_eq!(event("pull_request", &orphan), whole);

    let mut empty = push("refs/heads/vt/DEV-CICDL-0031-phase2");
    empty["commits"] = json!([]);
    empty["head_commit"] = Value::Null;
    let told = event("push", &empty);
    assert_eq!((&told["vtid"], &told["meta"]["commits"]), (&"DEV-CICDL-0031".into(), &0.into()));
    empty.as_object_mut().unwrap().retain(|name, _| name == "ref");
    let told = event("push", &empty);
    assert_eq!(
        (&told["vtid"], &told["title"]),
        (&"DEV-CICDL-0031".into(), &"CICDL-PUSH-PUSHED".into())
    );
    assert_eq!(told["meta"]["repository"], Value::Null);
}

#[test]
fn every_delivery_of_the_day_is_read() {
    for (kind, payload) in deliveries::all() {
        let told = event(kind, &payload);
        assert!(told["meta"]["unparsed"].is_null(), "{kind}");
        assert_eq!(told["meta"]["actor"], "ada", "{kind}");
    }
}
