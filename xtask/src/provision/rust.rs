//! Parts of the Rust toolchain, and tools that cargo installs.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::process;
use crate::project::Project;

pub(crate) const CARGO_CHECK_EXTERNAL_TYPES: Tool =
    Tool::new("cargo-check-external-types", "0.5.0", &[]);
/// It is measured, and without what has no part in that: most of its build.
pub(crate) const CDVIZ_COLLECTOR: Tool = Tool {
    released: true,
    ..Tool::new(
        "cdviz-collector",
        "0.47.1",
        &[
            "--no-default-features",
            "--features",
            "sink_db,transformer_vrl,source_opendal,http_client,tool_ui",
        ],
    )
};
/// It tells its version only where cargo would have called it.
pub(crate) const CARGO_CYCLONEDX: Tool =
    Tool { probe: &["cyclonedx", "--version"], ..Tool::new("cargo-cyclonedx", "0.5.9", &[]) };
pub(crate) const CARGO_DENY: Tool = Tool::new("cargo-deny", "0.20.2", &[]);
pub(crate) const CARGO_FUZZ: Tool = Tool::new("cargo-fuzz", "0.13.2", &[]);
pub(crate) const CARGO_SEMVER_CHECKS: Tool = Tool::new("cargo-semver-checks", "0.51.0", &[]);
pub(crate) const CARGO_VET: Tool = Tool::new("cargo-vet", "0.10.3", &[]);
/// As new as the library of the same name in `benches`: the two must agree.
pub(crate) const GUNGRAUN_RUNNER: Tool = Tool::new("gungraun-runner", "0.20.0", &[]);
/// Without the server and the watcher that writers of books use.
pub(crate) const MDBOOK: Tool =
    Tool::new("mdbook", "0.5.4", &["--no-default-features", "--features", "search"]);

/// A program on crates.io, in the one version that is used, so that a new one changes nothing
/// before somebody has looked.
#[derive(Debug)]
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
    /// What else cargo is told when it installs it.
    options: &'static [&'static str],
    /// Whether it is built as its makers do: others run for seconds, and are as good without
    /// optimisation, which takes longer than they run.
    released: bool,
    /// With what it tells its version.
    probe: &'static [&'static str],
}

impl Tool {
    const fn new(
        name: &'static str,
        version: &'static str,
        options: &'static [&'static str],
    ) -> Self {
        Self { name, version, options, released: false, probe: &["--version"] }
    }

    /// The program: installed by an earlier run, found on the path, or installed now.
    pub(crate) fn find_or_install(&self, project: &Project) -> Result<PathBuf> {
        let program = self.found_or_built(project)?;
        clear(project)?;
        Ok(program)
    }

    /// The same, and what it was built from stays for the next one.
    fn found_or_built(&self, project: &Project) -> Result<PathBuf> {
        let Self { name, version, options, released, .. } = self;
        let tools = project.made("tools");
        let installed = tools.join("bin").join(name);
        for program in [installed.clone(), PathBuf::from(name)] {
            if self.is(project, &program) {
                println!("{name} {version}: there");
                return Ok(program);
            }
        }
        println!("{name} {version}: missing; installed into {}", tools.display());
        let mut install = project.program("cargo");
        install
            .args(["install", "--locked", "--version", version, "--root"])
            .arg(&tools)
            .arg("--target-dir")
            .arg(build(project))
            .args(*options)
            .arg(name);
        if !released {
            install
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        }
        process::run(&mut install)?;
        ensure!(self.is(project, &installed), "{} is not {name} {version}", installed.display());
        Ok(installed)
    }

    fn is(&self, project: &Project, program: &PathBuf) -> bool {
        process::ask(project.program(program).args(self.probe)).is_some_and(|text| {
            let version = text.trim().rsplit([' ', 'v']).next();
            text.starts_with(self.name) && version == Some(self.version)
        })
    }
}

/// Installs those of them that are missing. What several are made of is compiled once.
pub(super) fn install(project: &Project, tools: &[Tool]) -> Result<()> {
    for tool in tools {
        tool.found_or_built(project)?;
    }
    clear(project)
}

/// Where tools are built.
fn build(project: &Project) -> PathBuf {
    project.made("tools/build")
}

fn clear(project: &Project) -> Result<()> {
    let build = build(project);
    if build.exists() {
        std::fs::remove_dir_all(&build)
            .with_context(|| format!("can't delete {}", build.display()))?;
    }
    Ok(())
}

/// rustfmt and clippy.
pub(super) fn components(project: &Project) -> Result<()> {
    for (component, sub_command) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        let probe = || process::ask(project.program("cargo").args([sub_command, "--version"]));
        if probe().is_some() {
            println!("{component}: there");
            continue;
        }
        println!("{component}: missing");
        if process::ask(project.program("rustup").arg("--version")).is_none() {
            bail!("there is no rustup here; install {component} the way Rust was installed");
        }
        process::run(project.program("rustup").args(["component", "add", component]))?;
        ensure!(probe().is_some(), "{component} is still missing");
    }
    Ok(())
}

/// libFuzzer's sanitizers need a nightly compiler; it is not installed unasked.
pub(crate) fn need_nightly(project: &Project) -> Result<()> {
    let nightly = ["run", "nightly", "rustc", "--version"];
    if process::ask(project.program("rustup").args(nightly)).is_none() {
        bail!("libFuzzer needs a nightly compiler: `rustup toolchain install nightly`");
    }
    Ok(())
}
