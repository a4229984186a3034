//! The webhook secret and the read tokens: configured, or made for a first try.

use std::fs::{DirBuilder, OpenOptions, read_to_string};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use oasis_axum::ReadToken;
use oasis_core::{KeyRing, Secret};

use crate::config::{Config, GITHUB_SECRET, GITHUB_SECRET_PREVIOUS, READ_TOKEN};

/// The configured secrets, the current one first; `None` when none is.
pub(crate) fn configured(config: &Config) -> Result<Option<KeyRing>> {
    let previous = secret(config, GITHUB_SECRET_PREVIOUS)?;
    let Some(current) = secret(config, GITHUB_SECRET)? else {
        if previous.is_some() {
            bail!("{GITHUB_SECRET_PREVIOUS} is set and {GITHUB_SECRET} is not");
        }
        return Ok(None);
    };
    let ring = KeyRing::new(current);
    Ok(Some(match previous {
        Some(previous) => ring.with(previous),
        None => ring,
    }))
}

/// The tokens that let their holders read.
pub(crate) fn read_tokens(config: &Config) -> Result<Vec<ReadToken>> {
    let tokens = config.list::<String>(READ_TOKEN)?;
    let tokens = tokens.iter().map(|token| ReadToken::new(token)).collect::<Result<_, _>>();
    tokens.map_err(|error| config.invalid(READ_TOKEN, &error))
}

/// The secret that an earlier start left in the data directory.
pub(crate) fn generated(data_dir: &Path) -> Result<KeyRing> {
    let path = path(data_dir);
    let key = read_to_string(&path).with_context(|| {
        format!("no secret at {}; start the gateway or set GITHUB_WEBHOOK_SECRET", path.display())
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

fn secret(config: &Config, name: &str) -> Result<Option<Secret>> {
    let secret = config.get(name).map(Secret::new).transpose();
    secret.map_err(|error| config.invalid(name, &error))
}
