//! The process that writes the file is killed in the middle of its load.

use oasis_sqlx::SqliteStore;

use crate::killed::{append_for_ever, kill_and_restart, ledger, nothing_is_lost, opening};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_once_after_kill_9_of_the_writer() {
    if let Some(path) = ledger() {
        // This is the process.
        opening();
        return append_for_ever(SqliteStore::open(path).await.unwrap()).await;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("oasis.db");
    let this = "crash::what_was_acknowledged_is_there_once_after_kill_9_of_the_writer";
    let long = std::env::var_os("OASIS_TEST_LONG").is_some();
    let told = kill_and_restart(this, &path, if long { 50 } else { 7 });
    nothing_is_lost(&SqliteStore::open(&path).await.unwrap(), &told).await;
}
