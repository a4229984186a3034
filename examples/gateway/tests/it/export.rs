//! `export`: every form, from the database and from a gateway, cut off and gone on with.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::process::Output;

use cdevents_sdk::CDEvent;
use serde_json::{Value, json as value};

use crate::corpus::payloads;
use crate::gateway::{Gateway, command, data_dir};

fn run(dir: &Path, args: &[&str]) -> Output {
    command(dir).arg("export").args(args).output().unwrap()
}

/// What it prints; the last line says how many events and where to go on.
fn export(dir: &Path, args: &[&str]) -> String {
    let output = run(dir, args);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A payload of our own for each type of CDEvents that is looked for.
fn of_each_type() -> Vec<(String, Vec<u8>)> {
    let link = "https://github.com/acme/shop/x";
    let pull = value!({ "number": 7, "title": "Retry", "html_url": link, "merged": true,
        "head": { "ref": "retry", "sha": "a".repeat(40) } });
    let run = value!({ "id": 5, "run_id": 5, "name": "CI", "status": "completed",
        "conclusion": "success", "head_branch": "main", "html_url": link, "run_attempt": 1 });
    let user = value!({ "login": "dana" });
    let issue = value!({ "number": 9, "title": "Slow", "html_url": link, "user": user });
    let deployment = value!({ "id": 3, "environment": "production", "ref": "main",
        "sha": "a".repeat(40), "task": "deploy" });
    [
        ("workflow_run", "completed", value!({ "workflow_run": run })),
        ("workflow_job", "completed", value!({ "workflow_job": run })),
        ("pull_request", "opened", value!({ "pull_request": pull })),
        ("pull_request", "closed", value!({ "pull_request": pull })),
        (
            "pull_request_review",
            "submitted",
            value!({ "pull_request": pull, "review": { "state": "approved", "html_url": link } }),
        ),
        ("create", "", value!({ "ref": "retry", "ref_type": "branch" })),
        ("delete", "", value!({ "ref": "retry", "ref_type": "branch" })),
        ("issues", "opened", value!({ "issue": issue })),
        ("issues", "closed", value!({ "issue": issue })),
        (
            "deployment_status",
            "created",
            value!({ "deployment": deployment, "deployment_status": {
                "id": 4, "state": "success", "environment": "production", "target_url": link } }),
        ),
    ]
    .map(|(event, action, mut body)| {
        body["repository"] = value!({ "full_name": "acme/shop" });
        body["sender"] = user.clone();
        if !action.is_empty() {
            body["action"] = action.into();
        }
        (event.to_owned(), serde_json::to_vec(&body).unwrap())
    })
    .into()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_real_payload_is_exported_in_every_form() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    // Our own first: the real ones are not everywhere.
    for (n, (event, body)) in of_each_type().into_iter().chain(payloads()).enumerate() {
        gateway.deliver(&event, &format!("d-{n}"), body).await;
    }
    let told = json(&export(dir.path(), &[]));
    assert_eq!(told.len() as u64, gateway.count().await);
    for (n, event) in told.iter().enumerate() {
        assert_eq!(event["position"], n + 1);
    }
    let page = gateway.get_json("/api/v1/oasis/events?order=asc&limit=1000").await;
    assert_eq!(page.as_array().unwrap()[..], told[..1000.min(told.len())], "the same as over HTTP");
    let asked = export(dir.path(), &["--url", &gateway.url]);
    assert_eq!(asked, export(dir.path(), &[]), "the same from both");

    let mut ids = HashSet::new();
    for (event, data) in json(&export(dir.path(), &["-f", "cloudevents"])).iter().zip(&told) {
        let members = event.as_object().unwrap();
        for name in members.keys() {
            let fits = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
            assert!(fits && name.len() <= 20, "{name}");
        }
        for name in ["id", "source", "type", "time", "sequence", "recordedtime"] {
            let text = event[name].as_str().unwrap();
            assert!(!text.is_empty() && !text.contains(char::is_control), "{name}: {text:?}");
        }
        assert_eq!((&event["specversion"], &event["data"]), (&"1.0".into(), data));
        assert!(ids.insert((event["source"].to_string(), event["id"].to_string())));
    }
    assert_eq!(ids.len(), told.len());

    let mut types = BTreeMap::<_, u32>::new();
    for line in export(dir.path(), &["-f", "cdevents"]).lines() {
        // The CDEvents project's own reader takes no member that it doesn't know.
        let event: CDEvent = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        *types.entry(event.ty().to_owned()).or_default() += 1;
        let custom = event.custom_data().clone().unwrap();
        assert_eq!(told[custom["position"].as_u64().unwrap() as usize - 1], custom);
    }
    for wanted in [
        "pipelinerun.finished",
        "taskrun.finished",
        "change.created",
        "change.merged",
        "change.reviewed",
        "branch.created",
        "branch.deleted",
        "ticket.created",
        "ticket.closed",
        "service.deployed",
    ] {
        assert!(types.keys().any(|ty| ty.contains(&format!(".{wanted}."))), "{wanted}: {types:?}");
    }
    eprintln!("{} events, of which are CDEvents: {types:?}", told.len());

    let csv = export(dir.path(), &["-f", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), told.len());
    for (row, event) in rows.iter().zip(&told) {
        assert_eq!(row[0], event["position"].to_string());
        assert_eq!(row[9], *event["title"].as_str().unwrap());
        assert_eq!(serde_json::from_str::<Value>(&row[12]).unwrap(), event["meta"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_and_a_position_say_what_is_exported() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    for n in 1..=6 {
        gateway.push(&format!("d-{n}")).await;
        gateway.deliver("ping", &format!("p-{n}"), b"{}".to_vec()).await;
    }
    for from in [&[][..], &["--url", &gateway.url]] {
        let positions = |args: &[&str]| -> Vec<u64> {
            let told = json(&export(dir.path(), &[args, from].concat()));
            told.iter().map(|event| event["position"].as_u64().unwrap()).collect()
        };
        assert_eq!(positions(&["--kind=push"]), [1, 3, 5, 7, 9, 11]);
        assert_eq!(positions(&["--kind=push", "--after=5"]), [7, 9, 11]);
        assert_eq!(positions(&["--vtid=unset"]), [2, 4, 6, 8, 10, 12]);
        assert_eq!(positions(&["--until=2020-01-01T00:00:00Z"]), [0; 0]);
        assert_eq!(positions(&["--after=12"]), [0; 0]);
        assert_eq!(positions(&["--after=99"]), [0; 0]);
    }
    let said = run(dir.path(), &["--after=5"]).stderr;
    assert!(String::from_utf8(said).unwrap().contains("7 events; --after 12 goes on from there"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_cut_anywhere_is_gone_on_with() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let review =
        br#"{"ref":"refs/heads/=cmd|' /C calc'!A0","repository":{"full_name":"o/\"r\",\n"}}"#;
    for n in 1..=4 {
        gateway.deliver("push", &format!("d-{n}"), review.to_vec()).await;
        let opened = br#"{"action":"opened","number":7,"pull_request":{"number":7,"title":"x"}}"#;
        gateway.deliver("pull_request", &format!("p-{n}"), opened.to_vec()).await;
    }
    for form in ["ndjson", "csv", "cloudevents", "cdevents"] {
        let file = dir.path().join(form);
        let path = file.to_str().unwrap();
        let go_on = || run(dir.path(), &["-f", form, "-o", path, "--resume"]);
        assert_eq!(go_on().status.code(), Some(0), "a file that isn't there is begun");
        let whole = std::fs::read(&file).unwrap();
        assert_eq!(whole, export(dir.path(), &["-f", form]).into_bytes());
        let first_line = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        for cut in [first_line, first_line + 1, whole.len() / 2, whole.len() - 1, whole.len()] {
            std::fs::write(&file, &whole[..cut]).unwrap();
            let output = go_on();
            assert_eq!(
                output.status.code(),
                Some(0),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            assert_eq!(std::fs::read(&file).unwrap(), whole, "{form} cut at {cut}");
        }
        let again = run(dir.path(), &["-f", form, "-o", path]);
        assert_eq!(again.status.code(), Some(2), "no file is written over");
        assert!(String::from_utf8(again.stderr).unwrap().contains("--resume"));
        std::fs::write(&file, "something else\n").unwrap();
        assert_eq!(go_on().status.code(), Some(1), "nor cut");
        assert_eq!(std::fs::read(&file).unwrap(), b"something else\n");
    }
    assert!(export(dir.path(), &["-f", "csv"]).contains("\"'=cmd|' /C calc'!A0\""));
}

#[test]
fn a_ledger_that_is_not_there_is_not_made() {
    let dir = data_dir();
    let file = dir.path().join("events.csv");
    for args in [&["-f", "csv"][..], &["-f", "csv", "-o", file.to_str().unwrap()]] {
        let output = run(dir.path(), args);
        assert_eq!((output.status.code(), &*output.stdout), (Some(1), &b""[..]));
        assert!(String::from_utf8(output.stderr).unwrap().contains("--database-url"));
    }
    assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none());
}
