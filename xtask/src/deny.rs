//! What the dependencies may be: `deny.toml` says it, cargo-deny checks it.

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::provision::CARGO_DENY;

/// Are licences, bans and sources as `deny.toml` allows?
///
/// Known vulnerabilities are not asked for: that needs a database from the network and changes
/// without a commit, so it would make an old commit fail that passed.
pub(crate) fn run(project: &Project) -> Result<()> {
    let cargo_deny = CARGO_DENY.find_or_install(project)?;
    process::run(project.program(cargo_deny).args([
        "--all-features",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]))
}
