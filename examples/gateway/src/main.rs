//! `oasis-gateway`: the crates of OASIS assembled into one binary.

mod cli;
mod demo;
mod secrets;
mod serve;
mod server;
mod story;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

fn main() -> ExitCode {
    // Wrong usage ends here, with status 2.
    let cli = Cli::parse();
    cli.log.start();
    let outcome = match cli.command() {
        Command::Serve(options) => serve::run(options),
        Command::Migrate(options) => serve::migrate(&options),
        Command::Demo(options) => demo::run(options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
