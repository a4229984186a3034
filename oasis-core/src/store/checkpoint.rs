//! How far a source was read, where the source doesn't come by itself but is asked.

use std::fmt::Debug;

use async_trait::async_trait;

use super::StoreError;
use crate::time::Timestamp;

/// Where it is kept how far sources were read, for all replicas alike.
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
