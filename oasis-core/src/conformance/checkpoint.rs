//! The law of a [`CheckpointStore`].

use crate::store::CheckpointStore;
use crate::time::Timestamp;

/// Checks that a store which knows no checkpoint yet keeps how far sources were read.
///
/// ```
/// use oasis_core::conformance::checkpoints_are_kept;
/// use oasis_core::{MemoryStore, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// checkpoints_are_kept(&MemoryStore::new(|| Timestamp::UNIX_EPOCH)).await;
/// # }
/// ```
///
/// # Panics
/// When the store loses, mixes up or takes back what it was told.
pub async fn checkpoints_are_kept(store: &dyn CheckpointStore) {
    let noon = Timestamp::from_unix_millis(1_761_739_200_123);
    let later = noon.saturating_add_millis(1);
    assert_eq!(at(store, "gcp/a").await, None, "a store that was told nothing knows something");
    reach(store, "gcp/a", noon).await;
    reach(store, "gcp/a 'quoted' Ä %_", later).await;
    assert_eq!(at(store, "gcp/a").await, Some(noon), "not what was told");
    assert_eq!(at(store, "gcp/a 'quoted' Ä %_").await, Some(later), "not what was told");
    assert_eq!(at(store, "GCP/a").await, None, "names that differ in case are two names");
    reach(store, "gcp/a", later).await;
    // Another replica was slower.
    reach(store, "gcp/a", noon).await;
    assert_eq!(at(store, "gcp/a").await, Some(later), "a checkpoint never goes back");
}

async fn reach(store: &dyn CheckpointStore, source: &str, moment: Timestamp) {
    if let Err(error) = store.reached(source, moment).await {
        panic!("a checkpoint was not noted: {error} ({:?})", std::error::Error::source(&error));
    }
}

async fn at(store: &dyn CheckpointStore, source: &str) -> Option<Timestamp> {
    store.checkpoint(source).await.unwrap_or_else(|error| panic!("it can't be read: {error}"))
}
