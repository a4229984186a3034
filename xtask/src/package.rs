//! The packages as a registry gets them.

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::project::Project;
use crate::python;

/// The published crates, in the order in which they can be published: a crate after what it needs.
const CRATES: &[&str] = &["oasis-core", "oasis-sqlx", "oasis-axum", "oasis-gateway"];

/// What a crate's page shows; a package without it is half a package.
const WANTED: &[&str] = &["README.md", "LICENSE-APACHE", "LICENSE-MIT"];

/// Does each crate build from what its package holds, and nothing else, and Python's as well?
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
    // Cargo takes a package that it has unpacked once from one place for unchanged: a new place for
    // each run.
    let place = project.made(&format!("packages-{}", std::process::id()));
    let mut package = project.cargo("package");
    // Uncommitted work may be tried; what is published is a tag.
    package.args(["--allow-dirty", "--quiet"]).env("CARGO_TARGET_DIR", &place);
    for name in CRATES {
        package.args(["--package", name]);
    }
    let packages = project.made("packages");
    std::fs::create_dir_all(&packages).context("can't make a folder for the packages")?;
    let built = process::run(&mut package).and_then(|()| python::source(project, &place));
    for name in CRATES {
        let file = format!("{name}-{}.crate", env!("CARGO_PKG_VERSION"));
        // Where the build failed there may be none.
        let _ = std::fs::copy(place.join("package").join(&file), packages.join(&file));
    }
    std::fs::remove_dir_all(&place).context("can't delete what the packages were built in")?;
    built
}
