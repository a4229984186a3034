//! What must hold for any bytes at all: one function for each target.
//!
//! A function panics when something doesn't hold; libFuzzer and `tests/smoke.rs` both call it.

mod client_event;
mod corpus;
mod event_json;
mod event_stream;
mod feed_frame;
mod form_body;
/// The feed's own file, which nobody else has to see.
#[path = "../../oasis-axum/src/feed/frame.rs"]
mod frame;
mod gcp_payload;
mod github_payload;
mod google_token;
mod host;
mod laws;
mod query_string;
/// The spool's own file, which nobody else has to see.
#[path = "../../oasis-axum/src/spool/record.rs"]
mod record;
mod request;
mod road;
mod router;
mod signature_headers;
mod spool_record;
mod store_sequence;
mod vtid_search;

pub use client_event::client_event;
pub use corpus::{corpus, real_seeds};
pub use event_json::event_json;
pub use feed_frame::feed_frame;
pub use form_body::form_body;
pub use gcp_payload::gcp_payload;
pub use github_payload::github_payload;
pub use google_token::google_token;
pub use query_string::query_string;
pub use router::router;
pub use signature_headers::signature_headers;
pub use spool_record::spool_record;
pub use store_sequence::store_sequence;
pub use vtid_search::vtid_search;

/// A target and the name that its seeds and its program have.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 13] = [
    ("client_event", client_event),
    ("event_json", event_json),
    ("feed_frame", feed_frame),
    ("form_body", form_body),
    ("gcp_payload", gcp_payload),
    ("github_payload", github_payload),
    ("google_token", google_token),
    ("query_string", query_string),
    ("router", router),
    ("signature_headers", signature_headers),
    ("spool_record", spool_record),
    ("store_sequence", store_sequence),
    ("vtid_search", vtid_search),
];
