//! A small team's task from its first push to its merge, as GitHub would tell it.

use oasis_core::Timestamp;
use serde_json::{Value, json};

/// A delivery, unsigned.
pub(crate) struct Sample {
    /// The value of `X-GitHub-Event`.
    pub(crate) event: &'static str,
    pub(crate) payload: Value,
}

const REPO: &str = "https://github.com/acme/shop";
const BRANCH: &str = "vt/DEV-CICDL-0031-retry-uploads";
const TITLE: &str = "[VTID DEV-CICDL-0031] Retry failed uploads";
const FIRST: &str = "3f1c9f6d2b7a4e80915c6d7e8f9a0b1c2d3e4f50";
const FIXED: &str = "8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b";
const MERGED: &str = "c0ffee5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b";

/// The story; its last delivery happens `now`.
pub(crate) fn samples(now: Timestamp) -> Vec<Sample> {
    let ago = |minutes: i64| now.saturating_add_millis(-60_000 * minutes).to_string();
    vec![
        sample(
            "ping",
            json!({ "zen": "Small pieces, well joined.", "hook_id": 109_948_940,
            "hook": { "type": "Repository", "active": true } }),
        ),
        push(
            BRANCH,
            FIRST,
            "Retry failed uploads with a backoff",
            &ago(52),
            true,
        ),
        pull_request("opened", FIRST, &ago(50)),
        run("requested", "queued", None, FIRST, 41, &ago(50)),
        check("completed", Some("failure"), FIRST, "lint", &ago(48)),
        run(
            "completed",
            "completed",
            Some("failure"),
            FIRST,
            41,
            &ago(46),
        ),
        push(BRANCH, FIXED, "Give up after five tries", &ago(31), false),
        pull_request("synchronize", FIXED, &ago(31)),
        run("in_progress", "in_progress", None, FIXED, 42, &ago(30)),
        check("completed", Some("success"), FIXED, "lint", &ago(29)),
        run(
            "completed",
            "completed",
            Some("success"),
            FIXED,
            42,
            &ago(26),
        ),
        pull_request("closed", FIXED, &ago(3)),
        push("main", MERGED, &format!("{TITLE} (#22)"), &ago(3), false),
        run(
            "completed",
            "completed",
            Some("success"),
            MERGED,
            43,
            &ago(0),
        ),
        sample(
            "push",
            json!({ "ref": "refs/heads/docs", "after": FIRST, "compare": REPO,
            "head_commit": { "id": FIRST, "message": "Fix a typo", "timestamp": ago(0) } }),
        ),
    ]
}

fn sample(event: &'static str, mut payload: Value) -> Sample {
    if let Some(members) = payload.as_object_mut() {
        let repository = json!({ "full_name": "acme/shop", "html_url": REPO });
        members.insert("repository".to_owned(), repository);
        members.insert("sender".to_owned(), json!({ "login": "dana" }));
    }
    Sample { event, payload }
}

fn push(branch: &str, sha: &str, message: &str, at: &str, created: bool) -> Sample {
    let commit = json!({ "id": sha, "message": message, "timestamp": at });
    sample(
        "push",
        json!({
            "ref": format!("refs/heads/{branch}"), "after": sha, "created": created,
            "deleted": false, "forced": false, "compare": format!("{REPO}/commit/{sha}"),
            "pusher": { "name": "dana" }, "commits": [commit], "head_commit": commit,
        }),
    )
}

fn pull_request(action: &str, sha: &str, at: &str) -> Sample {
    let merged = action == "closed";
    sample(
        "pull_request",
        json!({
            "action": action, "number": 22,
            "pull_request": {
                "number": 22, "title": TITLE, "html_url": format!("{REPO}/pull/22"), "draft": false,
                "state": if merged { "closed" } else { "open" }, "merged": merged, "updated_at": at,
                "merge_commit_sha": if merged { json!(MERGED) } else { Value::Null },
                "body": "Uploads are tried five times.\n\nVTID: DEV-CICDL-0031",
                "user": { "login": "dana" }, "base": { "ref": "main" },
                "head": { "ref": BRANCH, "sha": sha },
            },
        }),
    )
}

fn run(
    action: &str,
    status: &str,
    conclusion: Option<&str>,
    sha: &str,
    number: u64,
    at: &str,
) -> Sample {
    let merged = sha == MERGED;
    let id = 9_000_000_000 + number;
    sample(
        "workflow_run",
        json!({
            "action": action,
            "workflow_run": {
                "id": id, "name": if merged { "Deploy Gateway" } else { "CI" }, "run_number": number,
                "run_attempt": 1, "status": status, "conclusion": conclusion, "head_sha": sha,
                "head_branch": if merged { "main" } else { BRANCH }, "display_title": TITLE,
                "html_url": format!("{REPO}/actions/runs/{id}"), "updated_at": at,
                "event": if merged { "push" } else { "pull_request" },
                "head_commit": { "message": TITLE },
            },
        }),
    )
}

fn check(action: &str, conclusion: Option<&str>, sha: &str, name: &str, at: &str) -> Sample {
    sample(
        "check_run",
        json!({
            "action": action,
            "check_run": {
                "id": 77, "name": name, "status": "completed", "conclusion": conclusion,
                "head_sha": sha, "html_url": format!("{REPO}/runs/77"), "completed_at": at,
                "check_suite": { "id": 7, "head_branch": BRANCH },
                "pull_requests": [{ "number": 22, "head": { "ref": BRANCH } }],
            },
        }),
    )
}
