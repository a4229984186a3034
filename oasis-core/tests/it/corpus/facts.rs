//! What later links events to each other stands in `meta` exactly where a payload has it, by rules
//! that go by GitHub's names alone and know nothing of the event.

use std::collections::BTreeMap;

use oasis_core::Normalizer;
use serde_json::Value;

use super::{Payload, corpus, payloads};

#[test]
fn the_facts_that_link_events_are_kept_and_none_is_made_up() {
    let Some(root) = corpus() else { return };
    let normalizer = Normalizer::default();
    let mut kept: BTreeMap<&str, usize> = BTreeMap::new();
    let mut faults = Vec::new();
    for payload in payloads(&root) {
        let json = payload.json();
        let event = serde_json::to_value(payload.event(&normalizer)).unwrap();
        let meta = event["meta"].as_object().unwrap();
        assert!(meta.contains_key("repository"), "{payload}");
        let told = told(&payload, &json);
        for name in FACTS {
            let values = told.get(name).map_or(&[][..], Vec::as_slice);
            let found = meta.get(*name).filter(|value| !value.is_null());
            let kept_one = found.map_or(values.is_empty(), |found| values.contains(found));
            if !kept_one {
                faults.push(format!("{payload}: {name} is {found:?}, the payload has {values:?}"));
            }
            *kept.entry(name).or_default() += usize::from(found.is_some());
        }
        let mut named = Vec::new();
        walk(&json, &mut named);
        for name in named {
            if !meta.contains_key(name) {
                faults.push(format!("{payload}: {name} stands somewhere in it and not in `meta`"));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    let least = [
        ("actor", 866),
        ("branch", 335),
        ("pr_number", 215),
        ("repository", 781),
        ("run_attempt", 29),
        ("run_id", 33),
        ("sha", 357),
    ];
    for (name, least) in least {
        assert!(kept[name] >= least, "only {} payloads have {name}", kept[name]);
    }
}

/// The facts whose names stand anywhere in a payload, outside what its sender made up.
fn walk(value: &Value, named: &mut Vec<&'static str>) {
    if let Value::Array(items) = value {
        items.iter().for_each(|item| walk(item, named));
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let there = !inner.is_null() && inner != "";
        let objects = inner.is_object() || inner.as_array().is_some_and(|all| !all.is_empty());
        named.extend(match name.as_str() {
            "head_sha" | "commit_oid" | "commit_sha" if there => Some("sha"),
            "head_branch" if there => Some("branch"),
            "run_id" | "workflow_run" if there => Some("run_id"),
            "run_attempt" if there => Some("run_attempt"),
            // Under an app's permissions such a name has a word.
            "pull_request" | "pull_requests" if objects => Some("pr_number"),
            "sender" if there => Some("actor"),
            _ => None,
        });
        if !matches!(name.as_str(), "client_payload" | "inputs") {
            walk(inner, named);
        }
    }
}

const FACTS: &[&str] =
    &["actor", "branch", "pr_number", "repository", "run_attempt", "run_id", "sha"];

/// Objects that say which commit and branch they are about.
const OBJECTS: [&str; 5] =
    ["workflow_run", "workflow_job", "check_run", "check_suite", "merge_group"];

/// The values that a payload has for each fact; of several, any may be the event's.
fn told(payload: &Payload, json: &Value) -> BTreeMap<&'static str, Vec<Value>> {
    let mut told: BTreeMap<_, Vec<Value>> = BTreeMap::new();
    let mut tell = |name: &'static str, value: &Value| {
        if value.as_str().is_none_or(|text| !text.is_empty()) && !value.is_null() {
            told.entry(name).or_default().push(value.clone());
        }
    };
    let text = |path: &str| json.pointer(path).and_then(Value::as_str);

    tell("repository", &json["repository"]["full_name"]);
    if let (Some(owner), Some(name)) = (text("/repository/owner/login"), text("/repository/name")) {
        tell("repository", &format!("{owner}/{name}").into());
    }
    tell("actor", &json["sender"]["login"]);
    tell("actor", &json["pusher"]["name"]);
    for path in ["/workflow_run/id", "/workflow_job/run_id"] {
        tell("run_id", json.pointer(path).unwrap_or(&Value::Null));
    }
    for path in ["/workflow_run/run_attempt", "/workflow_job/run_attempt"] {
        tell("run_attempt", json.pointer(path).unwrap_or(&Value::Null));
    }

    let pull_requests = OBJECTS.map(|object| json[object]["pull_requests"].clone());
    let linked = pull_requests.iter().chain([&json["pull_requests"]]).filter_map(Value::as_array);
    let own = Some(&json["pull_request"]).filter(|value| value.is_object());
    for pull_request in linked.flatten().chain(own) {
        tell("pr_number", &pull_request["number"]);
        tell("branch", &pull_request["head"]["ref"]);
        if own == Some(pull_request) {
            tell("sha", &pull_request["head"]["sha"]);
        }
    }
    if json["issue"]["pull_request"].is_object() {
        tell("pr_number", &json["issue"]["number"]);
    }

    for object in OBJECTS {
        tell("sha", &json[object]["head_sha"]);
        tell("branch", &json[object]["head_branch"]);
    }
    tell("branch", &json["check_run"]["check_suite"]["head_branch"]);
    let shas = [
        "/after",
        "/sha",
        "/commit_oid",
        "/deployment/sha",
        "/build/commit",
        "/location/details/commit_sha",
        "/package/package_version/target_oid",
        "/registry_package/package_version/target_oid",
    ];
    let own_comment = own.is_none().then_some("/comment/commit_id");
    for sha in shas.into_iter().chain(own_comment).filter_map(text) {
        if sha.bytes().any(|b| b != b'0') {
            tell("sha", &sha.into());
        }
    }

    let heads = ["/ref", "/merge_group/head_ref", "/alert/most_recent_instance/ref", "/branch"];
    for name in heads.into_iter().filter_map(text) {
        if let Some(branch) = name.strip_prefix("refs/heads/") {
            tell("branch", &branch.into());
        }
    }
    if text("/ref_type") == Some("branch") {
        tell("branch", &json["ref"]);
    }
    for branch in json["branches"].as_array().into_iter().flatten() {
        tell("branch", &branch["name"]);
    }
    let bare = [
        "/branch",
        "/release/target_commitish",
        "/package/package_version/target_commitish",
        "/registry_package/package_version/target_commitish",
    ];
    for name in bare.into_iter().filter_map(text) {
        let commit = name.len() == 40 && name.bytes().all(|b| b.is_ascii_hexdigit());
        if !commit && !name.starts_with("refs/") {
            tell("branch", &name.into());
        }
    }
    if payload.kind == "repository_import" {
        tell("branch", &json["repository"]["default_branch"]);
    }
    told
}
