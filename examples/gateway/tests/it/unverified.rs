//! Whatever is configured and wherever it is sent: nothing is recorded that was not proven.

use std::path::Path;

use futures_util::{StreamExt, stream};
use oasis_axum::{AGENT_ROUTES, ROUTES};

use crate::gateway::{Gateway, command, data_dir};

/// What somebody may write into a setting who wants no verification.
const OFF: [&str; 7] = ["", "off", "none", "false", "0", "*", "insecure_noop"];

/// The names of all settings there are.
fn settings(dir: &Path) -> Vec<String> {
    let output = command(dir).args(["config", "--print"]).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let name = |line: &str| {
        let set = line.split_once(" = ").map(|(name, _)| name);
        let unset =
            line.strip_prefix("# ").and_then(|line| line.split_once(" is not set (")?.0.into());
        set.filter(|name| !name.starts_with('#')).or(unset).map(str::to_owned)
    };
    printed.lines().filter_map(name).collect()
}

/// A gateway of this configuration file, if it starts; else what it says.
fn with(file: &str, dir: &Path) -> Result<Gateway, String> {
    let path = dir.join("oasis.toml");
    std::fs::write(&path, file).unwrap();
    let mut command = command(dir);
    // The file's counts, but for the address; and nobody outside is asked.
    for name in ["GITHUB_WEBHOOK_SECRET", "OASIS_DATA_DIR", "OASIS_SPOOL_ALLOW_EPHEMERAL"] {
        command.env_remove(name);
    }
    command.current_dir(dir);
    command.env("GCE_METADATA_HOST", "127.0.0.1:9").env("GITHUB_API_URL", "http://127.0.0.1:9");
    command.arg("--config").arg(path).args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
    Gateway::try_spawn(&mut command)
}

/// What is answered to a delivery without a signature, and to one with another body's.
async fn answers(gateway: &Gateway) -> [u16; 2] {
    let signature = gateway.sign(b"[]");
    let mut answers = [0; 2];
    for (answer, signature) in answers.iter_mut().zip([None, Some(signature)]) {
        let request = gateway
            .client
            .post(format!("{}/webhooks/github", gateway.url))
            .header("content-type", "application/json")
            .header("x-github-event", "push")
            .header("x-github-delivery", "d-1");
        let request = signature
            .into_iter()
            .fold(request, |request, signature| request.header("x-hub-signature-256", signature));
        *answer = request.body("{}").send().await.unwrap().status().as_u16();
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a5_no_setting_turns_verification_off() {
    let names = settings(data_dir().path());
    assert!(names.len() > 30, "{names:?}");
    let configured = names.iter().flat_map(|name| OFF.map(|value| (name.clone(), value)));
    let tried = stream::iter(configured).map(|(name, value)| async move {
        let dir = data_dir();
        match with(&format!("{name} = \"{value}\"\n"), dir.path()) {
            Ok(gateway) => {
                assert_eq!(answers(&gateway).await, [401, 401], "{name} = {value:?}");
                assert_eq!(gateway.count().await, 0, "{name} = {value:?}");
                true
            }
            Err(log) => {
                assert!(log.contains("\"level\":\"ERROR\""), "{name} = {value:?}: {log}");
                false
            }
        }
    });
    let started: Vec<bool> = tried.buffer_unordered(4).collect().await;
    assert!(started.contains(&true) && started.contains(&false), "some start, some are refused");
}

#[test]
fn a5_a_setting_that_would_turn_it_off_is_none() {
    for name in ["insecure", "insecure_noop", "verify", "github.verify", "github.insecure_noop"] {
        let dir = data_dir();
        let log = with(&format!("{name} = true\n"), dir.path()).err();
        assert!(log.as_ref().is_some_and(|log| log.contains(name)), "{name}: {log:?}");
    }
}

#[tokio::test]
async fn a6_no_route_records_what_was_not_verified() {
    let dir = data_dir();
    let mut command = command(dir.path());
    command
        .env("OASIS_PUBSUB_AUDIENCE", "https://oasis.example/webhooks/gcp")
        .env("OASIS_PUBSUB_SERVICE_ACCOUNT", "push@p.iam.gserviceaccount.com")
        .env("OASIS_GOOGLE_KEYS_URL", "http://127.0.0.1:9")
        .args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
    let gateway = Gateway::spawn(&mut command);
    let mut asked = Vec::new();
    for (method, path) in ROUTES.iter().chain(AGENT_ROUTES).chain([&("POST", "/webhooks/gcp")]) {
        if *method == "GET" {
            continue;
        }
        let request = gateway
            .client
            .request(method.parse().unwrap(), format!("{}{path}", gateway.url))
            .header("content-type", "application/json")
            .header("x-github-event", "push")
            .header("x-github-delivery", "d-1")
            .header("x-hub-signature-256", gateway.sign(b"[]"))
            .header("authorization", "Bearer null");
        let body = r#"{"kind":"push","status":"success","agent":"a","role":"r","vtid":"UNSET"}"#;
        let status = request.body(body).send().await.unwrap().status();
        asked.push(format!("{method} {path} {}", status.as_u16()));
        assert_eq!(gateway.count().await, 0, "{method} {path}");
    }
    asked.sort_unstable();
    assert_eq!(
        asked,
        [
            "DELETE /console/session 204", // signs out, whoever it is
            "POST /api/v1/agents/heartbeat 401",
            "POST /console/session 400", // wants a token in the body
            "POST /events/ingest 401",
            "POST /webhooks/gcp 401",
            "POST /webhooks/github 401",
        ]
    );
}
