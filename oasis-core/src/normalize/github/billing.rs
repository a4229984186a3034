//! What is bought and sponsored.

use super::rule::{DEFAULT, Rule};

pub(super) static RULES: &[Rule] = &[
    // The date of both may lie ahead: a change that is only planned takes effect later.
    Rule {
        event: "marketplace_purchase",
        module: "BILLING",
        reference: &["marketplace_purchase.account.login"],
        meta: &[
            ("account", "marketplace_purchase.account.login"),
            ("effective_date", "effective_date"),
            ("plan", "marketplace_purchase.plan.name"),
        ],
        ..DEFAULT
    },
    Rule {
        event: "sponsorship",
        module: "BILLING",
        reference: &["sponsorship.sponsorable.login", "sponsorship.maintainer.login"],
        link: &["sponsorship.sponsorable.html_url", "sponsorship.maintainer.html_url"],
        time: &[("sponsorship.created_at", &["created"])],
        meta: &[
            ("effective_date", "effective_date"),
            ("plan", "sponsorship.tier.name"),
            ("sponsor", "sponsorship.sponsor.login"),
        ],
        ..DEFAULT
    },
];
