//! Real payloads, which stand outside the repository: `OASIS_CORPUS` says where, by default
//! `../shared/corpus` beside the workspace.

use std::path::{Path, PathBuf};

use crate::Payload;

/// Payloads of four events, as GitHub sends them: without white space between tokens, and with a
/// task id where people write one. None where there is no corpus.
pub fn real() -> Vec<Payload> {
    let root = std::env::var_os("OASIS_CORPUS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"),
        PathBuf::from,
    );
    CHOSEN.iter().filter_map(|chosen| read(&root, chosen)).collect()
}

/// What it is called here, its event, its file, and the text behind which the task id goes.
type Chosen = (&'static str, &'static str, &'static str, &'static str);

const CHOSEN: [Chosen; 6] = [
    ("push", "push", "octokit.payload", r#""message":""#),
    ("push-branch", "push", "octokit.1", r#""ref":"refs/heads/"#),
    ("check_run", "check_run", "octokit.completed.1", r#""head_branch":""#),
    ("workflow_run", "workflow_run", "octokit.completed", r#""head_branch":""#),
    ("pr-opened", "pull_request", "octokit.opened", r#""title":""#),
    ("pr-closed", "pull_request", "octokit.closed", r#""title":""#),
];

fn read(root: &Path, (name, event, file, before): &Chosen) -> Option<Payload> {
    let path = root.join("github").join(event).join(format!("{file}.json"));
    let sent = without_white(&std::fs::read_to_string(path).ok()?);
    let body = sent.replacen(before, &format!("{before}DEV-CICDL-0031-"), 1).into_bytes();
    Some(Payload { name, event, body })
}

/// JSON without the white space between its tokens: all else stays as it was written.
fn without_white(json: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let kept = |c: &char| {
        let keep = quoted || !c.is_ascii_whitespace();
        quoted ^= *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        keep
    };
    json.chars().filter(kept).collect()
}
