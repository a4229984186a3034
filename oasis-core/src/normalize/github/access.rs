//! Who may do what: keys, members, teams and tokens.

use super::super::decide::Action;
use super::rule::{DEFAULT, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "deploy_key",
        module: "ACCESS",
        reference: &["key.title"],
        link: &["{repository.html_url}/settings/keys"],
        time: &[("key.created_at", &["created"])],
        meta: &[("key", "key.title"), ("key_id", "key.id"), ("read_only", "key.read_only")],
        ..DEFAULT
    },
    Rule {
        event: "member",
        module: "ACCESS",
        reference: &["member.login"],
        link: &["member.html_url"],
        meta: &[("member", "member.login")],
        ..DEFAULT
    },
    Rule {
        event: "membership",
        module: "ACCESS",
        reference: &["team.name", "member.login"],
        link: &["team.html_url", "member.html_url"],
        meta: &[("member", "member.login"), ("team", "team.name")],
        ..DEFAULT
    },
    Rule {
        event: "org_block",
        module: "ACCESS",
        reference: &["blocked_user.login"],
        link: &["blocked_user.html_url"],
        meta: &[("member", "blocked_user.login")],
        ..DEFAULT
    },
    Rule {
        event: "organization",
        module: "ACCESS",
        reference: &["membership.user.login", "invitation.login", "organization.login"],
        link: &["membership.user.html_url", "user.html_url"],
        time: &[("invitation.created_at", &["member_invited"])],
        meta: &[
            ("from", "changes.login.from"),
            ("member", "membership.user.login"),
            ("member", "invitation.login"),
            ("role", "membership.role"),
            ("role", "invitation.role"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "personal_access_token_request",
        module: "ACCESS",
        reference: &[
            "personal_access_token_request.token_name",
            "personal_access_token_request.id",
        ],
        time: &[("personal_access_token_request.created_at", &["created"])],
        meta: &[
            ("owner", "personal_access_token_request.owner.login"),
            ("request_id", "personal_access_token_request.id"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "team",
        module: "ACCESS",
        reference: &["team.name"],
        link: &["team.html_url"],
        meta: &[("permission", "team.permission"), ("team", "team.name")],
        ..DEFAULT
    },
    Rule {
        event: "team_add",
        module: "ACCESS",
        action: Action::Always("team-added"),
        reference: &["team.name"],
        link: &["team.html_url"],
        meta: &[("permission", "team.permission"), ("team", "team.name")],
        ..DEFAULT
    },
    Rule {
        event: "user",
        module: "ACCESS",
        reference: &["user.login"],
        link: &["user.html_url"],
        meta: &[("member", "user.login")],
        ..DEFAULT
    },
];
