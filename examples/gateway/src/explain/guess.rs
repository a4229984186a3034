//! Which of GitHub's events a payload is, by the members that it has.

use anyhow::Result;
use serde_json::{Map, Value};

use crate::usage::WrongUsage;

/// The one event that a payload can be.
///
/// # Errors
/// When it can be several or none, with what to do.
pub(super) fn event(payload: Option<&Map<String, Value>>) -> Result<&'static str> {
    let Some(payload) = payload else {
        return Err(WrongUsage::error(
            "the payload is no JSON object: name its event with --event",
        ));
    };
    let has = |name: &&str| payload.contains_key(*name);
    let fits = |shape: &&Shape| shape.has.iter().all(has) && !shape.lacks.iter().any(has);
    let found: Vec<_> = SHAPES.iter().filter(fits).map(|shape| shape.event).collect();
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(WrongUsage::error(
            "the payload doesn't show which event it is: name it with --event, as GitHub does in \
             X-GitHub-Event",
        )),
        several => Err(WrongUsage::error(format!(
            "the payload could be {}: say which with --event, as GitHub does in X-GitHub-Event",
            several.join(" or ")
        ))),
    }
}

/// What the payloads of an event have and no other event's have.
struct Shape {
    event: &'static str,
    has: &'static [&'static str],
    lacks: &'static [&'static str],
}

const fn shape(
    event: &'static str,
    has: &'static [&'static str],
    lacks: &'static [&'static str],
) -> Shape {
    Shape { event, has, lacks }
}

/// Events of which nothing in the payload tells, such as `watch`, are not here.
#[rustfmt::skip] // one line for each event
const SHAPES: &[Shape] = &[
    shape("branch_protection_rule", &["rule", "action"], &[]),
    shape("check_run", &["check_run", "action"], &["deployment"]),
    shape("check_suite", &["check_suite", "action"], &[]),
    shape("code_scanning_alert", &["alert", "commit_oid"], &[]),
    shape("commit_comment", &["comment"], &["issue", "pull_request", "discussion"]),
    shape("create", &["ref", "ref_type", "master_branch"], &[]),
    shape("custom_property", &["definition"], &[]),
    shape("custom_property_values", &["new_property_values"], &[]),
    shape("delete", &["ref", "ref_type"], &["master_branch"]),
    shape("dependabot_alert", &["alert"], &["commit_oid", "location"]),
    shape("deploy_key", &["key", "action"], &[]),
    shape("deployment", &["deployment"], &["check_run", "deployment_callback_url", "deployment_status", "workflow_job"]),
    shape("deployment_protection_rule", &["deployment_callback_url"], &[]),
    shape("deployment_review", &["reviewers", "since", "workflow_run"], &[]),
    shape("deployment_status", &["deployment", "deployment_status"], &[]),
    shape("discussion", &["discussion"], &["comment"]),
    shape("discussion_comment", &["discussion", "comment"], &[]),
    shape("fork", &["forkee"], &[]),
    shape("gollum", &["pages"], &[]),
    shape("installation_repositories", &["repositories_added", "repositories_removed"], &[]),
    shape("integration_installation_repositories", &["repositories_added", "repositories_removed"], &[]),
    shape("issue_comment", &["issue", "comment"], &[]),
    shape("issues", &["issue", "action"], &["blocked_issue", "blocking_issue", "comment", "parent_issue", "sub_issue"]),
    shape("label", &["label", "action"], &["discussion", "issue", "pull_request"]),
    shape("marketplace_purchase", &["marketplace_purchase"], &[]),
    shape("member", &["member"], &["team"]),
    shape("membership", &["member", "team", "scope"], &[]),
    shape("merge_group", &["merge_group"], &[]),
    shape("meta", &["hook", "hook_id"], &["zen"]),
    shape("milestone", &["milestone", "action"], &["issue", "pull_request"]),
    shape("org_block", &["blocked_user"], &[]),
    shape("package", &["package"], &[]),
    shape("page_build", &["build", "id"], &[]),
    shape("personal_access_token_request", &["personal_access_token_request"], &[]),
    shape("ping", &["zen", "hook_id"], &[]),
    shape("project", &["project"], &[]),
    shape("project_card", &["project_card"], &[]),
    shape("project_column", &["project_column"], &[]),
    shape("projects_v2", &["projects_v2"], &[]),
    shape("projects_v2_item", &["projects_v2_item"], &[]),
    shape("projects_v2_status_update", &["projects_v2_status_update"], &[]),
    shape("pull_request", &["pull_request", "number", "action"], &["comment", "review", "thread"]),
    shape("pull_request_review", &["pull_request", "review"], &[]),
    shape("pull_request_review_comment", &["pull_request", "comment"], &[]),
    shape("pull_request_review_thread", &["pull_request", "thread"], &[]),
    shape("push", &["ref", "before", "after", "commits"], &[]),
    shape("registry_package", &["registry_package"], &[]),
    shape("release", &["release", "action"], &[]),
    shape("repository_advisory", &["repository_advisory"], &[]),
    shape("repository_dispatch", &["branch", "client_payload"], &[]),
    shape("repository_ruleset", &["repository_ruleset"], &[]),
    shape("repository_vulnerability_alert", &["alert"], &["commit_oid", "location"]),
    shape("secret_scanning_alert", &["alert"], &["commit_oid", "location"]),
    shape("secret_scanning_alert_location", &["alert", "location"], &[]),
    shape("secret_scanning_scan", &["secret_types", "completed_at"], &[]),
    shape("security_advisory", &["security_advisory"], &[]),
    shape("sponsorship", &["sponsorship"], &[]),
    shape("star", &["starred_at"], &[]),
    shape("status", &["sha", "state", "context"], &[]),
    shape("team", &["team", "action"], &["member"]),
    shape("team_add", &["team", "repository"], &["action", "member"]),
    shape("workflow_dispatch", &["inputs", "ref", "workflow"], &[]),
    shape("workflow_job", &["workflow_job", "action"], &[]),
    shape("workflow_run", &["workflow_run", "workflow"], &["deployment", "workflow_job"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(payload: &str) -> Option<&'static str> {
        event(serde_json::from_str(payload).ok().as_ref()).ok()
    }

    #[test]
    fn the_shape_tells_the_event_where_only_one_has_it() {
        for (payload, expected) in [
            (r#"{"zen":"","hook_id":1,"hook":{}}"#, Some("ping")),
            (r#"{"action":"deleted","hook_id":1,"hook":{}}"#, Some("meta")),
            (r#"{"action":"opened","issue":{}}"#, Some("issues")),
            (r#"{"action":"created","issue":{},"comment":{}}"#, Some("issue_comment")),
            (r#"{"action":"labeled","label":{},"issue":{}}"#, Some("issues")),
            (r#"{"action":"created","label":{}}"#, Some("label")),
            (
                r#"{"action":"submitted","pull_request":{},"review":{}}"#,
                Some("pull_request_review"),
            ),
            (r#"{"action":"created","alert":{}}"#, None),
            (r#"{"action":"started"}"#, None),
            ("[]", None),
        ] {
            assert_eq!(guessed(payload), expected, "{payload}");
        }
    }

    #[test]
    fn each_event_has_one_shape() {
        for (n, shape) in SHAPES.iter().enumerate() {
            assert!(
                SHAPES.iter().skip(n + 1).all(|other| other.event != shape.event),
                "{}",
                shape.event
            );
        }
    }
}
