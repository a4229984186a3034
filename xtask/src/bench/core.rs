//! The core, by the thread's CPU time.

use anyhow::Result;

use super::Priority;
use super::kept::{Figure, figures};
use crate::process;
use crate::project::Project;

/// The core on which the core and its peers are measured.
pub(super) const CORE: u32 = 0;

/// Runs the criterion benches: they print what they see, and write what the targets are about.
pub(super) fn measure(project: &Project, priority: Priority) -> Result<Vec<Figure>> {
    let bench = ["bench", "--features", "measure"];
    let mut build = project.cargo_in("benches", "bench");
    process::run(build.args(&bench[1..]).args(["--bench", "core", "--no-run"]))?;
    let file = project.made("bench-core.json");
    let mut run = priority.program(project, Some(CORE));
    run.current_dir(project.root().join("benches")).env("OASIS_BENCH_FIGURES", &file);
    process::run(run.arg("cargo").args(bench).args(["--bench", "core"]))?;
    figures(&file)
}
