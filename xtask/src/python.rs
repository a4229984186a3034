//! The Python package: built, installed where nothing else is, tested as a user gets it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::project::Project;
use crate::provision::{PYTHON_CHECKS, PYTHON_FRAMEWORKS, Venv};

/// Does the wheel build, install and pass its tests?
pub(crate) fn run(project: &Project) -> Result<()> {
    let tools = Venv::tools(project)?;
    let wheels = project.made("wheels-tested");
    if wheels.exists() {
        std::fs::remove_dir_all(&wheels).context("can't delete the wheels of the last run")?;
    }
    let mut build = project.program(tools.program("maturin"));
    build
        .args(["build", "--profile", "dev", "--locked", "--auditwheel", "skip"])
        .args(["--manifest-path", "oasis-py/Cargo.toml", "--out"])
        .arg(&wheels);
    process::run(&mut build)?;
    let wheel = only_wheel(&wheels)?;

    let clean = Venv::create(project, "venv-wheel")?;
    clean.install(project, [&wheel])?;
    // The wheel needs nothing but Python, so it is started before anything else is there.
    process::run(project.program(clean.program("python")).args(["-m", "oasis", "--version"]))?;
    clean.install(project, PYTHON_CHECKS.iter().chain(&PYTHON_FRAMEWORKS))?;
    types(project, &clean)?;
    process::run(project.cargo("build").args(["--package", "oasis-gateway", "--quiet"]))?;
    let normalize = ["--package", "oasis-core", "--example", "normalize", "--quiet"];
    process::run(project.cargo("build").args(normalize))?;
    // Run from the tests' folder, so that `import oasis` can't mean the sources.
    let mut pytest = project.program(clean.program("python"));
    pytest
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "."])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("OASIS_GATEWAY", project.made("debug").join("oasis-gateway"))
        .env("OASIS_NORMALIZE", project.made("debug/examples").join("normalize"))
        .current_dir(project.root().join("oasis-py/tests"));
    process::run(&mut pytest)
}

/// Does the source package hold all that it needs, for who has no wheel? Pip unpacks it elsewhere
/// and builds it there, in `place`.
pub(crate) fn source(project: &Project, place: &Path) -> Result<()> {
    let packages = project.made("packages");
    let mut pack = project.program(Venv::tools(project)?.program("maturin"));
    pack.args(["sdist", "--manifest-path", "oasis-py/Cargo.toml", "--out"]).arg(&packages);
    process::run(&mut pack)?;

    let clean = Venv::create(project, "venv-source")?;
    let mut install = project.program(clean.program("python"));
    install
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .arg(packages.join(format!("oasis_events-{}.tar.gz", env!("CARGO_PKG_VERSION"))))
        .env("MATURIN_PEP517_ARGS", "--profile dev")
        .env("CARGO_TARGET_DIR", place);
    process::run(&mut install)?;
    process::run(project.program(clean.program("python")).args(["-m", "oasis", "--version"]))
}

/// Do the package and its stubs say of the types what is so?
fn types(project: &Project, clean: &Venv) -> Result<()> {
    let python = clean.program("python");
    let pythonpath = python.as_os_str();
    for check in ["mypy --strict -p oasis", "mypy.stubtest oasis._oasis"] {
        let mut mypy = project.program(&python);
        // Elsewhere, so that what is checked is what is installed.
        mypy.arg("-m").args(check.split(' ')).current_dir(project.root().join("oasis-py/tests"));
        process::run(&mut mypy)?;
    }
    let mut mypy = project.program(&python);
    // Django's types are in a package of their own, which brings as much again as all others do.
    mypy.args(["-m", "mypy", "--strict", "--exclude", "django_app.py", "."])
        .current_dir(project.root().join("examples/python"));
    process::run(&mut mypy)?;
    let mut pyright = project.program(clean.program("basedpyright"));
    pyright.args(["--project", "oasis-py/pyproject.toml", "--pythonpath"]).arg(pythonpath);
    process::run(&mut pyright)
}

fn only_wheel(folder: &Path) -> Result<PathBuf> {
    let mut wheels = Vec::new();
    for entry in std::fs::read_dir(folder).context("maturin left no wheel")? {
        wheels.push(entry?.path());
    }
    wheels.retain(|path| path.extension().is_some_and(|end| end == "whl"));
    ensure!(
        wheels.len() == 1,
        "maturin should leave one wheel in {}, it left {}",
        folder.display(),
        wheels.len()
    );
    wheels.pop().context("maturin left no wheel")
}
