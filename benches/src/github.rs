//! The objects that GitHub's payloads are made of: mostly URLs that nobody reads.

use serde_json::{Map, Value, json};

const API: &str = "https://api.github.com";
const WEB: &str = "https://github.com";
const SHA: &str = "9c1f3ab2d45e6f708192a3b4c5d6e7f809a1b2c3";

/// A push with as many commits as make it this long.
pub fn push(size: usize) -> Value {
    let mut payload = json!({
        "ref": "refs/heads/vt/DEV-CICDL-0031-phase2",
        "before": "1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e",
        "after": SHA,
        "created": false,
        "deleted": false,
        "forced": false,
        "base_ref": null,
        "compare": format!("{WEB}/acme/rocket/compare/1b2c3d4e5f60...9c1f3ab2d45e"),
        "commits": [],
        "head_commit": commit(0),
        "repository": repository(),
        "pusher": { "name": "ada", "email": "ada@example.com" },
        "organization": account("acme"),
        "sender": account("ada"),
    });
    let base = payload.to_string().len();
    let each = commit(1).to_string().len() + 1;
    let commits = size.saturating_sub(base) / each;
    payload["commits"] = (0..commits.max(1)).map(commit).collect();
    payload
}

/// A check run, its output's text as long as is missing.
pub fn check_run(size: usize) -> Value {
    let payload = json!({
        "action": "completed",
        "check_run": {
            "id": 128_620_228,
            "name": "lint",
            "head_sha": SHA,
            "external_id": "ca395085-040a-526b-2ce8-bdc85f692774",
            "url": format!("{API}/repos/acme/rocket/check-runs/128620228"),
            "html_url": format!("{WEB}/acme/rocket/runs/128620228"),
            "details_url": "https://ci.example.com/builds/128620228",
            "status": "completed",
            "conclusion": "success",
            "started_at": "2025-10-29T12:00:00Z",
            "completed_at": "2025-10-29T12:03:07Z",
            "output": { "title": "Lint", "summary": "No finding", "text": null, "annotations_count": 0 },
            "check_suite": {
                "id": 118_578_147,
                "head_branch": "vt/DEV-CICDL-0031-phase2",
                "head_sha": SHA,
                "status": "in_progress",
                "conclusion": null,
                "pull_requests": [linked_pull_request()],
                "app": app(),
            },
            "app": app(),
            "pull_requests": [linked_pull_request()],
        },
        "repository": repository(),
        "organization": account("acme"),
        "sender": account("ada"),
    });
    filled(payload, "/check_run/output/text", size)
}

/// A workflow run, its head commit's message as long as is missing.
pub fn workflow_run(size: usize) -> Value {
    let run = format!("{API}/repos/acme/rocket/actions/runs/1");
    let payload = json!({
        "action": "completed",
        "workflow_run": {
            "id": 18_900_123_456_u64,
            "name": "CI",
            "head_branch": "vt/DEV-CICDL-0031-phase2",
            "head_sha": SHA,
            "path": ".github/workflows/ci.yml",
            "display_title": "Phase 2: the webhook",
            "run_number": 562,
            "run_attempt": 1,
            "event": "pull_request",
            "status": "completed",
            "conclusion": "success",
            "workflow_id": 159_038,
            "url": run,
            "html_url": format!("{WEB}/acme/rocket/actions/runs/1"),
            "pull_requests": [linked_pull_request()],
            "created_at": "2025-10-29T12:00:00Z",
            "updated_at": "2025-10-29T12:03:07Z",
            "run_started_at": "2025-10-29T12:00:02Z",
            "jobs_url": format!("{run}/jobs"),
            "logs_url": format!("{run}/logs"),
            "check_suite_url": format!("{API}/repos/acme/rocket/check-suites/414944374"),
            "artifacts_url": format!("{run}/artifacts"),
            "cancel_url": format!("{run}/cancel"),
            "rerun_url": format!("{run}/rerun"),
            "actor": account("ada"),
            "triggering_actor": account("ada"),
            "head_commit": commit(0),
            "repository": repository(),
            "head_repository": repository(),
        },
        "workflow": {
            "id": 159_038,
            "name": "CI",
            "path": ".github/workflows/ci.yml",
            "state": "active",
            "html_url": format!("{WEB}/acme/rocket/blob/main/.github/workflows/ci.yml"),
        },
        "repository": repository(),
        "organization": account("acme"),
        "sender": account("ada"),
    });
    filled(payload, "/workflow_run/head_commit/message", size)
}

/// A pull request, its body as long as is missing.
pub fn pull_request(size: usize) -> Value {
    let own = format!("{API}/repos/acme/rocket/pulls/22");
    let payload = json!({
        "action": "closed",
        "number": 22,
        "pull_request": {
            "url": own,
            "id": 279_147_437,
            "html_url": format!("{WEB}/acme/rocket/pull/22"),
            "number": 22,
            "state": "closed",
            "locked": false,
            "title": "[DEV-CICDL-0031] Phase 2: the webhook",
            "user": account("grace"),
            "body": null,
            "created_at": "2025-10-28T09:00:00Z",
            "updated_at": "2025-10-29T12:03:07Z",
            "closed_at": "2025-10-29T12:03:07Z",
            "merged_at": "2025-10-29T12:03:07Z",
            "merge_commit_sha": SHA,
            "assignees": [account("ada")],
            "requested_reviewers": [account("linus")],
            "labels": [],
            "draft": false,
            "commits_url": format!("{own}/commits"),
            "review_comments_url": format!("{own}/comments"),
            "head": {
                "label": "acme:vt/DEV-CICDL-0031-phase2",
                "ref": "vt/DEV-CICDL-0031-phase2",
                "sha": SHA,
                "user": account("acme"),
                "repo": repository(),
            },
            "base": {
                "label": "acme:main",
                "ref": "main",
                "sha": "1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e",
                "user": account("acme"),
                "repo": repository(),
            },
            "merged": true,
            "merged_by": account("ada"),
            "commits": 7,
            "additions": 1204,
            "deletions": 31,
            "changed_files": 19,
        },
        "repository": repository(),
        "organization": account("acme"),
        "sender": account("ada"),
    });
    filled(payload, "/pull_request/body", size)
}

