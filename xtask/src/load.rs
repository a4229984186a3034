//! The gateway under load, as a release build: for long, and too much of it.

use anyhow::Result;

use crate::process;
use crate::project::Project;

/// How long, and how hard.
#[derive(Debug, clap::Args)]
pub(crate) struct Soak {
    /// For how many minutes, at least six.
    #[arg(long, default_value_t = 60)]
    minutes: u32,
    /// How many deliveries a second; without it half of the peak, which is measured first.
    #[arg(long)]
    rate: Option<u32>,
}

/// For how long too much comes.
#[derive(Debug, clap::Args)]
pub(crate) struct Overload {
    /// For how many seconds.
    #[arg(long, default_value_t = 30)]
    seconds: u32,
}

/// What grows, slows down or gets lost? `taskset` and `chrt` in front of it count for the gateway
/// and its senders too.
pub(crate) fn soak(project: &Project, args: &Soak) -> Result<()> {
    let rate = args.rate.map(|rate| ("OASIS_SOAK_RATE", rate));
    run(project, "load::soak", [Some(("OASIS_SOAK_MINUTES", args.minutes)), rate])
}

/// What becomes of four times the peak?
pub(crate) fn overload(project: &Project, args: &Overload) -> Result<()> {
    run(project, "load::overload", [Some(("OASIS_OVERLOAD_SECONDS", args.seconds)), None])
}

/// Does what GitHub delivers get past all who keep the gateway busy?
pub(crate) fn siege(project: &Project) -> Result<()> {
    let mut command = project.cargo("test");
    command
        .args(["--release", "--package", "oasis-gateway", "--all-features", "--test", "it", "--"])
        .args([
            "siege::",
            "heavy::b2_",
            "feed_load::",
            "load::h2_",
            "load::h3_",
            "--nocapture",
            "--test-threads",
            "1",
        ])
        .env("OASIS_TEST_LONG", "1");
    process::run(&mut command)
}

fn run(project: &Project, test: &str, plan: [Option<(&str, u32)>; 2]) -> Result<()> {
    let mut command = project.cargo("test");
    command
        .args(["--release", "--package", "oasis-gateway", "--all-features", "--test", "it", test])
        .args(["--", "--nocapture"])
        .envs(plan.into_iter().flatten().map(|(name, value)| (name, value.to_string())));
    process::run(&mut command)
}
