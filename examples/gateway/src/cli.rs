//! Flags and environment.

use std::io::{IsTerminal, stderr};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

/// Gathers what happens to a task in one ledger, live.
///
/// Without a command it serves: webhooks in at /webhooks/github, the ledger at
/// /api/v1/oasis/events, the live feed at /api/v1/devhub/feed.
#[derive(Debug, Parser)]
#[command(name = "oasis-gateway", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) log: LogOptions,
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeOptions,
}

impl Cli {
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take deliveries and serve the ledger and the feed (the default)
    Serve(ServeOptions),
    /// Bring the database's tables up to date and stop
    Migrate(LedgerOptions),
    /// Sign sample deliveries and post them to a running gateway
    #[command(after_help = "Example: oasis-gateway demo --url http://127.0.0.1:8080")]
    Demo(DemoOptions),
}

#[derive(Debug, Args)]
pub(crate) struct ServeOptions {
    /// Address to listen on; anything but loopback needs configured secrets
    #[arg(long, env = "OASIS_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Port to listen on, on all addresses, as Cloud Run sets it
    #[arg(long, env = "PORT")]
    port: Option<u16>,
    /// Let everybody read, though the address is not loopback and no read token is set
    #[arg(long, env = "OASIS_PUBLIC_READ")]
    pub(crate) public_read: bool,
    #[command(flatten)]
    pub(crate) ledger: LedgerOptions,
}

impl ServeOptions {
    /// The whole address counts before the port; with neither it is loopback.
    pub(crate) fn address(&self) -> SocketAddr {
        let anywhere = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
        let local = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
        self.listen.or(self.port.map(anywhere)).unwrap_or(local)
    }
}

#[derive(Debug, Args)]
pub(crate) struct LedgerOptions {
    /// The database, as sqlite:PATH; without it `oasis.db` in the data directory
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Where the embedded database and the generated secret live
    #[arg(long, env = "OASIS_DATA_DIR", default_value = "./oasis-data", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DemoOptions {
    /// The gateway
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub(crate) url: String,
    /// The gateway's data directory: its generated secret signs, unless
    /// `GITHUB_WEBHOOK_SECRET` is set
    #[arg(long, env = "OASIS_DATA_DIR", default_value = "./oasis-data", value_name = "DIR")]
    pub(crate) data_dir: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct LogOptions {
    /// Form of the log on stderr; without it text on a terminal and JSON elsewhere
    #[arg(long, env = "OASIS_LOG_FORMAT", global = true, value_name = "FORM")]
    log_format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

impl LogOptions {
    /// `RUST_LOG` says how much is logged, `info` without it.
    pub(crate) fn start(&self) {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr);
        let terminal = stderr().is_terminal();
        match self.log_format {
            Some(LogFormat::Json) => log.json().init(),
            None if !terminal => log.json().init(),
            Some(LogFormat::Text) | None => log.with_ansi(terminal).init(),
        }
    }
}
