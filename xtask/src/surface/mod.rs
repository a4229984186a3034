//! The public API: whose types it names, whether it shows how it is used, and whether it keeps what
//! the last release promised.

mod examples;
mod semver;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::process;
use crate::project::Project;
use crate::provision::CARGO_CHECK_EXTERNAL_TYPES;

pub(crate) use semver::{Baseline, semver};

/// The packages that others build on.
const LIBRARIES: [&str; 3] = ["oasis-core", "oasis-sqlx", "oasis-axum"];

/// Does a public item name no type of another package, but for those that its manifest allows, and
/// does each of the core's have an example?
///
/// The manifest's list is `allowed_external_types` below `package.metadata`.
pub(crate) fn run(project: &Project) -> Result<()> {
    let format = json_format(project)?;
    if format != READ_FORMAT {
        let why = format!(
            "this rustdoc writes its JSON in format {format}, and only {READ_FORMAT} is read, that of Rust 1.95"
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
    examples::shown(project)
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
