//! What each payload becomes, on a line that was looked at by eye.
//!
//! The pages beside this file hold facts and no payload. `UPDATE=1 cargo test -p oasis-core
//! looked_at` writes them anew: read what changed before you keep it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use oasis_core::Normalizer;
use serde_json::Value;

use super::{ARRIVAL, corpus, payloads};
use crate::gcp;

#[test]
fn every_payload_becomes_what_was_looked_at() {
    let Some(root) = corpus() else { return };
    let normalizer = Normalizer::default();
    let received = ARRIVAL.at().to_string();
    let mut page = String::from(HEAD);
    for of_event in payloads(&root).chunk_by(|a, b| a.kind == b.kind) {
        let rows: Vec<_> = of_event
            .iter()
            .map(|payload| {
                let event = serde_json::to_value(payload.event(&normalizer)).unwrap();
                Row::of(payload.name.trim_end_matches(".json"), &event, &received)
            })
            .collect();
        print(&mut page, &of_event[0].kind, &rows);
    }
    agrees("github.txt", &page);
}

#[test]
fn every_sample_of_google_s_becomes_what_was_looked_at() {
    let Some(root) = corpus() else { return };
    let received = gcp::RECEIVED.to_string();
    let mut page = String::from(HEAD);
    for of_folder in super::google::samples(&root).chunk_by(|a, b| a.parent() == b.parent()) {
        let rows: Vec<_> = of_folder
            .iter()
            .map(|file| {
                let event = gcp::event_of(&[], &fs::read(file).unwrap());
                Row::of(super::name(file).trim_end_matches(".json"), &event, &received)
            })
            .collect();
        let folder = of_folder[0].parent().unwrap().strip_prefix(root.join("gcp")).unwrap();
        print(&mut page, folder.to_str().unwrap(), &rows);
    }
    agrees("google.txt", &page);
}

const HEAD: &str = "\
# file, title, status, task and where it stood, what `ref` is, shape of the link, whose time it has,
# and the names in `meta` beside those that all of the kind have. `-` is none.
";

/// What is looked at of an event.
struct Row {
    columns: String,
    meta: BTreeSet<String>,
}

impl Row {
    fn of(file: &str, event: &Value, received: &str) -> Self {
        let text = |name: &str| event[name].as_str().unwrap();
        let meta = event["meta"].as_object().unwrap();
        let task = match meta.get("vtid_source") {
            None => "-".to_owned(),
            Some(place) => format!("{}:{}", text("vtid"), place.as_str().unwrap()),
        };
        let columns = format!(
            "{file} {} {} {task} {} {} {}",
            text("title"),
            text("status"),
            reference(event),
            event["link"]
                .as_str()
                .map_or("-".to_owned(), |link| shape(link, &event["meta"]["repository"])),
            if text("ts") == received { "received" } else { "told" },
        );
        let there = meta.iter().filter(|(_, value)| !value.is_null());
        Self { columns, meta: there.map(|(name, _)| name.clone()).collect() }
    }
}

fn print(page: &mut String, kind: &str, rows: &[Row]) {
    let mut all = rows[0].meta.clone();
    for row in rows {
        all.retain(|name| row.meta.contains(name));
    }
    let names: Vec<_> = all.iter().map(String::as_str).collect();
    let _ = writeln!(page, "\n{kind} ({}): {}", rows.len(), names.join(" "));
    for row in rows {
        page.push_str("  ");
        page.push_str(&row.columns);
        for name in row.meta.difference(&all) {
            let _ = write!(page, " +{name}");
        }
        page.push('\n');
    }
}

/// What kind of thing `ref` is: one of the facts that `meta` names, a number, a commit, or a name.
fn reference(event: &Value) -> String {
    let Some(reference) = event["ref"].as_str() else { return "-".to_owned() };
    let facts = ["branch", "tag", "sha", "repository"];
    if let Some(fact) = facts.iter().find(|fact| event["meta"][**fact] == reference) {
        return (*fact).to_owned();
    }
    match reference.strip_prefix('#') {
        Some(number) if number.bytes().all(|b| b.is_ascii_digit()) => "#N".to_owned(),
        _ if is_commit(reference) => "commit".to_owned(),
        _ => "name".to_owned(),
    }
}

/// A link without what is somebody's own: the host, and of its path the words that GitHub's and
/// Google's addresses are made of.
fn shape(link: &str, repository: &Value) -> String {
    let (scheme, rest) = link.split_once("://").unwrap();
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let own = repository.as_str().and_then(|name| path.strip_prefix('/')?.strip_prefix(name));
    let mut shape = if scheme == "https" { host.to_owned() } else { format!("{scheme}:{host}") };
    if own.is_some() {
        shape.push_str("/REPO");
    }
    let mut word = String::new();
    for c in own.unwrap_or(path).chars() {
        if "/?#=&;".contains(c) {
            shape.push_str(&masked(&word));
            shape.push(c);
            word.clear();
        } else {
            word.push(c);
        }
    }
    shape.push_str(&masked(&word));
    shape
}

fn masked(word: &str) -> String {
    let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
    if word.is_empty() || WORDS.contains(&word) {
        word.to_owned()
    } else if stem.len() < word.len() && (stem.is_empty() || WORDS.contains(&stem)) {
        format!("{stem}N")
    } else if is_commit(word) {
        "SHA".to_owned()
    } else {
        "*".to_owned()
    }
}

fn is_commit(word: &str) -> bool {
    word.len() == 40 && word.bytes().all(|b| b.is_ascii_hexdigit())
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "HEAD", "actions", "advisories", "alerts", "apps", "attempts", "blob", "branches", "builds",
    "check_run", "checks", "clouddeploy", "code-scanning", "cloud-build", "commit",
    "commitcomment-", "compare", "console", "delivery-pipelines", "dependabot", "deploy", "deployments",
    "details", "discussioncomment-", "discussion_r", "discussions", "enterprises", "executions",
    "installations", "issuecomment-", "issues", "job", "jobs", "keys", "labels", "logs", "main",
    "milestone", "milestones", "orgs", "packages", "project", "projects", "pull",
    "pullrequestreview-", "pulls", "region", "releases", "rollouts", "rules", "run", "runs",
    "secret-scanning", "security", "settings", "tag", "teams", "tree", "users", "wiki",
];

/// Fails where a page says something else than what is so now; with `UPDATE=1` it is written anew.
fn agrees(page: &str, now: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/corpus").join(page);
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        fs::write(&file, now).unwrap();
    }
    let looked_at = fs::read_to_string(&file).unwrap().replace("\r\n", "\n");
    let [old, new] = [&looked_at, now].map(|text| text.lines().collect::<BTreeSet<_>>());
    let gone = old.difference(&new).map(|line| format!("-{line}"));
    let came = new.difference(&old).map(|line| format!("+{line}"));
    let changes: Vec<_> = gone.chain(came).take(40).collect();
    assert_eq!(looked_at, now, "{page} says something else:\n{}", changes.join("\n"));
}
