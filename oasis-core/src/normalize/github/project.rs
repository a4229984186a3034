//! Project boards, the old ones and the new ones.

use super::rule::{DEFAULT, EVERY, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        event: "project",
        module: "PROJECT",
        reference: &["project.name", "#{project.number}"],
        link: &["project.html_url"],
        time: &[("project.updated_at", EVERY)],
        meta: &[
            ("project", "project.name"),
            ("project_number", "project.number"),
            ("state", "project.state"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "project_card",
        module: "PROJECT",
        reference: &["project_card.id"],
        time: &[("project_card.updated_at", EVERY)],
        meta: &[
            ("card_id", "project_card.id"),
            ("column_id", "project_card.column_id"),
            ("note", "project_card.note"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "project_column",
        module: "PROJECT",
        reference: &["project_column.name", "project_column.id"],
        time: &[("project_column.updated_at", EVERY)],
        meta: &[("column", "project_column.name"), ("column_id", "project_column.id")],
        ..DEFAULT
    },
    Rule {
        event: "projects_v2",
        module: "PROJECT",
        reference: &["projects_v2.title", "#{projects_v2.number}"],
        time: &[("projects_v2.updated_at", EVERY)],
        meta: &[("project", "projects_v2.title"), ("project_number", "projects_v2.number")],
        ..DEFAULT
    },
    Rule {
        event: "projects_v2_item",
        module: "PROJECT",
        reference: &["projects_v2_item.id"],
        time: &[("projects_v2_item.updated_at", EVERY)],
        meta: &[
            ("content_type", "projects_v2_item.content_type"),
            ("field", "changes.field_value.field_name"),
            ("item_id", "projects_v2_item.id"),
            ("project_number", "changes.field_value.project_number"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "projects_v2_status_update",
        module: "PROJECT",
        reference: &["projects_v2_status_update.id"],
        time: &[("projects_v2_status_update.updated_at", EVERY)],
        meta: &[
            ("state", "projects_v2_status_update.status"),
            ("target_date", "projects_v2_status_update.target_date"),
            ("update_id", "projects_v2_status_update.id"),
        ],
        ..DEFAULT
    },
];
