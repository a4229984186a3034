use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, Secret};
use serde_json::Value;

use crate::corpus::payloads;
use crate::gateway::{SECRET, command, data_dir};

const PULL_REQUEST: &[u8] = br#"{"action":"opened","number":7,"pull_request":{"number":7,
    "title":"DEV-CICDL-31 and VTID-0042","html_url":"https://github.com/o/r/pull/7",
    "body":"As DEV-CICDL-0009 did.\n\nVTID: DEV-CICDL-0031",
    "head":{"ref":"vt/dev-cicdl-0031-\u001b[2Jretry","sha":"3f1c9f6d2b7a4e80915c6d7e8f9a0b1c2d3e4f50"}},
    "repository":{"full_name":"o/r","html_url":"https://github.com/o/r"}}"#;

/// `explain` with this on stdin.
pub(crate) fn explain(dir: &Path, args: &[&str], body: &[u8]) -> Output {
    let mut command = command(dir);
    command.args(["explain", "-"]).args(args);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(body);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_payload_is_explained_to_people() {
    let dir = data_dir();
    let output = explain(dir.path(), &[], PULL_REQUEST);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for line in [
        "event      pull_request (by its shape)",
        "signature  none",
        "title      CICDL-PR-OPENED",
        "task       VTID-0042, found in: pr_title",
        "meta       related_vtids = [\"DEV-CICDL-0031\"]",
        "  pr_title (pull_request.title): DEV-CICDL-31 and VTID-0042",
        "    rejected DEV-CICDL-31: too few digits (scheme 1)",
        "    task     VTID-0042",
        "    related  dev-cicdl-0031",
        "    rejected DEV-CICDL-0009: only mentioned, not on a line `VTID: …` (scheme 1)",
    ] {
        assert!(told.lines().any(|told| told == line), "{line}\n{told}");
    }
    assert!(!told.contains('\u{1b}'), "what strangers write moves no cursor");
    assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none(), "it only reads");
}

#[test]
fn a_payload_is_explained_to_programs() {
    let dir = data_dir();
    let sign = |key: &str| {
        let ring = KeyRing::new(Secret::new(key).unwrap());
        format!("X-Hub-Signature-256: {}", GithubVerifier::new(&ring).sign(PULL_REQUEST))
    };
    for (key, judged) in [(SECRET, "valid"), ("another", "wrong")] {
        let output = explain(dir.path(), &["--json", "-H", &sign(key)], PULL_REQUEST);
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(told["signature"], judged);
        assert_eq!(told["event"]["title"], "CICDL-PR-OPENED");
        assert_eq!(told["searched"][0]["candidates"][0]["reason"], "too few digits");
        assert_eq!(told["searched"][0]["candidates"][1]["verdict"], "task");
    }
}

#[test]
fn the_road_of_every_source_is_explained() {
    let dir = data_dir();
    let pushed =
        br#"{"message":{"messageId":"7","attributes":{"Action":"Start","ResourceType":"Rollout",
        "RolloutId":"dev-cicdl-0031-to-prod"}},"subscription":"projects/p/subscriptions/s"}"#;
    let ingested = br#"{"kind":"deploy","status":"success","vtid":"DEV-CICDL-0031"}"#;
    let form = b"payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%7D";
    let packed = "Content-Type: application/x-www-form-urlencoded";
    for (args, body, title) in [
        (&[][..], &pushed[..], "CICDL-DEPLOY-ROLLOUT-START"),
        (&[], ingested, "CICDL-DEPLOY-SUCCESS"),
        (&["--event", "push", "-H", packed], form, "CICDL-PUSH-PUSHED"),
        (&["--event", "push"], b"no json", "CICDL-PUSH-UNPARSED"),
        (&["-H", "X-GitHub-Event: brand_new"], b"{}", "CICDL-GITHUB-BRAND-NEW"),
    ] {
        let output = explain(dir.path(), &[args, &["--json"]].concat(), body);
        let told: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
        assert_eq!(told["event"]["title"], title);
    }
    let output = explain(dir.path(), &[], br#"{"kind":"deploy","status":"splendid"}"#);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("status"), "{}", text(&output.stderr));
}

#[test]
fn what_can_t_be_told_is_said_with_what_to_do() {
    let dir = data_dir();
    for (args, body, said) in [
        (&[][..], &b"no json"[..], "--event"),
        (
            &[],
            br#"{"action":"created","alert":{}}"#,
            "dependabot_alert or repository_vulnerability_alert",
        ),
        (&[], br#"{"action":"started"}"#, "--event"),
        (&["--event", "push", "-H", "X-GitHub-Event: ping"], b"{}", "X-GitHub-Event is ping"),
        (&["-H", "nothing"], b"{}", "is no header"),
        (&["--as", "gitlab"], b"{}", "possible values"),
    ] {
        let output = explain(dir.path(), args, body);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(text(&output.stderr).contains(said), "{said}: {}", text(&output.stderr));
    }
    let output = command(dir.path()).args(["explain", "/nowhere.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("/nowhere.json"));
}

/// Of real payloads a guess is right or not made: of each event and each set of members one, as a
/// guess looks at nothing else.
#[test]
fn no_real_payload_is_taken_for_another_event() {
    let dir = data_dir();
    let mut shapes = std::collections::BTreeMap::new();
    for (event, body) in payloads() {
        // A few lie there as the form that carried them.
        let Ok(Value::Object(payload)) = serde_json::from_slice(&body) else { continue };
        let members: Vec<_> = payload.keys().cloned().collect();
        shapes.entry((event, members)).or_insert(body);
    }
    let mut silent = 0;
    for ((event, members), body) in &shapes {
        let output = explain(dir.path(), &["--json", "--as", "github"], body);
        if output.status.success() {
            let told: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(told["event"]["kind"], **event, "{members:?}");
        } else {
            let said = text(&output.stderr);
            assert!(
                said.contains("--event")
                    && (!said.contains(" could be ") || said.contains(event.as_str())),
                "{event}: {said}"
            );
            silent += 1;
        }
    }
    eprintln!(
        "{} shapes of real payloads: {} guessed right, {silent} not guessed, none wrong",
        shapes.len(),
        shapes.len() - silent
    );
}
