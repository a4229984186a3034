//! How a task goes: what happens, and how many minutes after its start.

use Step::{Check, Close, Deploy, Issue, Merge, Open, Push, Review, Run, Update};

/// One thing that happens to a task.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// Somebody says what is wrong.
    Issue,
    /// The n-th commit is pushed; the first makes the branch.
    Push {
        n: u64,
        message: &'static str,
    },
    /// The pull request is opened.
    Open,
    /// It gets the n-th commit.
    Update {
        n: u64,
    },
    Review {
        state: &'static str,
    },
    /// The n-th run, over the n-th commit.
    Run {
        n: u64,
        state: &'static str,
    },
    Check {
        n: u64,
        name: &'static str,
        conclusion: &'static str,
    },
    /// The pull request is merged, and the merge is on main.
    Merge,
    /// It is closed without being merged.
    Close,
    /// A deployment of what was merged.
    Deploy {
        environment: &'static str,
        state: &'static str,
    },
}

pub(crate) type Plot = &'static [(i64, Step)];

/// Everything works.
#[rustfmt::skip] // one line for each step
pub(super) const STRAIGHT: Plot = &[
    (0, Push { n: 0, message: "Say it in one place" }),
    (1, Open),
    (1, Run { n: 0, state: "queued" }),
    (2, Run { n: 0, state: "in_progress" }),
    (3, Check { n: 0, name: "lint", conclusion: "success" }),
    (7, Run { n: 0, state: "success" }),
    (19, Review { state: "approved" }),
    (22, Merge),
    (23, Deploy { environment: "production", state: "in_progress" }),
    (26, Deploy { environment: "production", state: "success" }),
];

/// A check fails and is fixed.
#[rustfmt::skip]
pub(super) const FIXED: Plot = &[
    (0, Push { n: 0, message: "Retry failed uploads with a backoff" }),
    (2, Open),
    (2, Run { n: 0, state: "queued" }),
    (4, Check { n: 0, name: "lint", conclusion: "failure" }),
    (6, Run { n: 0, state: "failure" }),
    (21, Push { n: 1, message: "Give up after five tries" }),
    (21, Update { n: 1 }),
    (22, Run { n: 1, state: "in_progress" }),
    (23, Check { n: 1, name: "lint", conclusion: "success" }),
    (26, Run { n: 1, state: "success" }),
    (35, Review { state: "approved" }),
    (48, Merge),
    (49, Deploy { environment: "staging", state: "success" }),
    (50, Deploy { environment: "production", state: "in_progress" }),
    (52, Deploy { environment: "production", state: "success" }),
];

/// Changes are asked for, and the first deployment fails.
#[rustfmt::skip]
pub(super) const REVIEWED: Plot = &[
    (0, Push { n: 0, message: "A first attempt" }),
    (1, Open),
    (2, Run { n: 0, state: "in_progress" }),
    (6, Run { n: 0, state: "success" }),
    (15, Review { state: "changes_requested" }),
    (31, Push { n: 1, message: "As the review wants it" }),
    (31, Update { n: 1 }),
    (36, Run { n: 1, state: "success" }),
    (44, Review { state: "approved" }),
    (45, Merge),
    (47, Deploy { environment: "production", state: "failure" }),
    (58, Deploy { environment: "production", state: "success" }),
];

/// Nobody makes it work, so it is given up.
#[rustfmt::skip]
pub(super) const ABANDONED: Plot = &[
    (0, Push { n: 0, message: "An idea" }),
    (1, Open),
    (3, Run { n: 0, state: "in_progress" }),
    (9, Run { n: 0, state: "failure" }),
    (30, Close),
];

/// It is still red.
#[rustfmt::skip]
pub(super) const RED: Plot = &[
    (0, Issue),
    (8, Push { n: 0, message: "Measure first" }),
    (9, Open),
    (10, Run { n: 0, state: "in_progress" }),
    (12, Check { n: 0, name: "unit tests", conclusion: "failure" }),
    (14, Run { n: 0, state: "failure" }),
];
