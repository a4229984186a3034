//! `oasis-gateway`: the crates of OASIS assembled into one binary.

mod access;
mod backoff;
mod cli;
mod confided;
mod config;
mod demo;
mod doctor;
mod ephemeral;
mod explain;
mod export;
mod fault;
mod filter;
mod healthcheck;
mod ledger;
mod log;
mod manual;
mod patience;
mod payload;
mod plain;
mod progress;
mod prune;
mod recover;
mod remote;
mod request;
mod routes;
mod secrets;
mod send;
mod sender;
mod serve;
mod server;
mod story;
mod tail;
#[cfg(feature = "otel")]
mod traces;
mod usage;
mod watch;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command, WatchCommand};
use config::Config;

fn main() -> ExitCode {
    // Wrong usage ends here, with status 2.
    let cli = Cli::parse();
    let _log = cli.log.start(cli.serves());
    let outcome = match cli.command() {
        Command::Serve(options) => serve::run(options),
        Command::Migrate(settings) => settings.load().and_then(|config| serve::migrate(&config)),
        Command::Demo(options) => demo::run(options),
        Command::Watch(WatchCommand::Gcp(options)) => watch::run(options),
        Command::Explain(options) => explain::run(options),
        Command::Send(options) => send::run(options),
        Command::Tail(options) => tail::run(options),
        Command::Export(options) => export::run(options),
        Command::Prune(options) => prune::run(options),
        Command::Recover(options) => recover::run(options),
        Command::Doctor(options) => doctor::run(options),
        Command::Completions(options) => manual::completions(&options),
        Command::Man(options) => manual::pages(&options),
        Command::Healthcheck(options) => options.load().and_then(|c| healthcheck::run(&c)),
        Command::Config(options) => options.settings.load().and_then(|config| show(&config)),
    };
    usage::status(&outcome)
}

fn show(config: &Config) -> anyhow::Result<()> {
    Ok(write!(std::io::stdout(), "{config}")?)
}
