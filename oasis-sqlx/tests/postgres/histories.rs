//! Any history, on SQLite and on both layouts of Postgres: each answers as the model does, so all of
//! them answer the same.

use oasis_core::conformance::a_history_is_kept;
use oasis_sqlx::{PostgresStore, SqliteStore};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, PgConnection};
use tempfile::TempDir;

use crate::cluster::{Cluster, execute, stranger};
use crate::partitions::partition;

#[test]
fn e15_any_history_is_answered_the_same_by_each_store() {
    let cases = if crate::long() { 10_000 } else { 60 };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let stores = std::cell::RefCell::new(runtime.block_on(Stores::new()));
    let mut runner = TestRunner::new(Config { cases, ..Config::default() });
    let bytes = proptest::collection::vec(any::<u8>(), 0..400);
    let checked = runner.run(&bytes, |bytes| {
        runtime.block_on(stores.borrow_mut().check(&bytes));
        Ok(())
    });
    checked.unwrap_or_else(|found| panic!("{found}"));
}

/// The same ledgers for all histories: to make a database takes longer than to use it.
struct Stores {
    sqlite: (SqliteStore, SqliteConnection, TempDir),
    postgres: [(PostgresStore, PgConnection); 2],
}

impl Stores {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("oasis.db");
        let sqlite = SqliteStore::open(&file).await.unwrap();
        let other = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
        let plain = Cluster::shared().database().await;
        let parted = Cluster::shared().database().await;
        let stores = [ledger(&plain).await, ledger(&parted).await];
        partition(&parted, 7).await;
        Self { sqlite: (sqlite, other, dir), postgres: stores }
    }

    async fn check(&mut self, bytes: &[u8]) {
        let (sqlite, other, _dir) = &mut self.sqlite;
        empty_sqlite(other).await;
        a_history_is_kept(sqlite, bytes).await;
        for (postgres, other) in &mut self.postgres {
            execute(other, EMPTY_POSTGRES).await;
            a_history_is_kept(postgres, bytes).await;
        }
    }
}

async fn ledger(url: &str) -> (PostgresStore, PgConnection) {
    (PostgresStore::connect(url).await.unwrap(), stranger(url).await)
}

/// As its owner may, who could as well drop it.
const EMPTY_POSTGRES: &str = "TRUNCATE oasis_events, oasis_agents, oasis_checkpoints; \
     UPDATE oasis_head SET position = 0";

/// The trigger that keeps rows from being deleted stands aside, as it does for a prune.
async fn empty_sqlite(connection: &mut SqliteConnection) {
    const TRIGGER: &str = "SELECT sql FROM sqlite_master WHERE name = 'oasis_events_no_delete'";
    let trigger: String = sqlx::query_scalar(TRIGGER).fetch_one(&mut *connection).await.unwrap();
    let statements = format!(
        "BEGIN IMMEDIATE; DROP TRIGGER oasis_events_no_delete; DELETE FROM oasis_events; \
         DELETE FROM oasis_agents; DELETE FROM oasis_checkpoints; {trigger}; COMMIT"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(connection).await.unwrap();
}
