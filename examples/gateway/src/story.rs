//! A small team's task from its first push to its deploy, as GitHub would tell it.

use oasis_core::Timestamp;
use serde_json::{Value, json};

use Step::{Check, Ping, PullRequest, Push, Run};

/// A delivery, unsigned.
pub(crate) struct Sample {
    /// The value of `X-GitHub-Event`.
    pub(crate) event: &'static str,
    pub(crate) payload: Value,
}

/// The story; its last delivery happens `now`.
pub(crate) fn samples(now: Timestamp) -> impl Iterator<Item = Sample> {
    let at = move |minutes: &i64| now.saturating_add_millis(-60_000 * minutes);
    STORY.iter().map(move |(ago, step)| step.told(at(ago)))
}

enum Step {
    Ping,
    Push { branch: &'static str, sha: &'static str, message: &'static str },
    PullRequest { action: &'static str, sha: &'static str },
    Check { sha: &'static str, conclusion: &'static str },
    Run { number: u64, sha: &'static str, state: &'static str },
}

/// What happens, with how many minutes ago it did.
#[rustfmt::skip] // one line for each step
const STORY: &[(i64, Step)] = &[
    (60, Ping),
    (52, Push { branch: BRANCH, sha: FIRST, message: "Retry failed uploads with a backoff" }),
    (50, PullRequest { action: "opened", sha: FIRST }),
    (50, Run { number: 41, sha: FIRST, state: "queued" }),
    (48, Check { sha: FIRST, conclusion: "failure" }),
    (46, Run { number: 41, sha: FIRST, state: "failure" }),
    (31, Push { branch: BRANCH, sha: FIXED, message: "Give up after five tries" }),
    (31, PullRequest { action: "synchronize", sha: FIXED }),
    (30, Run { number: 42, sha: FIXED, state: "in_progress" }),
    (29, Check { sha: FIXED, conclusion: "success" }),
    (26, Run { number: 42, sha: FIXED, state: "success" }),
    (12, Push { branch: "docs", sha: DOCS, message: "Fix a typo" }),
    (4, PullRequest { action: "closed", sha: FIXED }),
    (4, Push { branch: "main", sha: MERGED, message: TITLE }),
    (0, Run { number: 43, sha: MERGED, state: "success" }),
];

const REPO: &str = "https://github.com/acme/shop";
const BRANCH: &str = "vt/DEV-CICDL-0031-retry-uploads";
const TITLE: &str = "[VTID DEV-CICDL-0031] Retry failed uploads";
const FIRST: &str = "3f1c9f6d2b7a4e80915c6d7e8f9a0b1c2d3e4f50";
const FIXED: &str = "8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b";
const MERGED: &str = "c0ffee5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b";
const DOCS: &str = "d0c5ee5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b";

impl Step {
    fn told(&self, at: Timestamp) -> Sample {
        let (event, mut payload) = match *self {
            Ping => ("ping", ping()),
            Push { branch, sha, message } => ("push", push(branch, sha, message, at)),
            PullRequest { action, sha } => ("pull_request", pull_request(action, sha, at)),
            Check { sha, conclusion } => ("check_run", check_run(sha, conclusion, at)),
            Run { number, sha, state } => ("workflow_run", workflow_run(number, sha, state, at)),
        };
        if let Some(members) = payload.as_object_mut() {
            let pushed_at = at.unix_millis() / 1000;
            let repository = json!({
                "full_name": "acme/shop", "html_url": REPO, "pushed_at": pushed_at,
            });
            members.insert("repository".to_owned(), repository);
            members.insert("sender".to_owned(), json!({ "login": "dana" }));
        }
        Sample { event, payload }
    }
}

fn ping() -> Value {
    json!({
        "zen": "Small pieces, well joined.",
        "hook_id": 109_948_940,
        "hook": { "type": "Repository", "active": true },
    })
}

fn push(branch: &str, sha: &str, message: &str, at: Timestamp) -> Value {
    let commit = json!({ "id": sha, "message": message, "timestamp": at });
    json!({
        "ref": format!("refs/heads/{branch}"), "after": sha, "created": sha == FIRST,
        "deleted": false, "forced": false, "compare": format!("{REPO}/commit/{sha}"),
        "pusher": { "name": "dana" }, "commits": [commit], "head_commit": commit,
    })
}

fn pull_request(action: &str, sha: &str, at: Timestamp) -> Value {
    let merged = action == "closed";
    json!({
        "action": action, "number": 22,
        "pull_request": {
            "number": 22, "title": TITLE, "html_url": format!("{REPO}/pull/22"), "draft": false,
            "state": if merged { "closed" } else { "open" }, "merged": merged, "updated_at": at,
            "merge_commit_sha": merged.then_some(MERGED),
            "body": "Uploads are tried five times.\n\nVTID: DEV-CICDL-0031",
            "user": { "login": "dana" }, "base": { "ref": "main" },
            "head": { "ref": BRANCH, "sha": sha },
        },
    })
}

fn check_run(sha: &str, conclusion: &str, at: Timestamp) -> Value {
    json!({
        "action": "completed",
        "check_run": {
            "id": 77, "name": "lint", "status": "completed", "conclusion": conclusion,
            "head_sha": sha, "html_url": format!("{REPO}/runs/77"), "completed_at": at,
            "check_suite": { "id": 7, "head_branch": BRANCH },
            "pull_requests": [{ "number": 22, "head": { "ref": BRANCH } }],
        },
    })
}

fn workflow_run(number: u64, sha: &str, state: &str, at: Timestamp) -> Value {
    let deploys = sha == MERGED;
    let (action, status, conclusion) = match state {
        "queued" => ("requested", state, None),
        "in_progress" => (state, state, None),
        conclusion => ("completed", "completed", Some(conclusion)),
    };
    let id = 9_000_000_000 + number;
    json!({
        "action": action,
        "workflow_run": {
            "id": id, "name": if deploys { "Deploy Gateway" } else { "CI" }, "run_number": number,
            "run_attempt": 1, "status": status, "conclusion": conclusion, "head_sha": sha,
            "head_branch": if deploys { "main" } else { BRANCH }, "display_title": TITLE,
            "html_url": format!("{REPO}/actions/runs/{id}"), "updated_at": at,
            "event": if deploys { "push" } else { "pull_request" },
            "head_commit": { "message": TITLE },
        },
    })
}
