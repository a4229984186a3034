//! The laws of every store, over SQLite behind group commit.

use std::sync::Arc;

use oasis_core::GroupCommit;
use oasis_core::conformance::event_store_conformance;
use tempfile::TempDir;

async fn fresh() -> (GroupCommit, TempDir) {
    let (store, dir) = crate::fresh().await;
    (GroupCommit::new(Arc::new(store)), dir)
}

event_store_conformance!(
    #[tokio::test(flavor = "multi_thread")]
    tokio::spawn,
    fresh().await
);
