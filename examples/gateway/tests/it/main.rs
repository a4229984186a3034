//! The binary as its users run it: started, posted to, killed, started again.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "postgres")]
mod canaries;
#[cfg(feature = "postgres")]
mod chaos;
#[cfg(feature = "postgres")]
#[expect(dead_code, reason = "the store's own tests use more of it")]
#[path = "../../../../oasis-sqlx/tests/postgres/cluster.rs"]
mod cluster;
mod command_line;
mod corpus;
mod crash;
mod demo;
mod disk;
mod doctor;
mod explain;
mod export;
mod faults;
mod feed;
mod feed_load;
mod gateway;
mod github;
mod google;
mod health;
mod heavy;
mod hostile;
mod http;
mod load;
mod log;
mod manual;
#[cfg(feature = "otel")]
mod otel;
#[cfg(feature = "postgres")]
mod outage;
#[cfg(feature = "postgres")]
mod partition;
#[cfg(feature = "postgres")]
mod postgres;
mod prune;
mod recover;
mod reload;
mod send;
mod shutdown;
mod siege;
mod smuggling;
#[cfg(feature = "postgres")]
mod spool;
mod tail;
mod unverified;
mod watch;
