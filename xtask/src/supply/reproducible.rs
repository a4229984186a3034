//! The release build, twice.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::project::Project;

/// Does the gateway's release build give the same bytes in two places?
///
/// The sources are checked out twice, into folders whose names have not the same length, and built by
/// the script that makes releases.
pub(crate) fn run(project: &Project) -> Result<()> {
    let place = project.made("reproducible");
    if place.exists() {
        fs::remove_dir_all(&place).context("can't delete what the last run left")?;
    }
    let first = built(project, &place.join("here"))?;
    let second = built(project, &place.join("quite/another/place"))?;
    process::run(project.program("sha256sum").args([&first, &second]))?;
    ensure!(
        read(&first)? == read(&second)?,
        "two builds of the same sources differ: {} and {}",
        first.display(),
        second.display()
    );
    fs::remove_dir_all(&place).context("can't delete what was built")
}

fn built(project: &Project, folder: &Path) -> Result<PathBuf> {
    let prefix = format!("--prefix={}/", folder.display());
    process::run(project.program("git").args(["checkout-index", "--all", &prefix]))?;
    let target = folder.join("target");
    let mut image = project.program("deploy/image.sh");
    image.current_dir(folder).arg(folder.join("out")).env("CARGO_TARGET_DIR", &target);
    process::run(&mut image)?;
    Ok(folder.join("out/usr/local/bin/oasis-gateway"))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("can't read {}", file.display()))
}
