//! Whether a signed body came before under another delivery id.
//!
//! GitHub signs the body alone, so who recorded a delivery can send it again under an id of its own.
//! It must bring the same signature, which is a keyed digest of the body and was just verified: what
//! is kept of the newest ones is eight bytes each, and nothing is hashed for it.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// How many signatures are known at most; they take some 3 MB.
const KNOWN: usize = 65_536;

/// The newest signatures that this process verified. What it can't see: what came before it was
/// started, came to another process, or came so long ago that it was forgotten.
#[derive(Debug, Default)]
pub(crate) struct Replays {
    seen: Mutex<Seen>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct Seen {
    /// The delivery that first brought a signature, as a hash of its id.
    first: HashMap<u64, u64>,
    /// The signatures, from the oldest on.
    order: VecDeque<u64>,
}

impl Replays {
    /// Whether a verified signature, by its [fingerprint], came before under another delivery id. From
    /// now on it is known.
    ///
    /// [fingerprint]: oasis_core::verify::GithubHeaders::fingerprint
    pub(crate) fn came_before(&self, signature: u64, delivery_id: &str) -> bool {
        let delivery = self.hasher.hash_one(delivery_id);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(first) = seen.first.get(&signature) {
            return *first != delivery;
        }
        if seen.order.len() >= KNOWN
            && let Some(oldest) = seen.order.pop_front()
        {
            seen.first.remove(&oldest);
        }
        seen.first.insert(signature, delivery);
        seen.order.push_back(signature);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_a_replay_under_every_id_but_its_first() {
        let replays = Replays::default();
        assert!(!replays.came_before(1, "d-1"));
        assert!(!replays.came_before(1, "d-1"), "a redelivery has its own id");
        assert!(replays.came_before(1, "d-2"));
        assert!(!replays.came_before(2, "d-3"));
    }

    #[test]
    fn the_oldest_are_forgotten_and_memory_stays_bounded() {
        let replays = Replays::default();
        for n in 0..=KNOWN as u64 {
            assert!(!replays.came_before(n, "d-1"));
        }
        let known = |replays: &Replays| {
            let seen = replays.seen.lock().unwrap();
            (seen.first.len(), seen.order.len())
        };
        assert_eq!(known(&replays), (KNOWN, KNOWN));
        assert!(replays.came_before(1, "d-2"), "the second is still known");
        assert!(!replays.came_before(0, "d-2"), "the first is not");
        assert_eq!(known(&replays), (KNOWN, KNOWN));
    }
}
