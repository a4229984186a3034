//! Payloads in GitHub's shape, written for these tests: a day of one task.

use serde_json::{Value, json};

const BRANCH: &str = "vt/DEV-CICDL-0031-phase2";
const HEAD: &str = "8d1c4f0ab2e35f7799d0e4c1b6a83f52d7e6019a";
const BASE: &str = "1f0e7d6c5b4a39281706f5e4d3c2b1a098765432";
const NONE: &str = "0000000000000000000000000000000000000000";

/// One payload of each shape that a rule may meet.
pub(crate) fn all() -> Vec<(&'static str, Value)> {
    vec![
        ("workflow_run", workflow_run()),
        ("workflow_job", workflow_job()),
        ("check_run", check_run()),
        ("check_suite", check_suite()),
        ("status", status()),
        ("deployment", deployment()),
        ("deployment_status", deployment_status()),
        ("pull_request", pull_request_merged()),
        ("pull_request_review", review("submitted", "APPROVED")),
        ("push", push("refs/heads/vt/DEV-CICDL-0031-phase2")),
        ("push", push_deletion()),
        ("create", created("tag", "DEV-CICDL-0031-v1")),
        ("merge_group", merge_group("merged")),
        ("release", release("published")),
        ("package", package()),
        ("workflow_dispatch", workflow_dispatch()),
        ("code_scanning_alert", code_scanning_alert()),
        ("issues", issue_of_pull_request()),
        ("gollum", gollum()),
        ("installation", installation()),
        ("an_event_of_next_year", unheard_of()),
    ]
}

fn repository() -> Value {
    json!({
        "id": 870_001,
        "name": "vitana-platform",
        "full_name": "exafyltd/vitana-platform",
        "owner": { "login": "exafyltd" },
        "html_url": "https://github.com/exafyltd/vitana-platform",
        "default_branch": "main",
        "pushed_at": 1_761_739_387
    })
}

/// The payload with what all have in common.
fn sent(mut payload: Value) -> Value {
    payload["repository"] = repository();
    payload["organization"] = json!({ "login": "exafyltd" });
    payload["sender"] = json!({ "login": "ada", "type": "User" });
    payload
}

fn pull_requests() -> Value {
    json!([{ "number": 22, "head": { "ref": BRANCH, "sha": HEAD }, "base": { "ref": "main" } }])
}

pub(crate) fn workflow_run() -> Value {
    sent(json!({
        "action": "completed",
        "workflow_run": {
            "id": 123,
            "name": "Deploy Gateway",
            "display_title": "Phase 2: events to the ledger",
            "head_branch": BRANCH,
            "head_sha": HEAD,
            "run_number": 42,
            "run_attempt": 1,
            "event": "push",
            "status": "completed",
            "conclusion": "success",
            "check_suite_id": 9_001,
            "html_url": "https://github.com/exafyltd/vitana-platform/actions/runs/123",
            "created_at": "2025-10-29T12:03:10Z",
            "run_started_at": "2025-10-29T12:03:10Z",
            "updated_at": "2025-10-29T12:04:31Z",
            "pull_requests": pull_requests(),
            "head_commit": { "id": HEAD, "message": "Write events\n\nVTID: DEV-CICDL-0031" }
        }
    }))
}

pub(crate) fn workflow_job() -> Value {
    sent(json!({
        "action": "waiting",
        "workflow_job": {
            "id": 5_501,
            "run_id": 123,
            "run_attempt": 2,
            "name": "deploy",
            "workflow_name": "Deploy Gateway",
            "head_branch": BRANCH,
            "head_sha": HEAD,
            "status": "waiting",
            "conclusion": null,
            "html_url": "https://github.com/exafyltd/vitana-platform/actions/runs/123/job/5501",
            "created_at": "2025-10-29T12:03:12Z",
            "started_at": "2025-10-29T12:03:14Z",
            "completed_at": null,
            "steps": []
        }
    }))
}

pub(crate) fn check_run() -> Value {
    sent(json!({
        "action": "rerequested",
        "check_run": {
            "id": 7_701,
            "name": "lint",
            "head_sha": HEAD,
            "status": "completed",
            "conclusion": "success",
            "html_url": "https://github.com/exafyltd/vitana-platform/runs/7701",
            "started_at": "2025-10-01T08:00:00Z",
            "completed_at": "2025-10-01T08:01:00Z",
            "output": { "title": "No findings", "summary": null },
            "app": { "slug": "github-actions" },
            "check_suite": { "id": 9_001, "head_branch": null },
            "pull_requests": pull_requests()
        }
    }))
}

