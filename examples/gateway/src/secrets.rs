//! The webhook secret and the tokens: configured, or made for a first try.

use std::fs::{DirBuilder, OpenOptions, read_to_string};
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use oasis_axum::Token;
use oasis_core::{KeyRing, Secret};

use crate::config::{Config, GITHUB_SECRET, GITHUB_SECRET_PREVIOUS};

/// The configured secrets, the current one first; `None` when none is.
///
/// # Errors
/// As [`configured_at`], for the configured address.
pub(crate) fn configured(config: &Config) -> Result<Option<KeyRing>> {
    configured_at(config, config.address()?)
}

/// The same for who listens at this address.
///
/// # Errors
/// When one is blank or a placeholder, or, off loopback, so short that it can be guessed.
pub(crate) fn configured_at(config: &Config, address: SocketAddr) -> Result<Option<KeyRing>> {
    let previous = secret(config, GITHUB_SECRET_PREVIOUS, address)?;
    let Some(current) = secret(config, GITHUB_SECRET, address)? else {
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

/// The tokens of a setting, which commas part.
pub(crate) fn tokens(config: &Config, name: &str) -> Result<Vec<Token>> {
    let tokens = config.list::<String>(name)?;
    let tokens = tokens.iter().map(|token| Token::new(token)).collect::<Result<_, _>>();
    tokens.map_err(|error| config.invalid(name, &error))
}

/// Where the webhook secret is that was made.
pub(crate) fn secret_file(data_dir: &Path) -> PathBuf {
    data_dir.join(SECRET_FILE)
}

/// Where the ingest token is that was made.
pub(crate) fn token_file(data_dir: &Path) -> PathBuf {
    data_dir.join(TOKEN_FILE)
}

/// The webhook secret that an earlier start left in the data directory.
pub(crate) fn generated(data_dir: &Path) -> Result<KeyRing> {
    let path = secret_file(data_dir);
    let key = read_to_string(&path).with_context(|| {
        format!("no secret at {}; start the gateway or set GITHUB_WEBHOOK_SECRET", path.display())
    })?;
    let secret = Secret::new(key.trim()).with_context(|| path.display().to_string())?;
    Ok(KeyRing::new(secret))
}

/// The data directory's webhook secret, made now if there is none, and where it is.
pub(crate) fn generate_secret(data_dir: &Path) -> Result<(KeyRing, PathBuf)> {
    let path = generate(data_dir, SECRET_FILE)?;
    Ok((generated(data_dir)?, path))
}

/// The data directory's ingest token, made now if there is none, and where it is.
pub(crate) fn generate_token(data_dir: &Path) -> Result<(Token, PathBuf)> {
    let path = generate(data_dir, TOKEN_FILE)?;
    let token = read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let token = Token::new(token.trim()).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    Ok((token, path))
}

const SECRET_FILE: &str = "github-webhook-secret";
const TOKEN_FILE: &str = "ingest-token";

/// A file with a key of 32 random bytes, made now if there is none.
fn generate(data_dir: &Path, name: &str) -> Result<PathBuf> {
    let path = data_dir.join(name);
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
    Ok(path)
}

/// The data directory, made now if it isn't there, for its owner only.
pub(crate) fn create_data_dir(data_dir: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data_dir).with_context(|| format!("cannot create {}", data_dir.display()))
}

/// Creates a file that only its owner reads; one that is there already is left alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn secret(config: &Config, name: &str, address: SocketAddr) -> Result<Option<Secret>> {
    let Some(text) = config.get(name) else { return Ok(None) };
    let is_placeholder = PLACEHOLDERS.iter().any(|known| text.trim().eq_ignore_ascii_case(known));
    if is_placeholder || (text.len() < MIN_SECRET && !address.ip().is_loopback()) {
        let form = format!(
            "a secret that can be guessed; take one of at least {MIN_SECRET} bytes, for example of \
             `openssl rand -hex 32`"
        );
        return Err(config.invalid(name, &form));
    }
    let secret = Secret::new(text).map_err(|error| config.invalid(name, &error))?;
    Ok(Some(secret))
}

/// The shortest webhook secret where the world can guess, in bytes. On loopback, where people try
/// things, any will do that is none of the [`PLACEHOLDERS`].
const MIN_SECRET: usize = 16;

/// What stands in examples for a secret.
const PLACEHOLDERS: [&str; 11] = [
    // What `config --print` shows instead of one.
    "***",
    "changeme",
    "change-me",
    "change_me",
    "replaceme",
    "replace-me",
    "your-secret",
    "your_secret",
    "your-webhook-secret",
    "your_webhook_secret",
    "your_webhook_secret_here",
];
