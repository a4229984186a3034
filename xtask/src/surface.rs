//! The public API: whose types it names, and whether it keeps what the last release promised.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::process;
use crate::project::Project;
use crate::provision::{CARGO_CHECK_EXTERNAL_TYPES, CARGO_SEMVER_CHECKS};

/// The packages that others build on.
const LIBRARIES: [&str; 3] = ["oasis-core", "oasis-sqlx", "oasis-axum"];

/// Does a public item name no type of another package, but for those that its manifest allows?
///
/// The manifest's list is `allowed_external_types` below `package.metadata`.
pub(crate) fn external_types(project: &Project) -> Result<()> {
    let format = json_format(project)?;
    if format != READ_FORMAT {
        let why = format!(
            "this rustdoc writes its JSON in format {format}, and only {READ_FORMAT}, that of Rust 1.95, is read"
        );
        // A new compiler breaks nobody's build; where changes are judged it has to be looked at.
        ensure!(!project.is_ci(), "{why}");
        println!("NOT CHECKED: {why}");
        return Ok(());
    }
    let checker = CARGO_CHECK_EXTERNAL_TYPES.find_or_install(project)?;
    for library in LIBRARIES {
        let mut check = project.program(&checker);
        check
            .args(["check-external-types", "--all-features", "--manifest-path"])
            .arg(project.root().join(library).join("Cargo.toml"))
            .env("RUSTDOC", rustdoc(project));
        process::run(&mut check)?;
    }
    Ok(())
}

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

/// The newest tag of a release that is an ancestor.
fn last_release(project: &Project) -> Option<String> {
    let list = ["tag", "--list", "v[0-9]*", "--merged", "HEAD", "--sort", "-version:refname"];
    let tags = process::ask(project.program("git").args(list))?;
    tags.lines().next().map(str::to_owned)
}

/// The format that the pinned checker reads.
const READ_FORMAT: u32 = 57;

/// The format in which this toolchain's rustdoc writes JSON.
fn json_format(project: &Project) -> Result<u32> {
    #[derive(Deserialize)]
    struct Written {
        format_version: u32,
    }
    let folder = project.made("surface");
    std::fs::create_dir_all(&folder).context("can't make a folder for rustdoc's JSON")?;
    std::fs::write(folder.join("empty.rs"), "").context("can't write an empty source")?;
    let mut rustdoc = project.program(rustdoc(project));
    rustdoc.current_dir(&folder).args(["empty.rs", "--out-dir", "."]);
    rustdoc.args(["-Z", "unstable-options", "--output-format", "json"]);
    process::run(&mut rustdoc)?;
    let json = std::fs::read(folder.join("empty.json")).context("rustdoc wrote no JSON")?;
    let written: Written = serde_json::from_slice(&json).context("rustdoc's JSON is none")?;
    Ok(written.format_version)
}

fn rustdoc(project: &Project) -> PathBuf {
    project.root().join("xtask/src/rustdoc.sh")
}
