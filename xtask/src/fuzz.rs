//! The fuzz targets of the island `fuzz`: a smoke test on stable, libFuzzer on nightly.

use std::time::Duration;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;
use crate::provision::{self, CARGO_FUZZ};

/// What to fuzz.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A target to run with libFuzzer; without one, the smoke test that `test` runs.
    pub(crate) target: Option<String>,
    /// For how many seconds libFuzzer runs.
    #[arg(long, default_value_t = 60, requires = "target")]
    seconds: u64,
}

/// Replays the seeds and some thousand mutations of them through every target, on any toolchain.
pub(crate) fn smoke(project: &Project) -> Result<()> {
    process::run(&mut project.cargo_in("fuzz", "test"))
}

/// Runs libFuzzer on one target, from its seeds, real payloads where there are, and what earlier
/// runs have found.
pub(crate) fn libfuzzer(project: &Project, args: &Args) -> Result<()> {
    let target = args.target.as_deref().context("libFuzzer needs a target")?;
    let cargo_fuzz = CARGO_FUZZ.find_or_install(project)?;
    provision::need_nightly(project)?;

    let real = project.made("fuzz-real").join(target);
    if real.exists() {
        std::fs::remove_dir_all(&real).context("can't delete the seeds of the last run")?;
    }
    let mut seeds = project.cargo_in("fuzz", "run");
    seeds.args(["--quiet", "--example", "real_seeds", "--", target]).arg(&real);
    process::run(&mut seeds)?;
    let corpus = project.made("fuzz-corpus").join(target);
    std::fs::create_dir_all(&corpus)
        .with_context(|| format!("can't make the folder {}", corpus.display()))?;
    let time = Duration::from_secs(args.seconds);
    let mut run = project.program("rustup");
    run.current_dir(project.root().join("fuzz"))
        .args(["run", "nightly"])
        .arg(cargo_fuzz)
        .args(["run", "--features", "libfuzzer", "--target-dir"])
        .arg(project.made("fuzz"))
        .arg(target)
        // The first folder takes what is found; the seeds are only read.
        .arg(corpus)
        .arg(format!("seeds/{target}"))
        .arg(real)
        // The longest time that one input may take, and figures at the end.
        .args(["--", "-timeout=10", "-print_final_stats=1"])
        .arg(format!("-max_total_time={}", time.as_secs()));
    process::run(&mut run)
}
