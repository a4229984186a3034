//! Long and heavy load: the real binary, deliveries that come when they are due whether or not the
//! ones before were answered, and people who watch the feed all the while.
//!
//! `cargo xtask soak` and `cargo xtask overload` run the long forms.

mod audit;
mod crew;
mod heartbeats;
mod loud;
mod overload;
mod soak;
mod vitals;
mod wire;

use std::path::Path;

use crate::gateway::{Gateway, command};

/// A gateway on a file in this directory, for load: readers are not held back, and events go when
/// they are older than this.
fn start(dir: &Path, retention: &str) -> Gateway {
    let mut command = command(dir);
    command.env("OASIS_RATE_LIMIT", "off").env("OASIS_RETENTION", retention);
    Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
}

/// The header that lets a client of the gateway over this directory bring events.
fn ingest_token(dir: &Path) -> String {
    let token = std::fs::read_to_string(dir.join("ingest-token")).unwrap();
    format!("Authorization: Bearer {}", token.trim())
}

/// A number that the environment may set.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text:?}")))
}
