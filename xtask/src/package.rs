//! The packages as a registry gets them.

use anyhow::{Result, ensure};

use crate::process;
use crate::project::Project;

/// The published crates, in the order in which they can be published: a crate after what it needs.
const CRATES: &[&str] = &["oasis-core", "oasis-sqlx", "oasis-axum", "oasis-gateway"];

/// What a crate's page shows; a package without it is half a package.
const WANTED: &[&str] = &["README.md", "LICENSE-APACHE", "LICENSE-MIT"];

/// Does each crate build from what its package holds, and nothing else?
pub(crate) fn run(project: &Project) -> Result<()> {
    for name in CRATES {
        let mut list = project.cargo("package");
        list.args(["--list", "--allow-dirty", "--package", name]);
        let files = process::capture(&mut list)?;
        for wanted in WANTED {
            ensure!(
                files.lines().any(|file| file == *wanted),
                "{name} is packaged without {wanted}"
            );
        }
    }
    let mut package = project.cargo("package");
    // Uncommitted work may be tried; what is published is a tag.
    package.args(["--allow-dirty", "--quiet"]);
    for name in CRATES {
        package.args(["--package", name]);
    }
    process::run(&mut package)
}
