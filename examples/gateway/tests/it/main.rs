//! The binary as its users run it: started, posted to, killed, started again.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod command_line;
mod corpus;
mod crash;
mod feed;
mod gateway;
mod http;
