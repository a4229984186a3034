//! The ledger of OASIS on databases, through [sqlx].
//!
//! [`SqliteStore`] keeps the promises of [`EventStore`] in one SQLite file: durable before it
//! answers, one row for each delivery, dense positions in the order of commit. `PostgresStore`
//! keeps them for any number of processes on one Postgres. Open a file or a URL, or hand in the
//! pool that your program has already:
//!
//! ```
//! use oasis_core::{Arrival, Event, EventStoreExt, Timestamp};
//! use oasis_sqlx::SqliteStore;
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let dir = tempfile::tempdir()?;
//! # let path = dir.path().join("oasis.db");
//! let store = SqliteStore::open(&path).await?;
//! let arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [7; 10]);
//! let appended = store.append_one(Event::new(arrival, "oasis.events", "note")).await?;
//! assert_eq!(appended.recorded.position.get(), 1);
//! # Ok(()) }
//! ```
//!
//! # Features
//!
//! - `sqlite` (default): [`SqliteStore`], with SQLite compiled in.
//! - `postgres`: `PostgresStore`, for PostgreSQL 12 and newer.
//! - `tls`: TLS to Postgres, with rustls and the certificates that browsers trust.
//!
//! A store needs a tokio runtime with its timer on. The crate works with Rust 1.95 and newer; to ask
//! for a newer one is a new minor version.
//!
//! [`EventStore`]: oasis_core::EventStore

#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod agent_row;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod checkpoint_row;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod error;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod inspection;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod page;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod row;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub use inspection::Inspection;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

/// The code of the README runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
