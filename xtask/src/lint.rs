//! Formatting and lints.

use anyhow::Result;

use crate::process;
use crate::project::Project;

pub(crate) const ISLANDS: [&str; 2] = ["benches", "fuzz"];

/// Is every file formatted?
pub(crate) fn fmt(project: &Project) -> Result<()> {
    // `cargo fmt` resolves nothing, so it knows no `--locked`.
    process::run(project.program("cargo").args(["fmt", "--all", "--check"]))?;
    for island in ISLANDS {
        let mut fmt = project.program("cargo");
        fmt.args(["fmt", "--check"]).current_dir(project.root().join(island));
        process::run(&mut fmt)?;
    }
    Ok(())
}

/// Does clippy find nothing?
pub(crate) fn clippy(project: &Project) -> Result<()> {
    process::run(project.cargo("clippy").args([
        "--workspace",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]))?;
    // Not all features of `fuzz`: libFuzzer itself needs a C++ compiler, and only a fuzz run needs it.
    for (island, features) in ISLANDS.into_iter().zip([&["--all-features"][..], &[]]) {
        let mut clippy = project.cargo_in(island, "clippy");
        clippy.arg("--all-targets").args(features).args(["--", "-D", "warnings"]);
        process::run(&mut clippy)?;
    }
    Ok(())
}
