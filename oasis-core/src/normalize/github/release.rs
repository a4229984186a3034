//! What is given out: releases, packages, pages.

use super::super::decide::{Action, StatusRule};
use super::super::place::Place::{Body, Branch, Field, Tag};
use super::rule::{DEFAULT, EVERY, Rule};
use crate::event::Status;

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "release",
        module: "RELEASE",
        status: StatusRule::Word {
            places: &["action"],
            words: &[
                ("published", Status::Success),
                ("released", Status::Success),
                ("prereleased", Status::Success),
                ("unpublished", Status::Warning),
                ("deleted", Status::Warning),
            ],
            other: Status::Info,
        },
        reference: &["release.tag_name"],
        link: &["release.html_url"],
        // `created_at` is the time of the commit, not of the release.
        time: &[
            ("release.updated_at", EVERY),
            ("release.published_at", &["published", "released", "prereleased"]),
        ],
        vtid: &[
            (Branch, "release.target_commitish"),
            (Tag, "release.tag_name"),
            (Body, "release.body"),
            (Field, "release.name"),
        ],
        meta: &[
            ("author", "release.author.login"),
            ("branch", "release.target_commitish"),
            ("draft", "release.draft"),
            ("prerelease", "release.prerelease"),
            ("release_id", "release.id"),
            ("release_name", "release.name"),
            ("tag", "release.tag_name"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "package",
        module: "PACKAGE",
        status: PUBLISHED,
        reference: &[
            "package.package_version.release.tag_name",
            "package.package_version.version",
            "package.package_version.name",
            "package.name",
        ],
        link: &["package.package_version.html_url", "package.html_url"],
        time: &[("package.package_version.updated_at", EVERY), ("package.updated_at", EVERY)],
        vtid: &[
            (Branch, "package.package_version.target_commitish"),
            (Tag, "package.package_version.release.tag_name"),
            (Tag, "package.package_version.container_metadata.tag.name"),
            (Body, "package.package_version.body"),
        ],
        meta: &[
            ("branch", "package.package_version.target_commitish"),
            ("package_name", "package.name"),
            ("package_type", "package.package_type"),
            ("sha", "package.package_version.target_oid"),
            ("tag", "package.package_version.release.tag_name"),
            ("tag", "package.package_version.container_metadata.tag.name"),
            ("version", "package.package_version.version"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "registry_package",
        module: "PACKAGE",
        status: PUBLISHED,
        reference: &[
            "registry_package.package_version.release.tag_name",
            "registry_package.package_version.version",
            "registry_package.package_version.name",
            "registry_package.name",
        ],
        link: &["registry_package.package_version.html_url", "registry_package.html_url"],
        time: &[
            ("registry_package.package_version.updated_at", EVERY),
            ("registry_package.updated_at", EVERY),
        ],
        vtid: &[
            (Branch, "registry_package.package_version.target_commitish"),
            (Tag, "registry_package.package_version.release.tag_name"),
            (Tag, "registry_package.package_version.container_metadata.tag.name"),
            (Body, "registry_package.package_version.body"),
        ],
        meta: &[
            ("branch", "registry_package.package_version.target_commitish"),
            ("package_name", "registry_package.name"),
            ("package_type", "registry_package.package_type"),
            ("sha", "registry_package.package_version.target_oid"),
            ("tag", "registry_package.package_version.release.tag_name"),
            ("tag", "registry_package.package_version.container_metadata.tag.name"),
            ("version", "registry_package.package_version.version"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "page_build",
        module: "PAGES",
        action: Action::First(&[(&[], "{build.status}")]),
        status: StatusRule::Word {
            places: &["build.status"],
            words: &[
                ("built", Status::Success),
                ("errored", Status::Error),
                ("building", Status::InProgress),
                ("queued", Status::Queued),
            ],
            other: Status::Warning,
        },
        reference: &["build.commit"],
        time: &[("build.updated_at", EVERY), ("build.created_at", EVERY)],
        meta: &[
            ("build_id", "id"),
            ("duration_ms", "build.duration"),
            ("error", "build.error.message"),
            ("sha", "build.commit"),
            ("state", "build.status"),
        ],
        ..DEFAULT
    },
];

const PUBLISHED: StatusRule = StatusRule::Word {
    places: &["action"],
    words: &[("published", Status::Success)],
    other: Status::Info,
};
