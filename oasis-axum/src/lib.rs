//! OASIS in an [`axum`] router: webhooks in, query and live feed out.
//!
//! [`Oasis`] holds a ledger and the secrets of its sources and gives routers that a host merges or
//! nests. It sets nothing global, logs through [`tracing`], and reads the system's clock and
//! random source, which the core doesn't.
//!
//! ```
//! use std::sync::Arc;
//! use axum::Router;
//! use oasis_axum::Oasis;
//! use oasis_core::{KeyRing, MemoryStore, Secret};
//!
//! let store = Arc::new(MemoryStore::new(oasis_axum::now));
//! let ring = KeyRing::new(Secret::new("It's a Secret to Everybody")?);
//! let oasis = Oasis::new(store, &ring);
//! // All of it beside the host's own routes ...
//! let app: Router = Router::new().merge(oasis.router());
//! // ... or only some of it, below a path of the host's choice.
//! let app: Router = Router::new().nest("/oasis", oasis.webhooks().merge(oasis.query()));
//! # Ok::<(), oasis_core::EmptySecret>(())
//! ```
//!
//! # Features
//!
//! | feature | | what it adds | what it brings |
//! | --- | --- | --- | --- |
//! | `gcp` | off | `POST /webhooks/gcp`: what Google pushes by Pub/Sub and Eventarc | a TLS client, which fetches Google's keys |
//! | `openapi` | off | `GET /openapi.json`: what the routes take and answer, as OpenAPI 3.1 | `utoipa` |
//!
//! The crate works with Rust 1.95 and newer; to ask for a newer one is a new minor version.

mod agents;
mod auth;
mod brought;
mod clock;
mod console;
mod crowd;
mod dependencies;
mod feed;
mod gathered;
#[cfg(feature = "gcp")]
mod google;
mod health;
mod ingest;
mod intake;
mod limits;
mod metrics;
#[cfg(feature = "openapi")]
mod openapi;
mod params;
mod problem;
mod query;
mod rate_limit;
mod redelivery;
mod replays;
mod rights;
mod segment;
mod session;
mod sources;
pub mod spool;
mod state;
mod task;
mod webhooks;

pub use auth::{InvalidToken, Token};
pub use clock::now;
pub use dependencies::Evidence;
#[cfg(feature = "gcp")]
pub use google::GooglePush;
pub use limits::Limits;
pub use metrics::{Audit, AuditMeter, CommitMeter};
pub use problem::{Problem, not_found};
pub use rate_limit::RateLimit;
pub use rights::Access;
pub use sources::Expected;
#[cfg(feature = "gcp")]
pub use state::GCP_ROUTES;
pub use state::{AGENT_ROUTES, Oasis, Options, ROUTES};

/// The code of the README runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
