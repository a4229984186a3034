//! The measurements of the island `benches`: allocations, which are judged, and times, which are told.

use anyhow::Result;

use crate::process;
use crate::project::Project;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only what has this in its name, such as `push`.
    filter: Option<String>,
}

/// Does a delivery ask for memory no more often than it did? Prints how often.
pub(crate) fn allocations(project: &Project) -> Result<()> {
    process::run(project.cargo_in("benches", "test").args(["--quiet", "--", "--nocapture"]))
}

/// Measures.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let mut bench = project.cargo_in("benches", "bench");
    bench.args(["--features", "measure", "--bench", "core", "--"]).args(&args.filter);
    process::run(&mut bench)
}
