//! What the core may never pull in, however deep.

use anyhow::Result;

use crate::process;
use crate::project::Project;

/// A runtime, a server, a database, a binding, a log: whoever embeds the core has their own.
const HOSTS: [&str; 7] = ["axum", "http", "pyo3", "reqwest", "sqlx", "tokio", "tracing-subscriber"];

/// Task ids are found without one: a pattern of somebody's own must not make a delivery slow.
const ENGINES: [&str; 2] = ["regex", "regex-automata"];

/// What of these is in the core's normal dependencies, with all its features and on any platform.
pub(super) fn faults(project: &Project) -> Result<Vec<String>> {
    let mut tree = project.cargo("tree");
    tree.args(["--package", "oasis-core", "--edges", "normal"])
        .args(["--all-features", "--target", "all"])
        .args(["--prefix", "none", "--format", "{p}"]);
    let text = process::capture(&mut tree)?;
    let named = |host: &&str| text.lines().any(|line| line.split_whitespace().next() == Some(host));
    Ok(HOSTS
        .iter()
        .chain(&ENGINES)
        .filter(|host| named(host))
        .map(|host| {
            format!("oasis-core pulls in {host}; `cargo tree -p oasis-core -i {host}` shows how")
        })
        .collect())
}
