//! The Live Console, driven in a real browser over the gateway itself.

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::provision::Venv;

/// Does the console do in a browser what it promises?
pub(crate) fn run(project: &Project) -> Result<()> {
    process::run(project.cargo("build").args(["--package", "oasis-gateway", "--quiet"]))?;
    let venv = Venv::browser(project)?;
    let screenshots = project.made("console-screenshots");
    let mut pytest = project.program(venv.program("python"));
    pytest
        // Also of what passed, what it printed: the figures.
        .args(["-m", "pytest", "-q", "-rP", "-p", "no:cacheprovider", "."])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("OASIS_GATEWAY", project.made("debug").join("oasis-gateway"))
        .env("OASIS_SCREENSHOTS", &screenshots)
        .current_dir(project.root().join("examples/gateway/tests/console"));
    process::run(&mut pytest)?;
    println!("screenshots: {}", screenshots.display());
    Ok(())
}
