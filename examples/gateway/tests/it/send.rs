use serde_json::Value;

use crate::gateway::{Gateway, command, data_dir};

#[tokio::test]
async fn a_file_is_delivered_as_github_would() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let file = dir.path().join("push.json");
    std::fs::write(&file, br#"{"ref":"refs/heads/vt/DEV-CICDL-0031"}"#).unwrap();
    let send = |args: &[&str]| {
        let mut command = command(dir.path());
        command.args(["send", "--url", &gateway.url]).arg(&file).args(args).output().unwrap()
    };
    let first = send(&["--event", "push", "--delivery", "d-1"]);
    assert_eq!(first.status.code(), Some(0), "{}", String::from_utf8_lossy(&first.stderr));
    let answer: Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!((&answer["vtid"], &answer["duplicate"]), (&"DEV-CICDL-0031".into(), &false.into()));
    let again = send(&["--event", "push", "--delivery", "d-1"]);
    let answer: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!((&answer["position"], &answer["duplicate"]), (&1.into(), &true.into()));
    let event = &gateway.get_json("/events").await[0];
    assert_eq!((&event["kind"], &event["delivery_id"]), (&"push".into(), &"d-1".into()));

    assert_eq!(send(&[]).status.code(), Some(2), "the payload doesn't tell its event");
    let mut refused = command(dir.path());
    refused.env("GITHUB_WEBHOOK_SECRET", "another").args([
        "send",
        "--event",
        "push",
        "--url",
        &gateway.url,
    ]);
    let refused = refused.arg(&file).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    let problem: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(problem["status"], 401);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("401"));
}
