//! Whether the public API keeps what the last release promised.

use anyhow::{Result, ensure};

use super::LIBRARIES;
use crate::process;
use crate::project::Project;
use crate::provision::CARGO_SEMVER_CHECKS;

/// What to compare with.
#[derive(Debug, clap::Args)]
pub(crate) struct Baseline {
    /// A tag or a revision; without one the newest release that this one comes after.
    revision: Option<String>,
}

/// Is what changed in the public API since a release allowed by the version that the manifests have?
pub(crate) fn semver(project: &Project, baseline: &Baseline) -> Result<()> {
    let Some(revision) = baseline.revision.clone().or_else(|| last_release(project)) else {
        println!(
            "NOTHING TO COMPARE WITH: no tag `v1.2.3` stands on what this comes after, so there was no \
             release yet. Name a revision: `cargo xtask semver REVISION`."
        );
        return Ok(());
    };
    let commit = format!("{revision}^{{commit}}");
    let mut known = project.program("git");
    known.args(["rev-parse", "--quiet", "--verify", &commit]);
    ensure!(process::ask(&mut known).is_some(), "git knows no revision {revision}");

    let checker = CARGO_SEMVER_CHECKS.find_or_install(project)?;
    let mut check = project.program(checker);
    check.args(["semver-checks", "check-release", "--all-features"]);
    check.args(["--baseline-rev", &revision]);
    for library in LIBRARIES {
        check.args(["--package", library]);
    }
    process::run(&mut check)
}

/// The newest tag of a release that this comes after; its own tag, where it has one, is no baseline.
fn last_release(project: &Project) -> Option<String> {
    let mut list = project.program("git");
    list.args(["tag", "--list", "v[0-9]*", "--merged", "HEAD", "--no-contains", "HEAD"]);
    let tags = process::ask(list.args(["--sort", "-version:refname"]))?;
    tags.lines().next().map(str::to_owned)
}
