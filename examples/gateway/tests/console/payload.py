"""Payloads as GitHub sends them, as short as the rules need them."""

import time

from gateway import moment

REPOSITORY = {"full_name": "acme/shop", "html_url": "https://github.com/acme/shop"}
TASK = "DEV-CICDL-0031"


def push(branch="main", message="Tidy up", ago=0, sha="3f1c9f6d2b7a4e80915c6d7e8f9a0b1c2d3e4f50"):
    commit = {"id": sha, "message": message}
    return {
        "ref": f"refs/heads/{branch}",
        "after": sha,
        "compare": f"https://github.com/acme/shop/commit/{sha}",
        "pusher": {"name": "dana"},
        "commits": [commit],
        "head_commit": commit,
        "repository": {**REPOSITORY, "pushed_at": int(time.time() - ago)},
    }


def pull_request(number=22, action="opened", title=f"[VTID {TASK}] Retry failed uploads", branch="x", ago=0, merged=False):
    return {
        "action": action,
        "number": number,
        "pull_request": {
            "number": number,
            "title": title,
            "html_url": f"https://github.com/acme/shop/pull/{number}",
            "state": "closed" if merged else "open",
            "merged": merged,
            "created_at": moment(ago),
            "updated_at": moment(ago),
            "user": {"login": "dana"},
            "base": {"ref": "main"},
            "head": {"ref": branch, "sha": "8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b"},
        },
        "repository": REPOSITORY,
    }


def run(number, state, branch=f"vt/{TASK}-x", name="CI", ago=0, started=None):
    done = state not in ("queued", "in_progress")
    return {
        "action": {"queued": "requested", "in_progress": "in_progress"}.get(state, "completed"),
        "workflow_run": {
            "id": 9_000_000_000 + number,
            "name": name,
            "run_number": number,
            "run_attempt": 1,
            "status": "completed" if done else state,
            "conclusion": state if done else None,
            "head_sha": "8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b",
            "head_branch": branch,
            "display_title": "Retry failed uploads",
            "html_url": f"https://github.com/acme/shop/actions/runs/{number}",
            "updated_at": moment(ago),
            "run_started_at": moment(started) if started else None,
        },
        "repository": REPOSITORY,
    }


def check(name, conclusion, branch=f"vt/{TASK}-x", ago=0, took=60):
    return {
        "action": "completed",
        "check_run": {
            "id": 77,
            "name": name,
            "status": "completed",
            "conclusion": conclusion,
            "head_sha": "8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b",
            "html_url": "https://github.com/acme/shop/runs/77",
            "started_at": moment(ago + took),
            "completed_at": moment(ago),
            "check_suite": {"id": 7, "head_branch": branch},
            "pull_requests": [],
        },
        "repository": REPOSITORY,
    }


def deployment(state, environment="production", ago=0, branch=f"vt/{TASK}-x"):
    return {
        "action": "created",
        "deployment_status": {
            "state": state,
            "created_at": moment(ago),
            "updated_at": moment(ago),
            "log_url": "https://github.com/acme/shop/deployments",
        },
        "deployment": {
            "id": 5150,
            "ref": branch,
            "sha": "8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b",
            "environment": environment,
        },
        "repository": REPOSITORY,
    }
