//! `oasis-load`: brings signed deliveries as GitHub does, and counts what arrived in the ledger and on
//! the feed, not what was sent.

mod arrivals;
mod audience;
mod bare;
mod client;
#[expect(dead_code, reason = "the store's own tests use more of it")]
#[path = "../../oasis-sqlx/tests/postgres/cluster.rs"]
mod cluster;
mod collector;
mod compare;
mod deaf;
mod delivery;
mod fanout;
mod heavy;
mod ingest;
mod latency;
mod ledger;
mod peers;
mod process;
mod replicas;
mod server;
mod size;
mod start;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use oasis_benches::Payload;
use serde_json::{Value, json};

use cluster::Cluster;
use delivery::Delivery;
use fanout::Crowd;
use ingest::Load;
use process::Process;
use server::Server;

/// Brings deliveries to a gateway and counts what arrived
#[derive(Debug, Parser)]
#[command(name = "oasis-load")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Bring deliveries, and look for each in the ledger and on the feed
    Ingest {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        load: Load,
        /// The payload, one of those made here or of OASIS_CORPUS
        #[arg(long, default_value = "check_run")]
        payload: String,
    },
    /// Bring a few deliveries to very many clients of the feed
    Feed {
        #[command(flatten)]
        target: Target,
        #[command(flatten)]
        crowd: Crowd,
    },
    /// Write the payloads into a folder, as NAME.EVENT.json, for others to measure with
    Payloads { folder: PathBuf },
    /// Measure the gateway beside its peers
    Compare(compare::Options),
    /// The least that an axum server can do with a delivery: read it
    Bare { address: SocketAddr },
}

/// A gateway that is there, or one that is started and stopped again.
#[derive(Debug, clap::Args)]
struct Target {
    /// A gateway that is there, as ADDRESS:PORT; its secret must be the one of these deliveries
    #[arg(long, required_unless_present = "gateway")]
    at: Option<SocketAddr>,
    /// The gateway's program, to start one that is thrown away
    #[arg(long, conflicts_with = "at")]
    gateway: Option<PathBuf>,
    /// Start it on a Postgres that is thrown away too
    #[arg(long, requires = "gateway")]
    postgres: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    if let Command::Bare { address } = cli.command {
        return bare::serve(address);
    }
    process::raise_open_files()?;
    // One thread: the other core is for what is measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(cli.command))
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Ingest { target, load, payload } => {
            let held = target.find().await?;
            let payload = chosen(&payload)?;
            let delivery = Delivery::new(&payload);
            // No number of an earlier run comes again.
            let first = std::process::id().into();
            let first = u64::wrapping_mul(first, 10_000_000);
            let (address, process) = (held.address, held.process());
            let before = ledger::count(address).await?;
            let brought = ingest::bring(address, process, &delivery, first, &load).await?;
            let peak = process.map(Process::peak).transpose()?;
            ledger::holds(address, before, brought.taken).await?;
            target.tell(&[
                ("payload", json!(payload.name)),
                ("bytes", json!(payload.body.len())),
                ("stored", json!(brought.taken)),
                ("stored_a_second", json!(brought.rate)),
                ("latency", brought.latency.json()),
                ("gateway_cpu_us", json!(brought.cpu)),
                ("gateway_peak_kib", json!(peak)),
            ]);
        }
        Command::Feed { target, crowd } => {
            let held = target.find().await?;
            let small = compare::small();
            let processes: Vec<_> = held.process().into_iter().collect();
            let message = Delivery::new(&small);
            let path = "/api/v1/devhub/feed";
            let fanout = fanout::run(held.address, path, message, &processes, &crowd).await?;
            let told = fanout.json();
            let told = told.as_object().into_iter().flatten();
            let told: Vec<_> = told.map(|(name, value)| (name.as_str(), value.clone())).collect();
            target.tell(&told);
        }
        Command::Compare(options) => compare::run(&options, &chosen("check_run")?).await?,
        Command::Payloads { folder } => write(&folder)?,
        Command::Bare { address } => bare::serve(address)?,
    }
    Ok(())
}

/// A gateway while it is needed.
struct Held {
    address: SocketAddr,
    server: Option<Server>,
    /// Stopped after the gateway.
    _cluster: Option<Cluster>,
}

impl Held {
    fn process(&self) -> Option<Process> {
        self.server.as_ref().map(Server::process)
    }
}

impl Target {
    async fn find(&self) -> Result<Held> {
        if let Some(address) = self.at {
            return Ok(Held { address, server: None, _cluster: None });
        }
        let program = self.gateway.as_deref().context("--at or --gateway")?;
        let cluster = self.postgres.then(Cluster::durable);
        let ledger = match &cluster {
            Some(cluster) => Some(cluster.database().await),
            None => None,
        };
        let server = Server::gateway(program, ledger.as_deref(), None).await?;
        Ok(Held { address: server.address, server: Some(server), _cluster: cluster })
    }

    fn tell(&self, figures: &[(&str, Value)]) {
        if self.json {
            let all: serde_json::Map<_, _> =
                figures.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            println!("{}", Value::from(all));
            return;
        }
        for (name, value) in figures {
            match value.as_object() {
                None => println!("{name:<18} {value}"),
                Some(parts) => parts.iter().for_each(|(part, value)| {
                    println!("{:<18} {value}", format!("{name} {part}"));
                }),
            }
        }
    }
}

fn write(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    for Payload { name, event, body } in oasis_benches::measured() {
        std::fs::write(folder.join(format!("{name}.{event}.json")), body)?;
    }
    Ok(())
}

/// A real payload where there is one of this name, else one made for measuring.
fn chosen(name: &str) -> Result<Payload> {
    let mut all = oasis_benches::real().into_iter().chain(oasis_benches::all());
    let found = all.find(|payload| payload.name.starts_with(name));
    found.with_context(|| format!("no payload is called {name}"))
}
