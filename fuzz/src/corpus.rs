//! Seeds made of real payloads, which stand outside the project.
//!
//! `OASIS_CORPUS` says where, by default `../shared/corpus` beside the workspace.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use oasis_core::{Position, Recorded, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use crate::road::event_of_json;

/// Where real payloads are.
///
/// # Errors
///
/// Where there are none, told for a person.
pub fn corpus() -> Result<PathBuf, String> {
    let root = std::env::var_os("OASIS_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    let missing = || format!("there is no corpus at {} (set OASIS_CORPUS)", root.display());
    if root.join("github").is_dir() { Ok(root) } else { Err(missing()) }
}

/// What real payloads give for a target, in the form that it reads.
///
/// # Panics
///
/// Where the corpus can't be read or has another form, or there is no such target.
#[must_use]
pub fn real_seeds(corpus: &Path, target: &str) -> Vec<Vec<u8>> {
    let github = || below(&corpus.join("github"), "json");
    match target {
        "github_payload" => {
            github().map(|file| [event(&file), b"\n", &read(&file)].concat()).collect()
        }
        "form_body" => {
            let encoded = |file: PathBuf| {
                format!("payload={}", percent_encode(&read(&file), NON_ALPHANUMERIC)).into_bytes()
            };
            let real = below(&corpus.join("github-extra"), "body").map(|file| read(&file));
            github().map(encoded).chain(real).collect()
        }
        "gcp_payload" => {
            // What a payload may be stands there too.
            let schema = corpus.join("gcp/schema");
            let samples = below(&corpus.join("gcp"), "json").filter(|it| !it.starts_with(&schema));
            samples.map(|file| [b"\n", &*read(&file)].concat()).collect()
        }
        "signature_headers" => {
            below(&corpus.join("github-extra"), "headers.json").map(|file| headers(&file)).collect()
        }
        "vtid_search" => below(&corpus.join("vtid"), "tsv").flat_map(|file| texts(&file)).collect(),
        "router" => github().map(|file| delivery(event(&file), &read(&file))).collect(),
        // Nobody's but our own have this form.
        "feed_frame" | "google_token" | "query_string" | "store_sequence" => Vec::new(),
        "client_event" | "event_json" | "spool_record" => {
            github().flat_map(|file| events(&file)).collect()
        }
        other => panic!("there is no target {other}"),
    }
}

/// The files with this ending in a folder and the folders in it, sorted.
fn below(folder: &Path, ending: &str) -> impl Iterator<Item = PathBuf> + use<> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the corpus can be listed") {
            let path = entry.expect("the corpus can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().is_some_and(|path| path.ends_with(&format!(".{ending}"))) {
                files.push(path);
            }
        }
    }
    files.sort_unstable();
    files.into_iter()
}

fn read(file: &Path) -> Vec<u8> {
    fs::read(file).expect("the corpus can be read")
}

/// The event of which a payload is: its folder's name.
fn event(payload: &Path) -> &[u8] {
    let folder = payload.parent().and_then(Path::file_name).expect("it stands in a folder");
    folder.as_encoded_bytes()
}

/// A payload as GitHub brings it, twice.
fn delivery(event: &[u8], payload: &[u8]) -> Vec<u8> {
    let head = b"POST /webhooks/github\nx-github-event: ";
    let rest = b"\nx-github-delivery: d-1\nx-hub-signature-256: !sign\n\n";
    let once = [head, event, rest, payload].concat();
    [&once, &b"\n----\n"[..], &once].concat()
}

/// The headers of a real delivery, with a signature that nobody made.
fn headers(file: &Path) -> Vec<u8> {
    let headers: BTreeMap<String, String> =
        serde_json::from_slice(&read(file)).expect("headers are JSON");
    let mut lines: String = headers
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("x-hub-signature-256"))
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    lines += &format!("x-hub-signature-256: sha256={}\n\n{{}}", "0".repeat(64));
    lines.into_bytes()
}

/// The texts of a table; a text stands there as a JSON string.
fn texts(table: &Path) -> Vec<Vec<u8>> {
    let table = String::from_utf8(read(table)).expect("a table is UTF-8");
    let text = |row: &str| {
        let text: String = serde_json::from_str(row.split('\t').next()?).ok()?;
        Some(text.into_bytes())
    };
    table.lines().skip(1).filter_map(text).collect()
}

/// What the core makes of a payload: the event, and its row.
fn events(payload: &Path) -> [Vec<u8>; 2] {
    let name = String::from_utf8_lossy(event(payload)).into_owned();
    let event = event_of_json(&name, &read(payload));
    let row = Recorded::new(Position::FIRST, Timestamp::UNIX_EPOCH, event.clone());
    let json = "an event is always JSON";
    [serde_json::to_vec(&event).expect(json), serde_json::to_vec(&row).expect(json)]
}
