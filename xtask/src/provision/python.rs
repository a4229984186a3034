//! Python environments below the target directory; the system's Python stays as it is.

use std::ffi::OsStr;
use std::path::PathBuf;

use anyhow::Result;

use crate::process;
use crate::project::Project;

const MATURIN: &str = "maturin==1.16.0";
const PYTEST: &str = "pytest==9.2.0";
/// What judges the wheel; basedpyright is pyright with a node of its own.
pub(crate) const PYTHON_CHECKS: [&str; 5] = [
    PYTEST,
    "hypothesis==6.170.15",
    "mypy==2.4.1",
    "basedpyright==1.40.2",
    "typing_extensions==4.16.0",
];
/// What the examples stand on, and what serves them.
pub(crate) const PYTHON_FRAMEWORKS: [&str; 6] = [
    "fastapi==0.165.0",
    "uvicorn==0.54.0",
    "flask==3.1.3",
    "gunicorn==27.0.1",
    "django==5.2.19",
    "aiohttp==3.14.5",
];
/// What the Python package and the core are measured beside; hishel 2 lacks what githubkit imports.
const PEERS: [&str; 3] = ["gidgethub==6.0.0", "GitHubKit==0.16.1", "hishel==1.4.0"];
/// Asks a server whatever its OpenAPI document allows and forbids.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Drives a browser that is there already: none is downloaded.
const PLAYWRIGHT: &str = "playwright==1.65.2";
/// axe-core, the accessibility checks, in the package itself.
const AXE: &str = "axe-playwright-python==0.1.8";

/// A virtual environment.
#[derive(Debug)]
pub(crate) struct Venv(PathBuf);

impl Venv {
    /// The environment with what builds wheels; kept from run to run.
    pub(crate) fn tools(project: &Project) -> Result<Self> {
        Self::with(project, "venv", &[MATURIN])
    }

    /// The environment with what drives a browser; kept from run to run.
    pub(crate) fn browser(project: &Project) -> Result<Self> {
        Self::with(project, "venv-console", &[PYTEST, PLAYWRIGHT, AXE])
    }

    /// The environment with what checks a server against its OpenAPI document.
    pub(crate) fn openapi(project: &Project) -> Result<Self> {
        Self::with(project, "venv-openapi", &[PYTEST, SCHEMATHESIS])
    }

    /// The environment with what is measured against.
    pub(crate) fn peers(project: &Project) -> Result<Self> {
        Self::with(project, "venv-bench", &PEERS)
    }

    fn with(project: &Project, name: &str, packages: &[&str]) -> Result<Self> {
        let venv = Self(project.made(name));
        let shown = packages.join(", ");
        if venv.has(project, packages) {
            println!("{shown}: there");
            return Ok(venv);
        }
        println!("{shown}: missing; installed into {}", venv.0.display());
        let venv = Self::create(project, name)?;
        venv.install(project, packages)?;
        Ok(venv)
    }

    /// An environment with nothing in it, whatever was there before.
    pub(crate) fn create(project: &Project, name: &str) -> Result<Self> {
        let folder = project.made(name);
        process::run(project.program("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        Ok(Self(folder))
    }

    /// Installs packages with pip.
    pub(crate) fn install(
        &self,
        project: &Project,
        packages: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<()> {
        process::run(
            project
                .program(self.program("python"))
                .args(["-m", "pip", "install", "--quiet"])
                .arg("--disable-pip-version-check")
                .args(packages),
        )
    }

    /// A program of the environment.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.0.join("bin").join(name)
    }

    fn has(&self, project: &Project, packages: &[&str]) -> bool {
        let list = ["-m", "pip", "freeze", "--disable-pip-version-check"];
        process::ask(project.program(self.program("python")).args(list))
            .is_some_and(|text| packages.iter().all(|p| text.lines().any(|line| line == *p)))
    }
}
