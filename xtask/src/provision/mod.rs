//! What the steps need: looked for first, installed only when it is missing.

mod debian;
mod python;
mod rust;

use anyhow::Result;

use crate::project::Project;

pub(crate) use debian::{go_github, nchan};
pub(crate) use python::{PYTHON_CHECKS, PYTHON_FRAMEWORKS, Venv};
pub(crate) use rust::{
    CARGO_CHECK_EXTERNAL_TYPES, CARGO_CYCLONEDX, CARGO_DENY, CARGO_FUZZ, CARGO_SEMVER_CHECKS,
    CARGO_VET, CDVIZ_COLLECTOR, GUNGRAUN_RUNNER, MDBOOK, need_nightly,
};

/// Installs what is missing for the steps of `test`.
pub(crate) fn run(project: &Project) -> Result<()> {
    debian::packages(project)?;
    rust::components(project)?;
    rust::install(project, &[CARGO_DENY, CARGO_CHECK_EXTERNAL_TYPES, MDBOOK, GUNGRAUN_RUNNER])?;
    Venv::tools(project)?;
    Venv::browser(project)?;
    Ok(())
}
