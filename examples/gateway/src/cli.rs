//! Flags and environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config};
use crate::log::LogOptions;
use crate::{demo, doctor, explain, export, manual, prune, recover, send, tail};

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
    /// Whether it runs until it is told to stop.
    pub(crate) fn serves(&self) -> bool {
        matches!(
            self.command,
            None | Some(Command::Serve(_) | Command::Migrate(_) | Command::Watch(_))
        )
    }

    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take deliveries and serve the ledger and the feed (the default)
    #[command(
        after_help = "Example: oasis-gateway serve --listen 127.0.0.1:8080 --data-dir ./oasis-data"
    )]
    Serve(ServeOptions),
    /// Bring the database's tables up to date and stop
    #[command(after_help = "Example: DATABASE_URL=postgres://… oasis-gateway migrate")]
    Migrate(Settings),
    /// Tell a running gateway of a small team's day, signed as GitHub's deliveries are
    ///
    /// Pull requests, checks that fail and are fixed, deployments, agents; with --live it goes on.
    #[command(after_help = "Examples:\n  \
        oasis-gateway demo\n  \
        oasis-gateway demo --live --pace 500ms --url http://127.0.0.1:8080")]
    Demo(demo::Options),
    /// Ask a service for what it doesn't push
    #[command(
        subcommand,
        after_help = "Example: oasis-gateway watch gcp --project acme-prod --once"
    )]
    Watch(WatchCommand),
    /// Show what becomes of a payload, where its task id was found and what was rejected
    #[command(after_help = "Examples:\n  \
        oasis-gateway explain payload.json\n  \
        curl -s https://example.com/push.json | oasis-gateway explain - --event push --json")]
    Explain(explain::Options),
    /// Sign a payload and post it to a gateway, as GitHub would
    #[command(
        after_help = "Example: oasis-gateway send push.json --event push --url http://127.0.0.1:8080"
    )]
    Send(send::Options),
    /// Show events as they come, from any gateway
    ///
    /// A feed that is cut is taken up again where it was: no event is missing and none is shown
    /// twice. With --json each is one line, for programs.
    #[command(after_help = "Examples:\n  \
        oasis-gateway tail --vtid DEV-CICDL-0031\n  \
        oasis-gateway tail --status failure --since 2h --url https://oasis.example.com\n  \
        oasis-gateway tail --json --after 0 | jq -r .title")]
    Tail(tail::Options),
    /// Write events to a file or to stdout, as NDJSON, CSV, CloudEvents or CDEvents
    #[command(after_help = "Examples:\n  \
        oasis-gateway export > events.ndjson\n  \
        oasis-gateway export -f csv -o events.csv --since 30d\n  \
        oasis-gateway export -o events.ndjson --resume --url https://oasis.example.com")]
    Export(export::Options),
    /// Remove the oldest events, by age or down to a number
    ///
    /// It goes in small steps, between which a gateway that runs goes on. The newest event always stays,
    /// and what stays keeps its position. With the setting `retention` the gateway does it by itself.
    #[command(after_help = "Examples:\n  \
        oasis-gateway prune --older-than 90d --dry-run\n  \
        oasis-gateway prune --keep 1000000")]
    Prune(prune::Options),
    /// Compare the ledger with what GitHub delivered, and fetch what is missing
    ///
    /// GitHub doesn't send again what wasn't received, but tells for three days what it was. It says
    /// how complete the ledger is, stores what is missing, and can be run again at any time: what is
    /// there is there once.
    #[command(after_help = "Examples:\n  \
        oasis-gateway recover --repo acme/shop --dry-run\n  \
        oasis-gateway recover --org acme --hook 42 --since 6h\n  \
        oasis-gateway recover --app")]
    Recover(recover::Options),
    /// Check what the gateway needs and say what to do; status 1 where something doesn't work
    ///
    /// Settings, secrets, directories, the database and its migrations, the address, the way to a
    /// gateway, the clock. It changes nothing, and shows no secret.
    #[command(after_help = "Examples:\n  \
        oasis-gateway doctor\n  \
        oasis-gateway doctor --config oasis.toml --url https://oasis.example.com")]
    Doctor(doctor::Options),
    /// Ask the gateway that listens here whether it is ready; the exit status says
    #[command(after_help = "Example: oasis-gateway healthcheck && echo ready")]
    Healthcheck(ServeOptions),
    /// Show every setting and where its value comes from
    #[command(after_help = "Example: oasis-gateway config --print > oasis.toml")]
    Config(ConfigOptions),
    /// Print what a shell needs to complete the commands
    #[command(after_help = "Example: source <(oasis-gateway completions bash)")]
    Completions(manual::Completions),
    /// Print the manual page, or write those of all commands
    #[command(after_help = "Examples:\n  \
        oasis-gateway man | man -l -\n  \
        oasis-gateway man --dir ~/.local/share/man/man1")]
    Man(manual::Pages),
}

