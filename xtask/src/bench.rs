//! The measurements of the island `benches`.

use anyhow::Result;

use crate::process;
use crate::project::Project;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only what has this in its name, such as `push`.
    filter: Option<String>,
}

/// Measures.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let mut bench = project.cargo_in("benches", "bench");
    bench.args(["--bench", "core", "--"]).args(&args.filter);
    process::run(&mut bench)
}
