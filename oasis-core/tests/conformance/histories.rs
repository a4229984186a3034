//! Any history, and that it finds what is wrong with a store.

use async_trait::async_trait;
use oasis_core::conformance::a_history_is_kept;
use oasis_core::{CheckpointStore, MemoryStore, Presence, PresenceStore, StoreError, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::broken::{Broken, Fault};

proptest! {
    #[test]
    fn the_reference_store_answers_any_history_as_the_model_does(bytes in vec(any::<u8>(), 0..600)) {
        let store = MemoryStore::new(|| Timestamp::UNIX_EPOCH);
        now(a_history_is_kept(&store, &bytes));
    }
}

#[test]
fn a_history_finds_each_fault_out() {
    for fault in [
        Fault::ForgetsDeliveries,
        Fault::ForgetsTheSource,
        Fault::TakesUnkeyedForDuplicates,
        Fault::ForgetsIds,
        Fault::PutsTheIdFirst,
        Fault::AnswersInReverse,
        Fault::AnswersBeforeItRecords,
        Fault::LeavesGaps,
        Fault::ReversesPages,
        Fault::IgnoresLimit,
        Fault::IgnoresAfter,
        Fault::IgnoresOffset,
        Fault::EndsPagesEarly,
        Fault::IgnoresFilter("vtid"),
        Fault::IgnoresFilter("layer"),
        Fault::IgnoresFilter("module"),
        Fault::IgnoresFilter("source"),
        Fault::IgnoresFilter("kind"),
        Fault::IgnoresFilter("status"),
        Fault::IgnoresFilter("since"),
        Fault::IgnoresFilter("until"),
        Fault::IgnoresFilter("text"),
        Fault::MindsCase,
        Fault::CountsEverything,
        Fault::Loses("reference"),
        Fault::Loses("link"),
        Fault::Loses("delivery_id"),
        Fault::Loses("meta"),
        Fault::FindsAnything,
        Fault::HasNoHead,
    ] {
        assert!((0..3000).any(|seed| !keeps(fault, seed)), "{fault:?} is not found out");
    }
    assert!((0..300).all(|seed| keeps(Fault::None, seed)));
}

/// Whether a store with this fault answers the history of a seed as it should.
fn keeps(fault: Fault, seed: u64) -> bool {
    let mut mixed = seed + 1;
    let mut byte = || {
        // xorshift64
        mixed ^= mixed << 13;
        mixed ^= mixed >> 7;
        mixed ^= mixed << 17;
        mixed.to_le_bytes()[3]
    };
    let bytes: Vec<_> = (0..400).map(|_| byte()).collect();
    let quiet =
        std::panic::AssertUnwindSafe(|| now(a_history_is_kept(&Broken::new(fault), &bytes)));
    std::panic::catch_unwind(quiet).is_ok()
}

/// What needs no runtime but one that polls it.
fn now<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

#[async_trait]
impl PresenceStore for Broken {
    async fn note(&self, presence: Presence) -> Result<(), StoreError> {
        self.inner.note(presence).await
    }

    async fn agent(&self, name: &str) -> Result<Option<Presence>, StoreError> {
        self.inner.agent(name).await
    }

    async fn agents(&self) -> Result<Vec<Presence>, StoreError> {
        self.inner.agents().await
    }
}

#[async_trait]
impl CheckpointStore for Broken {
    async fn reached(&self, source: &str, at: Timestamp) -> Result<(), StoreError> {
        self.inner.reached(source, at).await
    }

    async fn checkpoint(&self, source: &str) -> Result<Option<Timestamp>, StoreError> {
        self.inner.checkpoint(source).await
    }
}
