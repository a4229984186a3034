//! The container image, made and started without a container engine.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::project::Project;

const DOCKERFILE: &str = "deploy/Dockerfile";
const BINARY: &str = "usr/local/bin/oasis-gateway";

/// Does what the Dockerfile says give a root folder in which the gateway starts, as nobody, and is
/// found healthy by the command that the image checks with?
///
/// The script that the Dockerfile calls is run; the C library, which the base image brings, is
/// copied from here.
pub(crate) fn run(project: &Project) -> Result<()> {
    let dockerfile = std::fs::read_to_string(project.root().join(DOCKERFILE))
        .with_context(|| format!("can't read {DOCKERFILE}"))?;
    let root = project.made("image");
    if root.exists() {
        std::fs::remove_dir_all(&root).context("can't delete the image of the last run")?;
    }
    let mut build = project.program("deploy/image.sh");
    process::run(build.arg(&root).env("PROFILE", "dev"))?;
    for library in libraries(project, &root.join(BINARY))? {
        let copy = root.join(library.trim_start_matches('/'));
        std::fs::create_dir_all(copy.parent().unwrap_or(&root))?;
        std::fs::copy(&library, &copy).with_context(|| format!("can't copy {library}"))?;
    }
    let user: u32 = said(&dockerfile, "USER ")?
        .split(':')
        .next()
        .and_then(|id| id.parse().ok())
        .context("USER in the Dockerfile is no number")?;
    let data = root.join("data");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700))?;

    let script = project.root().join("xtask/src/image.sh");
    let mut started = project.program("bash");
    started.arg(script).arg(&root).arg(user.to_string());
    for setting in said(&dockerfile, "ENV ")?.split_whitespace() {
        let (name, value) = setting.split_once('=').context("ENV in the Dockerfile is no pair")?;
        started.env(name, value);
    }
    started.env("CHECK", check(&dockerfile)?);
    process::run(&mut started)
}

/// What the Dockerfile says after this instruction.
fn said<'a>(dockerfile: &'a str, instruction: &str) -> Result<&'a str> {
    dockerfile
        .lines()
        .find_map(|line| line.strip_prefix(instruction))
        .with_context(|| format!("{DOCKERFILE} has no {instruction}"))
}

/// The command of the health check.
fn check(dockerfile: &str) -> Result<String> {
    let line = said(dockerfile, "HEALTHCHECK ")?;
    let words = line.split_once("CMD ").context("HEALTHCHECK has no CMD")?.1;
    let words: Vec<String> = serde_json::from_str(words).context("CMD is no list of words")?;
    Ok(words.join(" "))
}

/// The shared libraries that the binary asks for, and the loader that finds them.
fn libraries(project: &Project, binary: &Path) -> Result<Vec<String>> {
    let list = process::capture(project.program("ldd").arg(binary))?;
    let paths: Vec<_> =
        list.split_whitespace().filter(|word| word.starts_with('/')).map(str::to_owned).collect();
    ensure!(!paths.is_empty(), "ldd names no library of {}", binary.display());
    Ok(paths)
}
