//! Where the project stands, and how its programs are started.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The checkout and what is made of it.
#[derive(Debug)]
pub(crate) struct Project {
    root: PathBuf,
    target: PathBuf,
    ci: bool,
}

impl Project {
    /// Finds the checkout from the package that cargo runs.
    pub(crate) fn find() -> Result<Self> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .context("cargo has not said where the package is: run it as `cargo xtask`")?;
        let root =
            Path::new(&package).parent().context("the package stands in no workspace")?.to_owned();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => std::path::absolute(dir).context("can't resolve CARGO_TARGET_DIR")?,
            None => root.join("target"),
        };
        Ok(Self { root, target, ci: std::env::var_os("CI").is_some_and(|value| value == "true") })
    }

    /// The top folder of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Whether changes are judged here: `CI` is `true`.
    pub(crate) fn is_ci(&self) -> bool {
        self.ci
    }

    /// A folder below the target directory, for things that are made and can be deleted.
    pub(crate) fn made(&self, name: &str) -> PathBuf {
        self.target.join(name)
    }

    /// A program, started in the top folder and with the environment its user has: without what
    /// cargo adds for the package it runs, which would make build scripts run again.
    pub(crate) fn program(&self, name: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(name);
        command.current_dir(&self.root);
        for (variable, _) in std::env::vars_os() {
            let text = variable.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&variable);
            }
        }
        // Islands share the workspace's target directory, and with it what both compile.
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// Cargo with a sub-command that resolves dependencies: where `CI=true`, a lock file that
    /// would have to change is an error.
    pub(crate) fn cargo(&self, sub_command: &str) -> Command {
        let mut command = self.program("cargo");
        command.arg(sub_command);
        if self.ci {
            command.arg("--locked");
        }
        command
    }

    /// The same for an island, a folder with a workspace of its own.
    pub(crate) fn cargo_in(&self, island: &str, sub_command: &str) -> Command {
        let mut command = self.cargo(sub_command);
        command.current_dir(self.root.join(island));
        command
    }
}