pub(crate) fn check_suite() -> Value {
    sent(json!({
        "action": "completed",
        "check_suite": {
            "id": 9_001,
            "head_branch": BRANCH,
            "head_sha": HEAD,
            "status": "completed",
            "conclusion": "a_word_of_next_year",
            "updated_at": "2025-10-29T12:05:00Z",
            "latest_check_runs_count": 3,
            "pull_requests": [],
            "head_commit": { "message": "Write events" }
        }
    }))
}

pub(crate) fn status() -> Value {
    sent(json!({
        "sha": HEAD,
        "state": "pending",
        "context": "build/container",
        "description": "1 of 4 layers",
        "target_url": "https://ci.example.com/builds/77",
        "branches": [{ "name": BRANCH, "commit": { "sha": HEAD } }],
        "commit": { "sha": HEAD, "commit": { "message": "Write events" }, "html_url": "https://github.com/exafyltd/vitana-platform/commit/8d1c4f0a" },
        "created_at": "2025-10-29T12:03:40Z",
        "updated_at": "2025-10-29T12:03:40Z"
    }))
}

pub(crate) fn deployment() -> Value {
    sent(json!({
        "action": "created",
        "deployment": {
            "id": 31_001,
            "ref": HEAD,
            "sha": HEAD,
            "task": "deploy",
            "environment": "staging",
            "payload": { "note": "after OPS-INFRA-0007", "vtid": "DEV-CICDL-0031" },
            "description": null,
            "created_at": "2025-10-29T12:04:00Z"
        },
        "workflow_run": null
    }))
}

pub(crate) fn deployment_status() -> Value {
    sent(json!({
        "action": "created",
        "deployment_status": {
            "state": "error",
            "description": "The image was not found",
            "log_url": "",
            "target_url": "javascript:alert(1)",
            "environment_url": "https://staging.example.com",
            "updated_at": "2025-10-29T12:06:00Z"
        },
        "deployment": { "id": 31_001, "ref": BRANCH, "sha": HEAD, "environment": "staging" },
        "workflow_run": { "id": 123, "run_attempt": 1, "name": "Deploy Gateway", "head_branch": BRANCH }
    }))
}

pub(crate) fn pull_request(action: &str, merged: bool) -> Value {
    let closed = action == "closed";
    sent(json!({
        "action": action,
        "number": 22,
        "pull_request": {
            "number": 22,
            "title": "[VTID DEV-CICDL-0031] Phase 2",
            "body": "Events reach the ledger.\n\n**VTID:** DEV-CICDL-0031\n",
            "state": if closed { "closed" } else { "open" },
            "draft": false,
            "merged": merged,
            "merge_commit_sha": if merged { Some(BASE) } else { None },
            "html_url": "https://github.com/exafyltd/vitana-platform/pull/22",
            "user": { "login": "ada" },
            "head": { "ref": BRANCH, "sha": HEAD },
            "base": { "ref": "main", "sha": BASE },
            "created_at": "2025-10-29T11:00:00Z",
            "updated_at": "2025-10-29T13:20:00Z"
        }
    }))
}

pub(crate) fn pull_request_merged() -> Value {
    pull_request("closed", true)
}

pub(crate) fn review(action: &str, state: &str) -> Value {
    let mut payload = pull_request(action, false);
    payload["review"] = json!({
        "id": 61,
        "state": state,
        "commit_id": HEAD,
        "user": { "login": "grace" },
        "html_url": "https://github.com/exafyltd/vitana-platform/pull/22#pullrequestreview-61",
        "submitted_at": "2025-10-29T12:40:00Z"
    });
    payload
}

pub(crate) fn push(name: &str) -> Value {
    sent(json!({
        "ref": name,
        "before": BASE,
        "after": HEAD,
        "created": false,
        "deleted": false,
        "forced": false,
        "compare": "https://github.com/exafyltd/vitana-platform/compare/1f0e7d6c5b4a...8d1c4f0ab2e3",
        "commits": [
            { "id": BASE, "message": "Prepare OPS-INFRA-0007", "timestamp": "2025-10-20T09:00:00Z" },
            { "id": HEAD, "message": "Write events (DEV-CICDL-0032)", "timestamp": "2025-10-21T09:00:00Z" }
        ],
        "head_commit": { "id": HEAD, "message": "Write events (DEV-CICDL-0032)", "timestamp": "2025-10-21T09:00:00Z" },
        "pusher": { "name": "ada", "email": "d@example.com" }
    }))
}

pub(crate) fn push_deletion() -> Value {
    let mut payload = push("refs/heads/vt/DEV-CICDL-0031-phase2");
    payload["deleted"] = true.into();
    payload["after"] = NONE.into();
    payload["head_commit"] = Value::Null;
    payload["commits"] = json!([]);
    payload
}

