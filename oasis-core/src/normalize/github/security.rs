//! Alerts and advisories: what was found, and that it is no more.

use super::super::decide::StatusRule;
use super::super::git_ref::GitRef;
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "code_scanning_alert",
        module: "SECURITY",
        status: StatusRule::Word {
            places: &["action"],
            words: &[
                ("created", Status::Warning),
                ("reopened", Status::Warning),
                ("reopened_by_user", Status::Warning),
                ("appeared_in_branch", Status::Warning),
                ("fixed", Status::Success),
            ],
            other: Status::Info,
        },
        reference: &["ref", "alert.most_recent_instance.ref"],
        link: &["alert.html_url"],
        time: &[
            ("alert.updated_at", EVERY),
            ("alert.fixed_at", &["fixed"]),
            ("alert.dismissed_at", &["closed_by_user"]),
            ("alert.created_at", &["created"]),
        ],
        git_ref: Some(GitRef { name: "ref", kind: None }),
        meta: &[
            ("alert_number", "alert.number"),
            ("branch", "alert.most_recent_instance.ref"),
            ("rule", "alert.rule.id"),
            ("severity", "alert.rule.security_severity_level"),
            ("severity", "alert.rule.severity"),
            ("sha", "commit_oid"),
            ("state", "alert.state"),
            ("tool", "alert.tool.name"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "dependabot_alert",
        module: "SECURITY",
        status: StatusRule::Word {
            places: &["action"],
            words: &[
                ("created", Status::Warning),
                ("reopened", Status::Warning),
                ("reintroduced", Status::Warning),
                ("auto_reopened", Status::Warning),
                ("fixed", Status::Success),
            ],
            other: Status::Info,
        },
        reference: &["alert.dependency.manifest_path", "#{alert.number}"],
        link: &["alert.html_url"],
        time: &[("alert.updated_at", EVERY), ("alert.created_at", &["created"])],
        meta: &[
            ("alert_number", "alert.number"),
            ("ghsa_id", "alert.security_advisory.ghsa_id"),
            ("package_name", "alert.dependency.package.name"),
            ("severity", "alert.security_advisory.severity"),
            ("state", "alert.state"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "secret_scanning_alert",
        module: "SECURITY",
        status: StatusRule::Word {
            places: &["action"],
            words: &[
                ("created", Status::Warning),
                ("reopened", Status::Warning),
                ("validated", Status::Warning),
                ("publicly_leaked", Status::Error),
                ("resolved", Status::Success),
                ("revoked", Status::Success),
            ],
            other: Status::Info,
        },
        reference: &["#{alert.number}"],
        link: &["alert.html_url"],
        time: &[
            ("alert.updated_at", EVERY),
            ("alert.resolved_at", &["resolved", "revoked"]),
            ("alert.created_at", &["created"]),
        ],
        meta: &[
            ("alert_number", "alert.number"),
            ("resolution", "alert.resolution"),
            ("secret_type", "alert.secret_type"),
            ("state", "alert.state"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "secret_scanning_alert_location",
        module: "SECURITY",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("created", Status::Warning)],
            other: Status::Info,
        },
        reference: &["#{alert.number}"],
        link: &["alert.html_url"],
        meta: &[
            ("alert_number", "alert.number"),
            ("location_type", "location.type"),
            ("path", "location.details.path"),
            ("secret_type", "alert.secret_type"),
            ("sha", "location.details.commit_sha"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "secret_scanning_scan",
        module: "SECURITY",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("completed", Status::Success)],
            other: Status::Info,
        },
        reference: &["type"],
        link: &["{repository.html_url}/security"],
        time: &[("completed_at", &["completed"])],
        meta: &[("scanned", "source"), ("started_at", "started_at")],
        ..DEFAULT
    },
    Rule {
        event: "repository_vulnerability_alert",
        module: "SECURITY",
        status: StatusRule::Word {
            places: &["action"],
            words: &[
                ("create", Status::Warning),
                ("reopen", Status::Warning),
                ("resolve", Status::Success),
            ],
            other: Status::Info,
        },
        reference: &["alert.affected_package_name"],
        link: &["{repository.html_url}/security"],
        time: &[
            ("alert.created_at", &["create"]),
            ("alert.dismissed_at", &["dismiss"]),
            ("alert.fixed_at", &["resolve"]),
        ],
        meta: &[
            ("alert_number", "alert.number"),
            ("ghsa_id", "alert.ghsa_id"),
            ("package_name", "alert.affected_package_name"),
            ("severity", "alert.severity"),
            ("state", "alert.state"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "security_advisory",
        module: "SECURITY",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("published", Status::Warning), ("updated", Status::Warning)],
            other: Status::Info,
        },
        reference: &["security_advisory.ghsa_id"],
        link: &["https://github.com/advisories/{security_advisory.ghsa_id}"],
        time: &[
            ("security_advisory.withdrawn_at", &["withdrawn"]),
            ("security_advisory.updated_at", EVERY),
            ("security_advisory.published_at", &["published"]),
        ],
        meta: &[
            ("cve_id", "security_advisory.cve_id"),
            ("ghsa_id", "security_advisory.ghsa_id"),
            ("severity", "security_advisory.severity"),
            ("summary", "security_advisory.summary"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "repository_advisory",
        module: "SECURITY",
        status: StatusRule::Word {
            places: &["action"],
            words: &[("published", Status::Warning), ("reported", Status::Warning)],
            other: Status::Info,
        },
        reference: &["repository_advisory.ghsa_id"],
        link: &["repository_advisory.html_url"],
        time: &[
            ("repository_advisory.updated_at", EVERY),
            ("repository_advisory.published_at", &["published"]),
        ],
        meta: &[
            ("cve_id", "repository_advisory.cve_id"),
            ("ghsa_id", "repository_advisory.ghsa_id"),
            ("severity", "repository_advisory.severity"),
            ("state", "repository_advisory.state"),
            ("summary", "repository_advisory.summary"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "security_and_analysis",
        module: "SECURITY",
        reference: &["repository.full_name"],
        ..DEFAULT
    },
];
