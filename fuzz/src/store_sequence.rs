use oasis_core::conformance::a_history_is_kept;
use oasis_core::{MemoryStore, Timestamp};

use crate::host::wait;

/// Bytes that choose what happens to a ledger in memory: it answers as the model does.
pub fn store_sequence(data: &[u8]) {
    wait(a_history_is_kept(&MemoryStore::new(|| Timestamp::UNIX_EPOCH), data));
}
