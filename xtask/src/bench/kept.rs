//! Figures of a measurement, kept with when and on what they were seen.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::process;
use crate::project::Project;

/// One figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Figure {
    /// What it is about: a target's name, and which part of it.
    pub(super) key: String,
    pub(super) seen: f64,
    /// What it was made of.
    pub(super) detail: String,
}

impl Figure {
    pub(super) fn new(key: &str, seen: f64, detail: impl Into<String>) -> Self {
        Self { key: key.to_owned(), seen, detail: detail.into() }
    }
}

/// What one measurement gave.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) part: String,
    pub(super) date: String,
    /// The commit that was measured, and whether it was changed.
    pub(super) commit: String,
    pub(super) realtime: bool,
    pub(super) machine: String,
    pub(super) figures: Vec<Figure>,
}

impl Kept {
    pub(super) fn now(
        project: &Project,
        part: &str,
        realtime: bool,
        figures: Vec<Figure>,
    ) -> Result<Self> {
        let ask = |words: &[&str]| -> Option<String> {
            let (program, args) = words.split_first()?;
            let said = process::ask(project.program(program).args(args))?;
            Some(said.lines().next()?.trim().to_owned())
        };
        let date = ask(&["date", "-u", "+%Y-%m-%d %H:%M"]).context("there is no date")?;
        let commit = ask(&["git", "describe", "--always", "--dirty"]).unwrap_or_default();
        Ok(Self { part: part.to_owned(), date, commit, realtime, machine: machine(&ask), figures })
    }

    pub(super) fn write(&self, project: &Project) -> Result<()> {
        let file = file(project, &self.part);
        std::fs::create_dir_all(project.made("bench")).context("can't make the folder")?;
        std::fs::write(&file, serde_json::to_string_pretty(self)?)
            .with_context(|| format!("can't write {}", file.display()))
    }

    /// What was kept of a part; `None` where it was never measured.
    pub(super) fn read(project: &Project, part: &str) -> Result<Option<Self>> {
        let file = file(project, part);
        let Ok(text) = std::fs::read(&file) else { return Ok(None) };
        let kept = serde_json::from_slice(&text);
        kept.map(Some).with_context(|| format!("{} is of another version", file.display()))
    }
}

/// Figures as the programs of `benches` write them.
pub(super) fn figures(file: &PathBuf) -> Result<Vec<Figure>> {
    let text = std::fs::read(file).with_context(|| format!("no figures in {}", file.display()))?;
    Ok(serde_json::from_slice(&text)?)
}

fn file(project: &Project, part: &str) -> PathBuf {
    project.made("bench").join(part).with_extension("json")
}

/// The processor, the system and the versions that matter.
fn machine(ask: &dyn Fn(&[&str]) -> Option<String>) -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map(|text| text.trim_start_matches([' ', '\t', ':']).to_owned());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    [
        Some(format!("{cores} cores of {}", model.unwrap_or_default())),
        system.map(|name| name.trim_matches('"').to_owned()),
        ask(&["rustc", "--version"]),
        ask(&["pg_config", "--version"]).or_else(|| ask(&["psql", "--version"])),
        ask(&["node", "--version"]).map(|version| format!("Node {version}")),
        ask(&["python3", "--version"]),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}
