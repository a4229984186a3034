//! One target as a program of libFuzzer's, and what it starts from.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::process;
use crate::project::Project;
use crate::provision::{self, CARGO_FUZZ};

/// A target, its seeds and what earlier runs have found.
#[derive(Debug)]
pub(super) struct LibFuzzer<'p> {
    project: &'p Project,
    target: &'p str,
    cargo_fuzz: PathBuf,
}

/// What a program is built with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sanitizer {
    /// Finds a read or a write beside what it should be; several times slower.
    Address,
    /// For many executions. What is compared with what is not traced either: that is two thirds of a
    /// search's time, and the seeds have the words that it would find.
    None,
}

impl<'p> LibFuzzer<'p> {
    /// With all that it needs: the tool, the compiler, and seeds of real payloads where there are.
    pub(super) fn of(project: &'p Project, target: &'p str) -> Result<Self> {
        let cargo_fuzz = CARGO_FUZZ.find_or_install(project)?;
        provision::need_nightly(project)?;
        let fuzzer = Self { project, target, cargo_fuzz };
        let real = fuzzer.real();
        if real.exists() {
            std::fs::remove_dir_all(&real).context("can't delete the seeds of the last run")?;
        }
        process::run(fuzzer.example("real_seeds").arg(&real))?;
        make(&fuzzer.corpus())?;
        make(&fuzzer.findings())?;
        Ok(fuzzer)
    }

    /// Runs it, until something is found or this time is over.
    pub(super) fn run(&self, time: Duration) -> Result<()> {
        let mut run = self.start(&self.built(Sanitizer::Address)?);
        // The first folder takes what is found; the seeds are only read.
        run.arg(self.corpus()).args(self.seeds());
        // The longest time that one input may take, and figures at the end.
        run.args(["-timeout=10", "-print_final_stats=1"]);
        process::run(run.arg(format!("-max_total_time={}", time.as_secs())))
    }

    /// The target's program.
    pub(super) fn built(&self, sanitizer: Sanitizer) -> Result<PathBuf> {
        let name = sanitizer.name();
        // A folder for each, or each build would throw the other's away.
        let folder = self.project.made("fuzz").join(name);
        let mut build = self.project.program("rustup");
        build
            .current_dir(self.project.root().join("fuzz"))
            .args(["run", "nightly"])
            .arg(&self.cargo_fuzz)
            .args(["build", "--features", "libfuzzer", "--sanitizer", name, "--target-dir"])
            .arg(&folder)
            .args(sanitizer.less())
            .arg(self.target);
        process::run(&mut build)?;
        // In a folder that has the machine's name.
        let entries = std::fs::read_dir(&folder).context("nothing was built")?.flatten();
        let mut built = entries.map(|entry| entry.path().join("release").join(self.target));
        built.find(|program| program.exists()).context("the target's program was not built")
    }

    /// The program, which leaves what it finds where findings are.
    pub(super) fn start(&self, built: &Path) -> Command {
        let mut program = self.project.program(built);
        program.arg(format!("-artifact_prefix={}/", self.findings().display()));
        program
    }

    /// An example of the island's for this target.
    pub(super) fn example(&self, name: &str) -> Command {
        let mut example = self.project.cargo_in("fuzz", "run");
        example.args(["--quiet", "--release", "--example", name, "--", self.target]);
        example
    }

    /// What is kept of what was found to reach further.
    pub(super) fn corpus(&self) -> PathBuf {
        self.project.made("fuzz-corpus").join(self.target)
    }

    /// Inputs that broke something.
    pub(super) fn findings(&self) -> PathBuf {
        self.project.made("fuzz-findings").join(self.target)
    }

    /// The project's own seeds, and those of real payloads.
    pub(super) fn seeds(&self) -> [PathBuf; 2] {
        [self.project.root().join("fuzz/seeds").join(self.target), self.real()]
    }

    fn real(&self) -> PathBuf {
        self.project.made("fuzz-real").join(self.target)
    }
}

impl Sanitizer {
    const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::None => "none",
        }
    }

    /// What is built with less than usual.
    const fn less(self) -> &'static [&'static str] {
        match self {
            Self::Address => &[],
            Self::None => &["--no-trace-compares"],
        }
    }
}

/// Makes a folder where there is none.
pub(super) fn make(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("can't make the folder {}", folder.display()))
}
