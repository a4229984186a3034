//! The long form of the gateway's crash loops, as a release build.

use anyhow::Result;
use clap::ValueEnum;

use crate::process;
use crate::project::Project;

/// What is killed, and how often.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What the gateway stands on.
    #[arg(long, value_enum, default_value_t = Store::All)]
    store: Store,
    /// How often something is killed, with each store.
    #[arg(long, default_value_t = 200)]
    kills: usize,
    /// How many deliveries are brought, with each store.
    #[arg(long, default_value_t = 1_000_000)]
    deliveries: usize,
    /// Makes the choices of an earlier run again; each run prints its own.
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Store {
    All,
    Sqlite,
    Postgres,
    /// Postgres, and a spool for when it is away.
    Spool,
}

/// Runs them, one store after the other.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let tests = match args.store {
        Store::All => "chaos::",
        Store::Sqlite => "chaos::chaos_on_sqlite",
        Store::Postgres => "chaos::chaos_on_postgres",
        Store::Spool => "chaos::chaos_with_a_spool",
    };
    let mut command = project.cargo("test");
    command
        .args(["--release", "--package", "oasis-gateway", "--all-features", "--test", "it", tests])
        .args(["--", "--nocapture", "--test-threads", "1"])
        .env("OASIS_CHAOS_KILLS", args.kills.to_string())
        .env("OASIS_CHAOS_DELIVERIES", args.deliveries.to_string());
    if let Some(seed) = args.seed {
        command.env("OASIS_CHAOS_SEED", seed.to_string());
    }
    process::run(&mut command)
}
