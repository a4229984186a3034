//! The webhook secret and the read tokens: from the environment, or made for a first try.

use std::fs::{DirBuilder, OpenOptions, read_to_string};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use oasis_axum::ReadToken;
use oasis_core::{KeyRing, Secret};

const CURRENT: &str = "GITHUB_WEBHOOK_SECRET";
const PREVIOUS: &str = "GITHUB_WEBHOOK_SECRET_PREVIOUS";
const READ: &str = "OASIS_READ_TOKEN";

/// The secrets of the environment, the current one first; `None` when none is set.
pub(crate) fn configured() -> Result<Option<KeyRing>> {
    let Some(current) = secret(CURRENT)? else {
        if secret(PREVIOUS)?.is_some() {
            bail!("{PREVIOUS} is set and {CURRENT} is not: the current secret is missing");
        }
        return Ok(None);
    };
    let ring = KeyRing::new(current);
    Ok(Some(match secret(PREVIOUS)? {
        Some(previous) => ring.with(previous),
        None => ring,
    }))
}

/// The tokens of `OASIS_READ_TOKEN`, which a comma parts.
pub(crate) fn read_tokens() -> Result<Vec<ReadToken>> {
    let Some(tokens) = variable(READ)? else {
        return Ok(Vec::new());
    };
    let read = |token: &str| ReadToken::new(token.trim());
    tokens
        .split(',')
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(|e| anyhow::anyhow!("{READ}: {e}"))
}

/// The secret that an earlier start left in the data directory.
pub(crate) fn generated(data_dir: &Path) -> Result<KeyRing> {
    let path = path(data_dir);
    let key = read_to_string(&path).with_context(|| {
        format!("no secret at {}; start the gateway first or set {CURRENT}", path.display())
    })?;
    let secret = Secret::new(key.trim()).with_context(|| path.display().to_string())?;
    Ok(KeyRing::new(secret))
}

/// The data directory's secret, made now if there is none, and where it is.
pub(crate) fn generate(data_dir: &Path) -> Result<(KeyRing, PathBuf)> {
    let path = path(data_dir);
    let mut key = [0; 32];
    getrandom::fill(&mut key).context("the system's random source failed")?;
    match private().open(&path) {
        Ok(mut file) => {
            let key = base16ct::lower::encode_string(&key);
            file.write_all(format!("{key}\n").as_bytes())
                .and_then(|()| file.sync_all())
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => {
            return Err(error).with_context(|| format!("cannot create {}", path.display()));
        }
    }
    Ok((generated(data_dir)?, path))
}

/// The data directory, made now if it isn't there, for its owner only.
pub(crate) fn create_data_dir(data_dir: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data_dir).with_context(|| format!("cannot create {}", data_dir.display()))
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("github-webhook-secret")
}

/// Creates a file that only its owner reads; one that is there already is left alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn secret(name: &str) -> Result<Option<Secret>> {
    let secret = variable(name)?.map(Secret::new).transpose();
    secret.with_context(|| format!("{name} is set but can't be used"))
}

fn variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => bail!("{name} is not valid UTF-8"),
    }
}
