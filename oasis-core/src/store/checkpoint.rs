//! How far a source was read, where the source doesn't come by itself but is asked.

use std::fmt::Debug;

use async_trait::async_trait;

use super::StoreError;
use crate::time::Timestamp;

/// Where it is kept how far sources were read, for all replicas alike.
///
/// ```
/// use oasis_core::{CheckpointStore, MemoryStore, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
/// let noon = Timestamp::from_unix_seconds(1_761_739_200);
/// store.reached("gcp", noon).await?;
/// assert_eq!(store.checkpoint("gcp").await?, Some(noon));
/// assert_eq!(store.checkpoint("another").await?, None);
/// # Ok(()) }
/// ```
#[async_trait]
pub trait CheckpointStore: Debug + Send + Sync + 'static {
    /// Notes that all of a source up to this moment is in the ledger; where it was noted for a
    /// later one already, that stays.
    ///
    /// # Errors
    /// [`StoreError`] when it was not noted.
    async fn reached(&self, source: &str, at: Timestamp) -> Result<(), StoreError>;

    /// The moment up to which all of a source is in the ledger; `None` when none was noted.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    async fn checkpoint(&self, source: &str) -> Result<Option<Timestamp>, StoreError>;
}
