//! What the dependencies may be: `deny.toml` says it, cargo-deny checks it.

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::provision::CARGO_DENY;
use crate::supply;

/// Are licences, bans and sources as `deny.toml` allows?
///
/// Known vulnerabilities are [asked for elsewhere](advisories): that needs a database from the
/// network and changes without a commit, so it would make an old commit fail that passed.
pub(crate) fn run(project: &Project) -> Result<()> {
    supply::locked(project)?;
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

/// Is a known vulnerability in what is locked, of the workspace and of its islands?
pub(crate) fn advisories(project: &Project) -> Result<()> {
    let cargo_deny = CARGO_DENY.find_or_install(project)?;
    for island in [".", "benches", "fuzz"] {
        let mut check = project.program(&cargo_deny);
        check.args(["--all-features", "check", "advisories"]);
        process::run(check.current_dir(project.root().join(island)))?;
    }
    Ok(())
}
