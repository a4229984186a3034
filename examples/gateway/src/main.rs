//! `oasis-gateway`: the crates of OASIS assembled into one binary.

mod cli;
mod config;
mod demo;
mod healthcheck;
mod ledger;
mod routes;
mod secrets;
mod serve;
mod server;
mod story;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command, WatchCommand};
use config::Config;

fn main() -> ExitCode {
    // Wrong usage ends here, with status 2.
    let cli = Cli::parse();
    cli.log.start();
    let outcome = match cli.command() {
        Command::Serve(options) => options.load().and_then(|config| serve::run(&config)),
        Command::Migrate(settings) => settings.load().and_then(|config| serve::migrate(&config)),
        Command::Demo(options) => demo::run(options),
        Command::Watch(WatchCommand::Gcp(options)) => watch::run(options),
        Command::Healthcheck(options) => options.load().and_then(|c| healthcheck::run(&c)),
        Command::Config(options) => options.settings.load().map(|config| show(&config)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "what a command was asked for goes to stdout")]
fn show(config: &Config) {
    print!("{config}");
}
