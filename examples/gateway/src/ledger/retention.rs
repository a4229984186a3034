//! Stores whose oldest events can be removed.

use std::fmt::Debug;

use async_trait::async_trait;
use oasis_core::{StoreError, Timestamp};
use oasis_sqlx::SqliteStore;

/// What the stores know beside the contract of every ledger.
#[async_trait]
pub(crate) trait Retention: Debug + Send + Sync {
    /// Removes the oldest events, up to the first that was recorded at this moment or later; how
    /// many they were. The newest stays.
    async fn prune(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// How many that would be.
    async fn prunable(&self, before: Timestamp) -> Result<u64, StoreError>;
}

#[async_trait]
impl Retention for SqliteStore {
    async fn prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.prune(before).await
    }

    async fn prunable(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.prunable(before).await
    }
}

#[cfg(feature = "postgres")]
#[async_trait]
impl Retention for oasis_sqlx::PostgresStore {
    async fn prune(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.prune(before).await
    }

    async fn prunable(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.prunable(before).await
    }
}
