//! Why it is made so
//!
//! **The core touches nothing.** It opens no socket and no file, reads no clock and draws no random
//! number: a delivery is bytes, the time and the randomness come in with an
//! [`Arrival`](crate::Arrival), and a ledger is a trait. So every line of it can be run by a
//! fuzzer, a test can fix the time, and it fits into any runtime and any language.
//!
//! **A proof is a type.** Only a verifier makes a [`Verified`](crate::verify::Verified), a
//! [`VerifiedPush`](crate::verify::VerifiedPush) or a
//! [`VerifiedClient`](crate::verify::VerifiedClient), and what leads into a ledger takes nothing
//! else. Where the core can't check a proof itself, because it has no RSA and sees no request, the
//! one constructor says what its caller guarantees. The ways around stand in
//! [`danger`](crate::verify::danger), where a review finds them by name.
//!
//! **What is proven is stored.** An unknown event, action or word is a value and no error; a body
//! that can't be read is an event that says so. A refused delivery would be lost, or brought again
//! for days. A client with a token is another matter: it can mend what it sends, so it is told
//! which [field](crate::PayloadError) is wrong.
//!
//! **Rules are data.** A rule says which places of a payload become which fields. One shape for all
//! the places is compiled once; one pass over the bytes picks what stands there and skips the rest,
//! checked, without building it. The table of [events](crate::manual::events) is written from the
//! same rules, and a test compares the two.
//!
//! **A delivery has one identity.** A ledger keeps one row for each source and delivery id, however
//! often and by whichever way the delivery comes: GitHub's delivery id, the id of a Pub/Sub message
//! whether it is wrapped, unwrapped or inside a CloudEvent, a CloudEvent's source and id together.
//!
//! **Errors are split by who must act.** The sender ([`Refused`](crate::verify::Refused)), the
//! client ([`PayloadError`](crate::PayloadError)), the one who keeps the ledger
//! ([`StoreError`](crate::StoreError)). None of them holds a secret.
