//! The Rust tests: compiled, then run, so that the two times stand apart.

use anyhow::Result;

use crate::process;
use crate::project::Project;

/// Compiles the tests.
pub(crate) fn build(project: &Project) -> Result<()> {
    process::run(project.cargo("test").args([
        "--workspace",
        "--all-features",
        "--no-run",
        "--quiet",
    ]))
}

/// Runs the tests, and the examples in the documentation, which compile as they run.
pub(crate) fn run(project: &Project) -> Result<()> {
    process::run(project.cargo("test").args(["--workspace", "--all-features"]))
}
