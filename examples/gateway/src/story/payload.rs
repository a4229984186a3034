//! What GitHub would send.

use oasis_core::Timestamp;
use serde_json::{Value, json};

use super::Sample;
use super::plot::Step;
use super::task::{DEPLOY_RUN, MERGE, Task};

const REPO: &str = "https://github.com/acme/shop";

/// The deliveries of one step, in their order.
pub(super) fn told(task: &Task, step: &Step, at: Timestamp) -> Vec<Sample> {
    let mut samples = match *step {
        Step::Issue => vec![("issues", issue(task, at))],
        Step::Push { n, message } => {
            vec![("push", push(&task.branch(), &task.sha(n), message, n == 0, at))]
        }
        Step::Open => vec![("pull_request", pull_request(task, "opened", 0, at))],
        Step::Update { n } => vec![("pull_request", pull_request(task, "synchronize", n, at))],
        Step::Review { state } => vec![("pull_request_review", review(task, state, at))],
        Step::Run { n, state } => vec![("workflow_run", run(task, n, state, at))],
        Step::Check { n, name, conclusion } => {
            vec![("check_run", check(task, n, name, conclusion, at))]
        }
        Step::Close => vec![("pull_request", pull_request(task, "closed", 0, at))],
        Step::Merge => vec![
            ("pull_request", pull_request(task, "closed", MERGE, at)),
            ("push", push("main", &task.sha(MERGE), &task.pr_title(), false, at)),
            ("workflow_run", run(task, DEPLOY_RUN, "in_progress", at)),
        ],
        Step::Deploy { environment, state } => {
            vec![("deployment_status", deployment(task, environment, state, at))]
        }
    };
    if let Step::Deploy { environment: "production", state: state @ ("success" | "failure") } =
        *step
    {
        samples.push(("workflow_run", run(task, DEPLOY_RUN, state, at)));
    }
    samples.into_iter().map(|(event, payload)| sample(event, payload, task.author, at)).collect()
}

/// With what every payload has.
pub(super) fn sample(event: &'static str, mut payload: Value, who: &str, at: Timestamp) -> Sample {
    if let Some(members) = payload.as_object_mut() {
        let pushed_at = at.unix_millis() / 1000;
        let repository =
            json!({ "full_name": "acme/shop", "html_url": REPO, "pushed_at": pushed_at });
        members.insert("repository".to_owned(), repository);
        members.insert("sender".to_owned(), json!({ "login": who }));
    }
    Sample { event, payload }
}

pub(super) fn ping() -> Value {
    json!({
        "zen": "Small pieces, well joined.",
        "hook_id": 109_948_940,
        "hook": { "type": "Repository", "active": true },
    })
}

pub(super) fn push(branch: &str, sha: &str, message: &str, created: bool, at: Timestamp) -> Value {
    let commit = json!({ "id": sha, "message": message, "timestamp": at });
    json!({
        "ref": format!("refs/heads/{branch}"), "after": sha, "created": created,
        "deleted": false, "forced": false, "compare": format!("{REPO}/commit/{sha}"),
        "pusher": { "name": "dana" }, "commits": [commit], "head_commit": commit,
    })
}

fn issue(task: &Task, at: Timestamp) -> Value {
    let number = task.number - 1;
    json!({
        "action": "opened",
        "issue": {
            "number": number, "title": task.title, "html_url": format!("{REPO}/issues/{number}"),
            "body": format!("It matters.\n\nVTID: {}", task.vtid), "state": "open",
            "created_at": at, "user": { "login": task.author },
        },
    })
}

/// The pull request at its n-th commit.
fn head(task: &Task, action: &str, n: u64, at: Timestamp) -> Value {
    let merged = n == MERGE;
    // GitHub tells the head of the branch, also of one that was merged.
    let sha = task.sha(if merged { 0 } else { n });
    json!({
        "number": task.number, "title": task.pr_title(), "draft": false,
        "html_url": format!("{REPO}/pull/{}", task.number),
        "state": if action == "closed" { "closed" } else { "open" },
        "merged": merged, "created_at": at, "updated_at": at,
        "merge_commit_sha": merged.then(|| task.sha(MERGE)),
        "body": format!("{}.\n\nVTID: {}", task.title, task.vtid),
        "user": { "login": task.author }, "base": { "ref": "main" },
        "head": { "ref": task.branch(), "sha": sha },
    })
}

fn pull_request(task: &Task, action: &str, n: u64, at: Timestamp) -> Value {
    json!({ "action": action, "number": task.number, "pull_request": head(task, action, n, at) })
}

fn review(task: &Task, state: &str, at: Timestamp) -> Value {
    json!({
        "action": "submitted", "pull_request": head(task, "opened", 0, at),
        "review": {
            "state": state, "submitted_at": at, "user": { "login": "kim" }, "commit_id": task.sha(0),
            "html_url": format!("{REPO}/pull/{}#pullrequestreview-1", task.number),
        },
    })
}

fn check(task: &Task, n: u64, name: &str, conclusion: &str, at: Timestamp) -> Value {
    let id = task.run(n) + 70;
    json!({
        "action": "completed",
        "check_run": {
            "id": id, "name": name, "status": "completed", "conclusion": conclusion,
            "head_sha": task.sha(n), "html_url": format!("{REPO}/runs/{id}"), "completed_at": at,
            "check_suite": { "id": task.number, "head_branch": task.branch() },
            "pull_requests": [{ "number": task.number, "head": { "ref": task.branch() } }],
        },
    })
}

fn run(task: &Task, n: u64, state: &str, at: Timestamp) -> Value {
    let deploys = n == DEPLOY_RUN;
    let (action, status, conclusion) = match state {
        "queued" => ("requested", state, None),
        "in_progress" => (state, state, None),
        conclusion => ("completed", "completed", Some(conclusion)),
    };
    let id = task.run(n);
    json!({
        "action": action,
        "workflow_run": {
            "id": id, "name": if deploys { "Deploy Shop" } else { "CI" }, "run_number": id % 10_000,
            "run_attempt": 1, "status": status, "conclusion": conclusion,
            "head_sha": task.sha(if deploys { MERGE } else { n }),
            "head_branch": if deploys { "main".to_owned() } else { task.branch() },
            "display_title": task.pr_title(), "updated_at": at, "created_at": at,
            "html_url": format!("{REPO}/actions/runs/{id}"),
            "event": if deploys { "push" } else { "pull_request" },
            "head_commit": { "message": task.pr_title() },
        },
    })
}

fn deployment(task: &Task, environment: &str, state: &str, at: Timestamp) -> Value {
    json!({
        "action": "created",
        "deployment_status": {
            "state": state, "environment": environment, "updated_at": at,
            "description": task.pr_title(),
            "target_url": format!("{REPO}/actions/runs/{}", task.run(DEPLOY_RUN)),
            "environment_url": format!("https://{environment}.shop.example.com"),
        },
        "deployment": {
            "id": task.run(DEPLOY_RUN), "ref": "main", "sha": task.sha(MERGE), "task": "deploy",
            "environment": environment, "description": task.pr_title(),
        },
        "workflow_run": { "id": task.run(DEPLOY_RUN), "name": "Deploy Shop", "run_attempt": 1, "head_branch": "main" },
    })
}
