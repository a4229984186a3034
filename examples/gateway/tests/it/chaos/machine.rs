//! The processes, and what kills them.

use std::path::Path;
use std::time::Duration;

use fastrand::Rng;
use tempfile::TempDir;
use tokio::task::block_in_place;

use crate::cluster::Cluster;
use crate::gateway::{Gateway, command, data_dir};

/// What the gateway stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Store {
    Sqlite,
    Postgres,
    /// Postgres, and a spool for when it is away.
    Spool,
}

pub(super) struct Machine {
    store: Store,
    dir: TempDir,
    /// Postgres, and the database's URL.
    postgres: Option<(Cluster, String)>,
    pub(super) gateway: Gateway,
    pub(super) gateway_kills: usize,
    pub(super) postgres_kills: usize,
}

impl Machine {
    pub(super) async fn start(store: Store) -> Self {
        let dir = data_dir();
        let postgres = match store {
            Store::Sqlite => None,
            Store::Postgres | Store::Spool => {
                let cluster = Cluster::durable();
                let url = cluster.database().await;
                Some((cluster, url))
            }
        };
        let gateway = start(store, dir.path(), postgres.as_ref());
        Self { store, dir, postgres, gateway, gateway_kills: 0, postgres_kills: 0 }
    }

    /// `kill -9` of one of the processes or of both, and what was killed is started again.
    pub(super) fn kill(&mut self, rng: &mut Rng) {
        let (gateway, postgres) = match (&self.postgres, rng.u8(..3)) {
            (None, _) | (_, 0) => (true, false),
            (_, 1) => (false, true),
            _ => (true, true),
        };
        if let Some((cluster, _)) = self.postgres.as_ref().filter(|_| postgres) {
            self.postgres_kills += 1;
            block_in_place(|| cluster.kill());
            if self.store == Store::Spool {
                // Meanwhile deliveries are spooled, and the gateway dies with them.
                block_in_place(|| std::thread::sleep(Duration::from_millis(rng.u64(..300))));
            }
        }
        if gateway {
            self.gateway_kills += 1;
            block_in_place(|| self.gateway.kill_9());
        }
        if let Some((cluster, _)) = self.postgres.as_ref().filter(|_| postgres) {
            block_in_place(|| cluster.boot());
        }
        if gateway {
            self.gateway =
                block_in_place(|| start(self.store, self.dir.path(), self.postgres.as_ref()));
        }
    }
}

fn start(store: Store, dir: &Path, postgres: Option<&(Cluster, String)>) -> Gateway {
    let mut command = command(dir);
    if let Some((_, url)) = postgres {
        command.env("DATABASE_URL", url);
    }
    if store == Store::Spool {
        command.env("OASIS_SPOOL_DIR", dir.join("spool"));
    }
    // The follower and the senders are one address; the test is not about how often it may ask.
    command.env("OASIS_RATE_LIMIT", "off");
    Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
}
