//! What must hold of the core for any bytes at all: one function for each target.
//!
//! A function panics when something doesn't hold; libFuzzer and `tests/smoke.rs` both call it.

mod client_event;
mod corpus;
mod event_json;
mod form_body;
mod gcp_payload;
mod github_payload;
mod laws;
/// The spool's own file: its package brings a server, of which nothing is fuzzed here.
#[path = "../../oasis-axum/src/spool/record.rs"]
mod record;
mod request;
mod road;
mod signature_headers;
mod spool_record;
mod vtid_search;

pub use client_event::client_event;
pub use corpus::{corpus, real_seeds};
pub use event_json::event_json;
pub use form_body::form_body;
pub use gcp_payload::gcp_payload;
pub use github_payload::github_payload;
pub use signature_headers::signature_headers;
pub use spool_record::spool_record;
pub use vtid_search::vtid_search;

/// A target and the name that its seeds and its program have.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 8] = [
    ("client_event", client_event),
    ("event_json", event_json),
    ("form_body", form_body),
    ("gcp_payload", gcp_payload),
    ("github_payload", github_payload),
    ("signature_headers", signature_headers),
    ("spool_record", spool_record),
    ("vtid_search", vtid_search),
];
