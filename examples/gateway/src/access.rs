//! Who signs, reads, ingests and administers, as it is configured; and read again on SIGHUP.

use std::net::SocketAddr;

use anyhow::{Result, bail};
use oasis_axum::{Access, Oasis};

use crate::cli::ServeOptions;
use crate::config::{ADMIN_TOKEN, Config, INGEST_TOKEN, PUBLIC_READ, READ_TOKEN};
use crate::secrets;

/// The secrets and tokens for who listens at this address, and the rule that nothing is open to the
/// world by accident. On loopback what isn't configured is made.
pub(crate) fn configured(config: &Config, address: SocketAddr) -> Result<Access> {
    let local = address.ip().is_loopback();
    let read_tokens = secrets::tokens(config, READ_TOKEN)?;
    let public_read = config.parse(PUBLIC_READ)?.unwrap_or(false);
    if !local && read_tokens.is_empty() && !public_read {
        bail!(
            "{address} is not loopback: set OASIS_READ_TOKEN so that not everybody can read, or \
             OASIS_PUBLIC_READ=true if everybody may, or listen on 127.0.0.1:{} (OASIS_LISTEN) if \
             only this machine should reach it",
            address.port()
        );
    }
    let data_dir = config.data_dir();
    let github = match secrets::configured_at(config, address)? {
        Some(ring) => ring,
        None if local => {
            secrets::create_data_dir(data_dir)?;
            let (ring, path) = secrets::generate_secret(data_dir)?;
            tracing::info!(path = %path.display(), "GITHUB_WEBHOOK_SECRET is not set; the secret is in this file");
            ring
        }
        None => bail!(
            "{address} is not loopback: set GITHUB_WEBHOOK_SECRET to the secret of your webhook"
        ),
    };
    let mut ingest_tokens = secrets::tokens(config, INGEST_TOKEN)?;
    if ingest_tokens.is_empty() && local {
        secrets::create_data_dir(data_dir)?;
        let (token, path) = secrets::generate_token(data_dir)?;
        tracing::info!(path = %path.display(), "OASIS_INGEST_TOKEN is not set; the token is in this file");
        ingest_tokens.push(token);
    }
    let admin_tokens = secrets::tokens(config, ADMIN_TOKEN)?;
    Ok(Access { github, read_tokens, ingest_tokens, admin_tokens })
}

/// Reads the secrets and tokens again each time the process gets SIGHUP. What can't be used changes
/// nothing: those before stay.
#[cfg(unix)]
pub(crate) struct Renewal {
    hangups: tokio::signal::unix::Signal,
    options: ServeOptions,
    address: SocketAddr,
}

#[cfg(unix)]
impl Renewal {
    /// From now on a SIGHUP no longer ends the process.
    pub(crate) fn prepare(options: ServeOptions, address: SocketAddr) -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { hangups: signal(SignalKind::hangup())?, options, address })
    }

    /// Works until the task is ended; `started` is what everything else goes by.
    pub(crate) async fn run(mut self, oasis: Oasis, started: Config) {
        while self.hangups.recv().await.is_some() {
            let read = self.options.clone().load();
            let read = read.and_then(|config| Ok((configured(&config, self.address)?, config)));
            match read {
                Ok((access, config)) => {
                    oasis.renew(access);
                    for name in started.otherwise_in(&config) {
                        tracing::warn!("{name} has changed; it takes effect with a restart");
                    }
                    tracing::info!("the secrets and tokens were read again");
                }
                Err(error) => tracing::error!(
                    "the configuration can't be used, so the secrets and tokens stay as they were: {error:#}"
                ),
            }
        }
    }
}

/// Here no signal asks for that.
#[cfg(not(unix))]
pub(crate) struct Renewal;

#[cfg(not(unix))]
impl Renewal {
    pub(crate) fn prepare(_: ServeOptions, _: SocketAddr) -> Result<Self> {
        Ok(Self)
    }

    pub(crate) async fn run(self, _: Oasis, _: Config) {}
}
