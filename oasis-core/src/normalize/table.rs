//! The table of all events in the manual, written from the rules themselves.

use std::fmt::Write as _;
use std::path::Path;

use super::decide::{Action, Given, Row, StatusRule};
use super::{agent, conclusion, gcp, github};
use crate::event::Status;

/// The table stands in the manual; `UPDATE=1 cargo test -p oasis-core table` writes it anew.
#[test]
fn the_manual_s_table_is_what_the_rules_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/manual/events.md");
    let rendered = render();
    if std::env::var_os("UPDATE").is_some_and(|update| update == "1") {
        std::fs::write(&file, &rendered).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    for (n, (written, rendered)) in written.lines().zip(rendered.lines()).enumerate() {
        assert_eq!(written, rendered, "line {} of {}", n + 1, file.display());
    }
    assert_eq!(written, rendered, "{} has another length", file.display());
}

fn render() -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("\n## GitHub\n\n");
    page.push_str(HEAD);
    for (event, module, action, status) in github::rules() {
        row(&mut page, event, module, action, status);
    }
    page.push_str(
        "\n### Runs and checks\n\nThe conclusion decides, and without one the state:\n\n",
    );
    page.push_str("| word | status |\n| --- | --- |\n");
    for word in CONCLUSIONS {
        let _ = writeln!(
            page,
            "| conclusion `{word}` | {} |",
            conclusion::status(None, None, Some(word))
        );
    }
    for word in STATES {
        let _ =
            writeln!(page, "| state `{word}` | {} |", conclusion::status(None, Some(word), None));
    }
    for action in ["rerequested", "requested_action"] {
        let status = conclusion::status(Some(action), Some("completed"), Some("success"));
        let _ = writeln!(page, "| action `{action}`, whatever the conclusion | {status} |");
    }
    page.push_str("\n## Google Cloud\n\n");
    page.push_str(HEAD);
    for (kind, module, action, status) in gcp::rules() {
        row(&mut page, kind, module, action, status);
    }
    page.push_str("\n## Clients\n\n| what | word | status |\n| --- | --- | --- |\n");
    for (what, words) in agent::words() {
        for (word, status) in words {
            let _ = writeln!(page, "| {what} | `{word}` | {status} |");
        }
    }
    page
}

const INTRODUCTION: &str = "\
# Every kind of event

What becomes of each kind, written from the rules that the code runs. A title ends in the action, in
capitals; a status comes from the first row that fits. Words are compared in any letter case.
";

const HEAD: &str = "| kind | module | title ends in | status |\n| --- | --- | --- | --- |\n";

const CONCLUSIONS: [&str; 10] = [
    "success",
    "failure",
    "timed_out",
    "startup_failure",
    "cancelled",
    "neutral",
    "skipped",
    "action_required",
    "stale",
    "any other word",
];

const STATES: [&str; 7] =
    ["queued", "requested", "pending", "waiting", "in_progress", "completed", "any other word"];

fn row(page: &mut String, kind: &str, module: &str, action: &Action, status: &StatusRule) {
    let kind = if kind.is_empty() { "any other".to_owned() } else { format!("`{kind}`") };
    let _ =
        writeln!(page, "| {kind} | {module} | {} | {} |", action_text(action), status_text(status));
}

fn action_text(action: &Action) -> String {
    match action {
        Action::Named => "the action, else the kind".to_owned(),
        Action::Always(word) => format!("`{word}`"),
        Action::First(rows) => {
            let parts: Vec<_> =
                rows.iter().map(|row| given_text(row, &format!("`{}`", row.1))).collect();
            parts.join("; else ")
        }
        Action::OfStatus(words, other) => {
            let parts = words.iter().map(|(status, word)| format!("{status}: `{word}`"));
            parts.chain([format!("`{other}`")]).collect::<Vec<_>>().join("; else ")
        }
    }
}

fn status_text(status: &StatusRule) -> String {
    match status {
        StatusRule::Always(status) => status.to_string(),
        StatusRule::Ci { .. } => "see runs and checks".to_owned(),
        StatusRule::Word { places, words, other } => {
            let mut parts = Vec::new();
            for status in Status::ALL {
                let of: Vec<_> = words
                    .iter()
                    .filter(|(word, is)| *is == status && !word.is_empty())
                    .map(|(word, _)| format!("`{word}`"))
                    .collect();
                if !of.is_empty() {
                    parts.push(format!("{}: {status}", of.join(", ")));
                }
            }
            parts.push(format!("else {other}"));
            format!("by `{}`: {}", places.join("` or `"), parts.join("; "))
        }
        StatusRule::First { rows, other } => {
            let parts = rows.iter().map(|row| given_text(row, row.1.as_str()));
            parts.chain([other.to_string()]).collect::<Vec<_>>().join("; else ")
        }
    }
}

fn given_text<T>((given, _): &Row<T>, then: &str) -> String {
    if given.is_empty() {
        return then.to_owned();
    }
    let texts: Vec<_> = given
        .iter()
        .map(|given| match given {
            Given::Is(path, word) => format!("`{path}` is `{word}`"),
            Given::Contains(path, part) => format!("`{path}` has `{part}` in it"),
            Given::Nonzero(path) => format!("`{path}` is not 0"),
            Given::True(path) => format!("`{path}`"),
            Given::There(path) => format!("there is `{path}`"),
            Given::Absent(path) => format!("there is no `{path}`"),
        })
        .collect();
    format!("{}: {then}", texts.join(" and "))
}
