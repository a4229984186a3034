//! What must hold of the core for any bytes at all: one function for each target.
//!
//! A function panics when something doesn't hold; libFuzzer and `tests/smoke.rs` both call it.

mod event_json;
mod form_body;
mod github_payload;
mod laws;
mod road;
mod signature_headers;
mod vtid_search;

pub use event_json::event_json;
pub use form_body::form_body;
pub use github_payload::github_payload;
pub use signature_headers::signature_headers;
pub use vtid_search::vtid_search;

/// A target and the name that its seeds and its program have.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 5] = [
    ("event_json", event_json),
    ("form_body", form_body),
    ("github_payload", github_payload),
    ("signature_headers", signature_headers),
    ("vtid_search", vtid_search),
];
