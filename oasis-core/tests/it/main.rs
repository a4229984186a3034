//! What the core promises, seen from outside.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "the whole crate is a test; clippy.toml allows it in test functions only"
)]

mod clients;
mod contract;
mod corpus;
mod deliveries;
mod gcp;
mod golden;
mod group_commit;
mod hostile;
mod mapping;
mod pulled;
mod rules;
