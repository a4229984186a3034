//! How a command ends: 0, 1 when it failed, 2 when it was used wrongly.

use std::fmt;
use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::{Error, Result};

/// The command was used wrongly, in a way that only its input shows.
#[derive(Debug)]
pub(crate) struct WrongUsage(String);

impl WrongUsage {
    /// What is wrong and what to do.
    pub(crate) fn error(text: impl Into<String>) -> Error {
        Error::new(Self(text.into()))
    }
}

impl fmt::Display for WrongUsage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongUsage {}

/// The status of a command, after its error was told.
pub(crate) fn status(outcome: &Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read the output has read enough.
        Err(error) if is_closed_pipe(error) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            if error.is::<WrongUsage>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

fn is_closed_pipe(error: &Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
