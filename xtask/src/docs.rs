//! The Rust documentation.

use anyhow::Result;

use crate::process;
use crate::project::Project;

/// Does the documentation build without a warning?
pub(crate) fn run(project: &Project) -> Result<()> {
    process::run(
        project
            .cargo("doc")
            .args(["--workspace", "--no-deps", "--all-features", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}
