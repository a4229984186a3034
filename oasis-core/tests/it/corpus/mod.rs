//! Real and documented payloads, which stand outside the repository.
//!
//! `OASIS_CORPUS` says where, by default `../shared/corpus` beside the workspace. Without it these
//! tests say so and pass; where `CI` is `true` they fail, unless `OASIS_CORPUS=none` says that it is
//! known.

mod facts;
mod github;
mod google;
mod signatures;
mod snapshot;
mod texts;

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use oasis_core::verify::danger;
use oasis_core::{Arrival, Event, Normalizer, Timestamp};
use serde_json::Value;

const ARRIVAL: Arrival = Arrival::new(Timestamp::from_unix_seconds(1_761_739_200), [9; 10]);

/// A payload of GitHub's: the event that it is of, the file's name, and its bytes.
struct Payload {
    kind: String,
    name: String,
    body: Vec<u8>,
}

impl Payload {
    fn json(&self) -> Value {
        let body = self.body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&self.body);
        serde_json::from_slice(body).unwrap()
    }

    fn event(&self, normalizer: &Normalizer) -> Event {
        normalizer.github(&danger::trust_github(&self.kind, "d", &self.body), ARRIVAL)
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// Every payload of GitHub's in the corpus, each event's together.
fn payloads(root: &Path) -> Vec<Payload> {
    let folders = files(&root.join("github"), "").into_iter().filter(|path| path.is_dir());
    let payloads: Vec<_> = folders
        .flat_map(|folder| {
            let kind = name(&folder).to_owned();
            files(&folder, ".json").into_iter().map(move |file| Payload {
                kind: kind.clone(),
                name: name(&file).to_owned(),
                body: fs::read(&file).unwrap(),
            })
        })
        .collect();
    assert!(payloads.len() >= 872, "only {} payloads", payloads.len());
    payloads
}

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("OASIS_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    if root.join("github").is_dir() {
        return Some(root);
    }
    let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!ci || root.as_os_str() == "none", "there is no corpus at {}", root.display());
    eprintln!(
        "NOT TESTED against real payloads: there is no corpus at {} (set OASIS_CORPUS)",
        root.display()
    );
    None
}

/// The files of a folder with this ending, sorted.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|path| path.to_str().is_some_and(|path| path.ends_with(ending))).collect();
    files.sort();
    files
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap()
}