/// Prose with the escapes that real prose has, as long as the payload lacks.
fn filled(mut payload: Value, at: &str, size: usize) -> Value {
    const LINE: &str = "The valve \"A\" opened 3 ms late; see `src/valve.rs`.\r\n";
    let missing = size.saturating_sub(payload.to_string().len());
    if let Some(text) = payload.pointer_mut(at) {
        // Four of a line's characters take two bytes in JSON.
        *text = LINE.repeat(missing / (LINE.len() + 4)).into();
    }
    payload
}

fn commit(number: usize) -> Value {
    json!({
        "id": format!("{number:040x}"),
        "tree_id": SHA,
        "distinct": true,
        "message": format!("Open valve {number} in time\n\nIt was late by 3 ms: the spring was cold."),
        "timestamp": "2025-10-29T14:03:07+02:00",
        "url": format!("{WEB}/acme/rocket/commit/{number:040x}"),
        "author": { "name": "Ada", "email": "ada@example.com", "username": "ada" },
        "committer": { "name": "GitHub", "email": "noreply@github.com", "username": "web-flow" },
        "added": ["src/valve/spring.rs"],
        "removed": [],
        "modified": ["src/valve/mod.rs", "tests/it/valve.rs"],
    })
}

fn linked_pull_request() -> Value {
    let repository =
        json!({ "id": 1, "url": format!("{API}/repos/acme/rocket"), "name": "rocket" });
    json!({
        "url": format!("{API}/repos/acme/rocket/pulls/22"),
        "id": 279_147_437,
        "number": 22,
        "head": { "ref": "vt/DEV-CICDL-0031-phase2", "sha": SHA, "repo": repository },
        "base": { "ref": "main", "sha": SHA, "repo": repository },
    })
}

fn app() -> Value {
    let mut app = with_urls(
        json!({ "id": 15_368, "slug": "github-actions", "name": "GitHub Actions", "owner": account("github") }),
        &format!("{API}/apps/github-actions"),
        &["installations"],
    );
    app["permissions"] = json!({
        "actions": "write", "checks": "write", "contents": "write", "deployments": "write",
        "issues": "write", "metadata": "read", "pull_requests": "write", "statuses": "write",
    });
    app["events"] = json!(["check_run", "check_suite", "push", "workflow_dispatch"]);
    app
}

fn account(login: &str) -> Value {
    const PARTS: [&str; 10] = [
        "followers",
        "following",
        "gists",
        "starred",
        "subscriptions",
        "organizations",
        "repos",
        "events",
        "received_events",
        "avatar",
    ];
    let account = json!({
        "login": login,
        "id": 21_031_067,
        "node_id": "MDQ6VXNlcjIxMDMxMDY3",
        "type": "User",
        "site_admin": false,
        "html_url": format!("{WEB}/{login}"),
    });
    with_urls(account, &format!("{API}/users/{login}"), &PARTS)
}

fn repository() -> Value {
    const PARTS: [&str; 38] = [
        "archive",
        "assignees",
        "blobs",
        "branches",
        "collaborators",
        "comments",
        "commits",
        "compare",
        "contents",
        "contributors",
        "deployments",
        "downloads",
        "events",
        "forks",
        "git_commits",
        "git_refs",
        "git_tags",
        "hooks",
        "issue_comment",
        "issue_events",
        "issues",
        "keys",
        "labels",
        "languages",
        "merges",
        "milestones",
        "notifications",
        "pulls",
        "releases",
        "stargazers",
        "statuses",
        "subscribers",
        "subscription",
        "tags",
        "teams",
        "trees",
        "clone",
        "svn",
    ];
    let repository = json!({
        "id": 186_853_002,
        "node_id": "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=",
        "name": "rocket",
        "full_name": "acme/rocket",
        "private": false,
        "owner": account("acme"),
        "html_url": format!("{WEB}/acme/rocket"),
        "description": "A rocket, and what it needs to come back",
        "fork": false,
        "created_at": "2019-05-15T15:19:25Z",
        "updated_at": "2025-10-29T12:03:09Z",
        "pushed_at": "2025-10-29T12:03:07Z",
        "size": 4096,
        "stargazers_count": 12,
        "language": "Rust",
        "has_issues": true,
        "topics": ["rocket", "valve"],
        "visibility": "public",
        "default_branch": "main",
    });
    with_urls(repository, &format!("{API}/repos/acme/rocket"), &PARTS)
}

/// Adds a member `NAME_url` for each part, as all of GitHub's objects have them.
fn with_urls(object: Value, own: &str, parts: &[&str]) -> Value {
    let mut members: Map<String, Value> = match object {
        Value::Object(members) => members,
        other => return other,
    };
    for part in parts {
        members.insert(format!("{part}_url"), format!("{own}/{part}{{/id}}").into());
    }
    Value::Object(members)
}
