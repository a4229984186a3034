//! Python environments below the target directory; the system's Python stays as it is.

use std::ffi::OsStr;
use std::path::PathBuf;

use anyhow::Result;

use crate::process;
use crate::project::Project;

const MATURIN: &str = "maturin==1.16.0";
pub(crate) const PYTEST: &str = "pytest==9.2.0";

/// A virtual environment.
#[derive(Debug)]
pub(crate) struct Venv(PathBuf);

impl Venv {
    /// The environment with what builds wheels; kept from run to run.
    pub(crate) fn tools(project: &Project) -> Result<Self> {
        let venv = Self(project.made("venv"));
        if venv.has(project, MATURIN) {
            println!("{MATURIN}: there");
            return Ok(venv);
        }
        println!("{MATURIN}: missing; installed into {}", venv.0.display());
        let venv = Self::create(project, "venv")?;
        venv.install(project, [MATURIN])?;
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

    fn has(&self, project: &Project, package: &str) -> bool {
        let list = ["-m", "pip", "freeze", "--disable-pip-version-check"];
        process::ask(project.program(self.program("python")).args(list))
            .is_some_and(|text| text.lines().any(|line| line == package))
    }
}
