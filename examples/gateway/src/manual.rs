//! `completions` and `man`: what a shell and `man` want to know about the commands.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Args, Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::cli::Cli;

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Pages {
    /// A directory for the pages of all commands; without it the main page goes to stdout
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

pub(crate) fn completions(options: &Completions) -> Result<()> {
    let mut script = Vec::new();
    let mut command = <Cli as CommandFactory>::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(options.shell, &mut command, name, &mut script);
    Ok(stdout().write_all(&script)?)
}

pub(crate) fn pages(options: &Pages) -> Result<()> {
    let mut command = <Cli as CommandFactory>::command();
    command.build();
    match &options.dir {
        None => Ok(stdout().write_all(&page(command)?)?),
        Some(dir) => {
            std::fs::create_dir_all(dir)
                .with_context(|| format!("cannot make {}", dir.display()))?;
            write(dir, command)
        }
    }
}

/// The page of a command and of those below it.
fn write(dir: &Path, command: Command) -> Result<()> {
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        write(dir, below.clone())?;
    }
    // `oasis-gateway watch gcp` is the page oasis-gateway-watch-gcp.
    let name = command.get_bin_name().unwrap_or(command.get_name()).replace(' ', "-");
    let file = dir.join(format!("{name}.1"));
    std::fs::write(&file, page(command)?)
        .with_context(|| format!("cannot write {}", file.display()))
}

fn page(command: Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command).render(&mut page)?;
    Ok(page)
}
