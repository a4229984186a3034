//! Servers that are started for a run and stopped after it: the gateway, and its peers.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::client::Connection;
use crate::cluster;
use crate::delivery::SECRET;
use crate::process::Process;

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server of one's own on loopback.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// What it keeps is gone with it.
    _dir: Option<TempDir>,
}

impl Server {
    /// The gateway, on this ledger or on a file of its own.
    pub async fn gateway(program: &Path, ledger: Option<&str>, core: Option<u32>) -> Result<Self> {
        let dir = tempfile::tempdir().context("no temporary directory")?;
        let mut server = Self::gateway_in(program, ledger, dir.path(), core).await?;
        server._dir = Some(dir);
        Ok(server)
    }

    /// The same with what it keeps in a folder of the caller's.
    pub async fn gateway_in(
        program: &Path,
        ledger: Option<&str>,
        data: &Path,
        core: Option<u32>,
    ) -> Result<Self> {
        let address = free_address();
        let mut command = gateway(program, ledger, data, address, core);
        Self::start(&mut command, address, "/livez").await
    }

    /// Any server, once it answers to this path.
    pub async fn start(command: &mut Command, address: SocketAddr, path: &str) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("can't start {command:?}"))?;
        let mut server = Self { child, address, _dir: None };
        let began = Instant::now();
        loop {
            if let Ok(mut connection) = Connection::open(address).await
                && connection.get(path).await.is_ok()
            {
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait()? {
                bail!("{command:?} ended with {status}");
            }
            if began.elapsed() > PATIENCE {
                bail!("{command:?} doesn't answer to {path}");
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub fn process(&self) -> Process {
        Process(self.child.id())
    }
}

impl Drop for Server {
    /// As a service manager would, so that what it wrote is whole.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(10) {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The gateway's command, with nothing of this process's environment that it would read.
pub fn gateway(
    program: &Path,
    ledger: Option<&str>,
    data: &Path,
    address: SocketAddr,
    core: Option<u32>,
) -> Command {
    let mut command = on_core(program, core);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
        .args(["serve", "--listen", &address.to_string()])
        .env("OASIS_DATA_DIR", data)
        .env("GITHUB_WEBHOOK_SECRET", SECRET)
        .env("OASIS_RATE_LIMIT", "off")
        .env("OASIS_FEED_CLIENTS", "20000")
        .env("RUST_LOG", "warn");
    if let Some(ledger) = ledger {
        command.env("DATABASE_URL", ledger);
    }
    command
}

/// A program, on this core alone where one is named.
pub fn on_core(program: &Path, core: Option<u32>) -> Command {
    match core {
        None => Command::new(program),
        Some(core) => {
            let mut command = Command::new("taskset");
            command.args(["-c", &core.to_string()]).arg(program);
            command
        }
    }
}

/// This program as the server that only reads.
pub async fn bare(this: &Path) -> Result<Server> {
    let address = free_address();
    let mut command = Command::new(this);
    command.args(["bare", &address.to_string()]);
    Server::start(&mut command, address, "/ready").await
}

/// An address that nobody has.
pub fn free_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], cluster::free_port()))
}
