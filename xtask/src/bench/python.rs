//! The Python package as its users get it, beside others.

use anyhow::{Context, Result};

use super::Priority;
use super::gateway;
use super::kept::{Figure, figures};
use crate::process;
use crate::project::Project;
use crate::provision::Venv;

/// Builds a release wheel and measures it.
pub(super) fn measure(project: &Project, priority: Priority) -> Result<Vec<Figure>> {
    let tools = Venv::tools(project)?;
    let wheels = project.made("wheels-bench");
    if wheels.exists() {
        std::fs::remove_dir_all(&wheels).context("can't delete the wheels of the last run")?;
    }
    let mut build = project.program(tools.program("maturin"));
    build
        .args(["build", "--release", "--locked", "--auditwheel", "skip"])
        .args(["--manifest-path", "oasis-py/Cargo.toml", "--out"])
        .arg(&wheels);
    process::run(&mut build)?;
    let venv = Venv::peers(project)?;
    let python = venv.program("python");
    let mut install = project.program(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--force-reinstall", "--no-deps", "--no-index", "oasis-events", "--find-links"])
        .arg(&wheels);
    process::run(&mut install)?;
    let payloads = project.made("bench-payloads");
    process::run(project.program(gateway::load(project)?).arg("payloads").arg(&payloads))?;
    let file = project.made("bench-python.json");
    let mut run = priority.program(project, None);
    run.arg(python).arg("benches/python/side_by_side.py").arg(&payloads).arg(&file);
    process::run(&mut run)?;
    figures(&file)
}