#[derive(Debug, Subcommand)]
pub(crate) enum WatchCommand {
    /// Ask Cloud Logging for deployments to Cloud Run
    ///
    /// The account needs roles/logging.viewer. How far was read is kept in the database, so a look
    /// that ended half-way is done again and an entry is stored once.
    #[command(after_help = "Example: oasis-gateway watch gcp --project acme-prod --once")]
    Gcp(WatchOptions),
}

#[derive(Debug, Args)]
pub(crate) struct WatchOptions {
    /// The project; several are separated by commas [env: OASIS_WATCH_GCP_PROJECT]
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
    /// Look once and stop, for cron
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    settings: Settings,
}

impl WatchOptions {
    pub(crate) fn load(self) -> Result<Config> {
        let project = self.project.map(|project| (config::WATCH_PROJECT, project));
        self.settings.load_with(project.into_iter().collect())
    }
}

/// Where settings come from beside the environment.
#[derive(Debug, Clone, Args)]
pub(crate) struct Settings {
    /// Configuration file (TOML) [env: OASIS_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The database, as sqlite:PATH or postgres://… [env: DATABASE_URL]
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Where the embedded database and the generated secret live [env: OASIS_DATA_DIR]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
}

impl Settings {
    pub(crate) fn load(self) -> Result<Config> {
        self.load_with(Vec::new())
    }

    fn load_with(self, mut flags: Vec<(&'static str, String)>) -> Result<Config> {
        flags.extend(self.database_url.map(|url| (config::DATABASE_URL, url)));
        flags.extend(self.data_dir.map(|dir| (config::DATA_DIR, dir)));
        let file = self.config.or_else(|| std::env::var_os("OASIS_CONFIG").map(PathBuf::from));
        Config::load(file.as_deref(), flags)
    }
}

#[derive(Debug, Clone, Args)]
pub(crate) struct ServeOptions {
    /// Address to listen on; anything but loopback needs configured secrets [env: OASIS_LISTEN]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Port to listen on, on all addresses [env: PORT]
    #[arg(long, conflicts_with = "listen")]
    port: Option<u16>,
    /// Let everybody read, though the address is not loopback and no read token is set
    /// [env: OASIS_PUBLIC_READ]
    #[arg(long)]
    public_read: bool,
    #[command(flatten)]
    settings: Settings,
}

impl ServeOptions {
    pub(crate) fn load(self) -> Result<Config> {
        let listen = self.listen.map(|address| address.to_string());
        let listen = listen.or(self.port.map(|port| port.to_string()));
        let public_read = self.public_read.then(|| (config::PUBLIC_READ, "true".to_owned()));
        let flags = listen.map(|listen| (config::LISTEN, listen)).into_iter().chain(public_read);
        self.settings.load_with(flags.collect())
    }
}

#[derive(Debug, Args)]
pub(crate) struct ConfigOptions {
    /// Print them as a configuration file; secrets are ***
    #[arg(long, required = true)]
    print: bool,
    #[command(flatten)]
    pub(crate) settings: Settings,
}
