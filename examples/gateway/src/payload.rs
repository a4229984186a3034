//! A payload that a command is given: a file, or `-` for what comes in on stdin.

use std::fs::File;
use std::io::{Read, stdin};
use std::path::Path;

use anyhow::{Context, Result, bail};

/// The most that GitHub sends, and the gateway takes.
const MAX_BODY: u64 = 25 * 1024 * 1024;

/// All of it.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    if file.as_os_str() == "-" {
        return limited(stdin().lock()).context("cannot read stdin");
    }
    let opened = File::open(file);
    opened
        .map_err(anyhow::Error::from)
        .and_then(limited)
        .with_context(|| format!("cannot read {}", file.display()))
}

fn limited(from: impl Read) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    from.take(MAX_BODY + 1).read_to_end(&mut body)?;
    if body.len() as u64 > MAX_BODY {
        bail!("it is larger than 25 MiB, which no delivery is");
    }
    Ok(body)
}
