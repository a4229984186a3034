//! The pure core of OASIS: webhook deliveries in, one ledger of events out.
//!
//! ```text
//! bytes + headers ──► verify ──► normalise ──► append ──► ledger
//!                     (proof)    (one event)   (durable)
//! ```
//!
//! The core does no IO, reads no clock, keeps no global state and has no `unsafe`: time, randomness
//! and secrets are arguments. So it can be embedded in any runtime, bound to other languages and
//! fuzzed.
//!
//! - [`Ingestor`] is the paved path: it takes a delivery's headers and raw bytes and answers when
//!   its event is durable.
//! - [`verify`], [`Normalizer`] and [`VtidSearch`] are its parts, for those who want one of them.
//! - [`EventStore`] is what a ledger must do. [`MemoryStore`] does it in the plainest way; the
//!   crate `oasis-sqlx` does it on databases.
//! - [`manual`] tells why it is made so, and what becomes of every kind of event.
//! - The feature `conformance` adds the laws that every store keeps, as tests for a store of one's
//!   own.
//!
//! It works with Rust 1.95 and newer; to ask for a newer one is a new minor version.

mod arrival;
mod event;
mod ingest;
mod json;
mod normalize;
mod secret;
mod time;
mod vtid;

#[cfg(feature = "conformance")]
pub mod conformance;
pub mod manual;
pub mod store;
pub mod verify;

pub use arrival::Arrival;
pub use event::{
    Event, EventId, InvalidEventId, InvalidLink, InvalidStatus, InvalidTitle, Link, Meta, Position,
    Recorded, Status, Title,
};
pub use ingest::{IngestError, Ingestor, SubmitError};
pub use normalize::{
    Explained, Heartbeat, Normalizer, PayloadError, Searched, claimed_delivery_id,
};
pub use secret::{EmptySecret, KeyRing, Secret};
pub use store::{
    AgentState, Appended, CheckpointStore, Cursor, EventFilter, EventStore, EventStoreExt, Follow,
    GroupCommit, InvalidCursor, MemoryStore, Order, Page, Presence, PresenceStore, Query,
    StoreError, StoreErrorKind,
};
pub use time::{InvalidTimestamp, Timestamp};
pub use vtid::{
    Candidate, Found, InvalidScheme, InvalidVtid, Rejection, UNSET, Vtid, VtidScheme, VtidSearch,
};

/// The code of the README runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
