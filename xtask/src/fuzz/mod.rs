//! The fuzz targets of the island `fuzz`: a smoke test on stable, libFuzzer on nightly.

mod campaign;
mod figures;
mod libfuzzer;

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::process;
use crate::project::Project;
use campaign::Campaign;
use libfuzzer::LibFuzzer;

/// What to fuzz, and for how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A target to run with libFuzzer; without one and without `--executions`, the smoke test that
    /// `test` runs.
    target: Option<String>,
    /// How long a target runs at most; where no executions are asked for, one minute.
    #[arg(long)]
    seconds: Option<u64>,
    /// The long form: each target, or the one that is named, is executed so often without a
    /// sanitizer; what is kept of it is minimised, and executed again with the address sanitizer.
    #[arg(long)]
    executions: Option<u64>,
    /// How many bytes an input of the long form has at most: shorter ones are executed far more often.
    #[arg(long, default_value_t = 4096)]
    longest: usize,
}

impl Args {
    /// Whether nothing is asked for but the smoke test.
    pub(crate) fn is_smoke(&self) -> bool {
        self.target.is_none() && self.executions.is_none()
    }
}

/// Replays the seeds and some thousand mutations of them through every target, on any toolchain.
pub(crate) fn smoke(project: &Project) -> Result<()> {
    process::run(&mut project.cargo_in("fuzz", "test"))
}

/// Runs libFuzzer.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let mut targets = targets(project)?;
    if let Some(wanted) = &args.target {
        let names = targets.join(", ");
        targets.retain(|target| target == wanted);
        ensure!(!targets.is_empty(), "there is no target {wanted}; there are: {names}");
    }
    let most = args.seconds.map(Duration::from_secs);
    match args.executions {
        Some(executions) => {
            campaign::run(project, &targets, &Campaign { executions, most, longest: args.longest })
        }
        None => {
            let target = targets.first().context("libFuzzer needs a target")?;
            LibFuzzer::of(project, target)?.run(most.unwrap_or(Duration::from_secs(60)))
        }
    }
}

/// The targets, each of which has a folder of seeds.
fn targets(project: &Project) -> Result<Vec<String>> {
    let seeds = project.root().join("fuzz/seeds");
    let entries = std::fs::read_dir(seeds).context("can't list the seeds")?;
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        Ok(entry?.file_name().to_string_lossy().into_owned())
    };
    let mut names = entries.map(name).collect::<std::io::Result<Vec<_>>>()?;
    names.sort_unstable();
    Ok(names)
}
