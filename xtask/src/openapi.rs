//! The OpenAPI document, held against the gateway that serves it.

use anyhow::Result;

use crate::process;
use crate::project::Project;
use crate::provision::Venv;

/// Does the gateway take and answer what its document says?
pub(crate) fn run(project: &Project) -> Result<()> {
    process::run(project.cargo("build").args(["--package", "oasis-gateway", "--quiet"]))?;
    let venv = Venv::openapi(project)?;
    let mut pytest = project.program(venv.program("python"));
    pytest
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "pythonpath=../console", "."])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("OASIS_GATEWAY", project.made("debug").join("oasis-gateway"))
        .env("OASIS_SCHEMATHESIS", venv.program("schemathesis"))
        .current_dir(project.root().join("examples/gateway/tests/openapi"));
    process::run(&mut pytest)
}