pub(crate) fn created(kind: &str, name: &str) -> Value {
    sent(json!({ "ref": name, "ref_type": kind, "master_branch": "main", "pusher_type": "user" }))
}

pub(crate) fn merge_group(reason: &str) -> Value {
    sent(json!({
        "action": "destroyed",
        "reason": reason,
        "merge_group": {
            "head_ref": "refs/heads/gh-readonly-queue/main/pr-22-1f0e7d6c5b4a",
            "head_sha": HEAD,
            "base_ref": "refs/heads/main",
            "base_sha": BASE,
            "head_commit": { "message": "Merge pull request #22 from exafyltd/vt/DEV-CICDL-0031-phase2", "timestamp": "2025-10-29T13:10:00Z" }
        }
    }))
}

pub(crate) fn release(action: &str) -> Value {
    sent(json!({
        "action": action,
        "release": {
            "id": 41,
            "tag_name": "DEV-CICDL-0031-v1",
            "target_commitish": "main",
            "name": "Phase 2",
            "body": null,
            "draft": false,
            "prerelease": false,
            "html_url": "https://github.com/exafyltd/vitana-platform/releases/tag/DEV-CICDL-0031-v1",
            "author": { "login": "ada" },
            "created_at": "2025-10-21T09:00:00Z",
            "published_at": "2025-10-29T14:00:00Z"
        }
    }))
}

pub(crate) fn package() -> Value {
    sent(json!({
        "action": "published",
        "package": {
            "name": "gateway",
            "package_type": "CONTAINER",
            "html_url": "https://github.com/exafyltd/vitana-platform/packages/5",
            "updated_at": "0001-01-01T00:00:00Z",
            "package_version": {
                "version": "sha256:5d41402abc4b2a76b9719d911017c592",
                "target_commitish": "main",
                "target_oid": HEAD,
                "body": { "info": {} },
                "container_metadata": { "tag": { "name": "DEV-CICDL-0031" } }
            }
        }
    }))
}

pub(crate) fn workflow_dispatch() -> Value {
    sent(json!({
        "ref": "refs/heads/main",
        "workflow": ".github/workflows/deploy gateway.yml",
        "inputs": { "after": "OPS-INFRA-0007", "vtid": "DEV-CICDL-0031" }
    }))
}

pub(crate) fn code_scanning_alert() -> Value {
    sent(json!({
        "action": "appeared_in_branch",
        "ref": "refs/pull/22/merge",
        "commit_oid": HEAD,
        "alert": {
            "number": 4,
            "created_at": "2025-09-01T00:00:00Z",
            "html_url": "https://github.com/exafyltd/vitana-platform/security/code-scanning/4",
            "state": "open",
            "rule": { "id": "rust/tainted-path", "severity": "warning" },
            "tool": { "name": "CodeQL" },
            "most_recent_instance": { "ref": "refs/heads/main" }
        }
    }))
}

pub(crate) fn issue_of_pull_request() -> Value {
    sent(json!({
        "action": "labeled",
        "label": { "name": "ready" },
        "issue": {
            "number": 22,
            "title": "Phase 2",
            "body": "VTID: DEV-CICDL-0031",
            "state": "open",
            "html_url": "https://github.com/exafyltd/vitana-platform/pull/22",
            "pull_request": { "url": "https://api.github.com/repos/exafyltd/vitana-platform/pulls/22" },
            "created_at": "2025-10-29T11:00:00Z",
            "updated_at": "2025-10-29T11:30:00Z"
        }
    }))
}

fn gollum() -> Value {
    sent(json!({
        "pages": [
            { "page_name": "Home", "title": "Home", "action": "edited", "html_url": "https://github.com/exafyltd/vitana-platform/wiki/Home" },
            { "page_name": "Ledger", "title": "Ledger", "action": "created", "html_url": "https://github.com/exafyltd/vitana-platform/wiki/Ledger" }
        ]
    }))
}

fn installation() -> Value {
    json!({
        "action": "suspend",
        "installation": {
            "id": 12,
            "account": { "login": "exafyltd" },
            "html_url": "https://github.com/organizations/exafyltd/settings/installations/12",
            "app_slug": "oasis",
            "suspended_at": "2025-10-29T15:00:00Z"
        },
        "repositories": [],
        "sender": { "login": "ada" }
    })
}

pub(crate) fn unheard_of() -> Value {
    sent(json!({ "action": "teleported 2 places", "ref": "refs/tags/DEV-CICDL-0031" }))
}
