//! The reference store keeps the laws, and a store that breaks one is found out.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

mod bite;
mod broken;
mod grouped;
mod histories;

use oasis_core::conformance::event_store_conformance;
use oasis_core::{MemoryStore, Timestamp};

async fn fresh() -> (MemoryStore, ()) {
    (MemoryStore::new(|| Timestamp::from_unix_seconds(1_761_739_200)), ())
}

event_store_conformance!(
    #[tokio::test(flavor = "multi_thread")]
    tokio::spawn,
    fresh().await
);
