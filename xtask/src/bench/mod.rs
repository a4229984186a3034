//! The measurements of the island `benches`: what is judged in every test (allocations, instructions),
//! and what is told with its aims in `docs/performance.md`.

mod core;
mod gateway;
mod kept;
mod peers;
mod python;
mod table;
mod targets;

use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::process;
use crate::project::Project;
use crate::provision::GUNGRAUN_RUNNER;
use kept::Kept;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which measurements; all but `collector` without any.
    parts: Vec<Part>,
    /// Puts `chrt -r 10` before each, as if nobody else used the machine; needs root.
    #[arg(long)]
    realtime: bool,
    /// Only writes the tables of `docs/performance.md` anew, from what was measured before.
    #[arg(long)]
    tables: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Verify + normalise beside the bare HMAC, by CPU time.
    Core,
    /// The same beside octocrab, @octokit/webhooks, gidgethub and go-github; after `core`.
    Peers,
    /// Deliveries until they are durable, beside Express, pgbench and a bare handler.
    Ingest,
    /// Bodies of 25 MiB.
    Heavy,
    /// From the start to the first durable answer.
    Start,
    /// From one gateway to the feed of another.
    Replicas,
    /// Thousands of clients of one feed, beside nginx with nchan.
    Fanout,
    /// A ledger of five million rows, which are 6 GB of disk.
    Large,
    /// The same as `ingest` beside what cdviz-collector stores, which takes a quarter of an hour to build.
    Collector,
    /// The Python package beside hmac, gidgethub and githubkit.
    Python,
    /// How large the gateway is.
    Size,
}

impl Part {
    const USUAL: [Self; 10] = [
        Self::Core,
        Self::Peers,
        Self::Ingest,
        Self::Heavy,
        Self::Start,
        Self::Replicas,
        Self::Fanout,
        Self::Large,
        Self::Python,
        Self::Size,
    ];

    fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

/// How measurements are started.
#[derive(Debug, Clone, Copy)]
struct Priority {
    realtime: bool,
}

impl Priority {
    /// This program, on this core alone where one is named.
    fn program(self, project: &Project, core: Option<u32>) -> Command {
        let mut words: Vec<String> = Vec::new();
        if self.realtime {
            words.extend(["chrt", "-r", "10"].map(str::to_owned));
        }
        if let Some(core) = core {
            words.extend(["taskset".to_owned(), "-c".to_owned(), core.to_string()]);
        }
        let mut words = words.into_iter();
        let mut command = project.program(words.next().unwrap_or_else(|| "env".to_owned()));
        command.args(words);
        command
    }
}

/// Measures, keeps the figures below the target directory, and writes the tables.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let parts = match args.parts.as_slice() {
        [] => &Part::USUAL,
        some => some,
    };
    let priority = Priority { realtime: args.realtime };
    if !args.tables {
        for part in parts {
            println!("\n==> {}", part.name());
            let figures = match part {
                Part::Core => core::measure(project, priority),
                Part::Peers => peers::measure(project, priority),
                Part::Python => python::measure(project, priority),
                Part::Size => gateway::size(project),
                part => gateway::measure(project, priority, &part.name()),
            };
            let figures = figures.with_context(|| format!("`bench {}`", part.name()))?;
            Kept::now(project, &part.name(), args.realtime, figures)?.write(project)?;
        }
    }
    table::write(project)
}

/// Does a delivery ask for memory no more often than it did? Prints how often.
pub(crate) fn allocations(project: &Project) -> Result<()> {
    let test = ["--quiet", "--features", "load", "--", "--nocapture"];
    process::run(project.cargo_in("benches", "test").args(test))
}

/// Does a delivery cost no more instructions than it did, and a wrong signature as many wherever it is
/// wrong? Prints how many.
pub(crate) fn instructions(project: &Project) -> Result<()> {
    let runner = GUNGRAUN_RUNNER.find_or_install(project)?;
    let mut bench = project.cargo_in("benches", "bench");
    bench.args(["--features", "count", "--bench", "instructions"]);
    process::run(bench.env("GUNGRAUN_RUNNER", runner))?;
    let mut test = project.cargo_in("benches", "test");
    // As it is shipped: it is the compiler that could make an early end of it.
    test.args(["--quiet", "--profile", "bench", "--features", "count", "--test", "constant_time"]);
    process::run(test.args(["--", "--nocapture"]))
}
