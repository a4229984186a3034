//! The time of a verification, and a control that must be found out.

use anyhow::Result;

use crate::process;
use crate::project::Project;

/// Measures; fails where a wrong signature's time tells where it is wrong.
pub(crate) fn run(project: &Project) -> Result<()> {
    process::run(project.cargo_in("benches", "bench").args(["--bench", "timing"]))
}
