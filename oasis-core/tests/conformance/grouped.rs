//! The laws hold behind group commit as well.

use std::sync::Arc;

use oasis_core::GroupCommit;
use oasis_core::conformance::event_store_conformance;

async fn fresh() -> (GroupCommit, ()) {
    let (store, outlives) = crate::fresh().await;
    (GroupCommit::new(Arc::new(store)), outlives)
}

event_store_conformance!(
    #[tokio::test(flavor = "multi_thread")]
    tokio::spawn,
    fresh().await
);
