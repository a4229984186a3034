//! Secrets and tokens that change while the gateway runs.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, Secret};
use serde_json::json;

use crate::feed::{next, open_as};
use crate::gateway::{Gateway, command, data_dir};

const RENEWED: &str = "the secrets and tokens were read again";
const KEPT: &str = "the secrets and tokens stay as they were";

/// A configuration with these secrets and tokens, the oldest last, and a setting beside them.
fn configure(file: &Path, secrets: &[&str], token: &str, rate: &str) {
    let mut text = format!(
        "rate_limit = '{rate}'\nread_token = 'read-{token}'\ningest_token = 'ingest-{token}'\n\
         admin_token = 'admin-{token}'\n[github]\nwebhook_secret = '{}'\n",
        secrets[0]
    );
    if let Some(previous) = secrets.get(1) {
        text.push_str(&format!("webhook_secret_previous = '{previous}'\n"));
    }
    // As an editor does: a reader sees the one or the other.
    let new = file.with_extension("new");
    std::fs::write(&new, text).unwrap();
    std::fs::rename(new, file).unwrap();
}

async fn deliver(gateway: &Gateway, secret: &str, id: &str) -> u16 {
    let body = br#"{"ref":"refs/heads/main"}"#;
    let signer = GithubVerifier::new(&KeyRing::new(Secret::new(secret).unwrap()));
    let request = reqwest::Client::new()
        .post(format!("{}/webhooks/github", gateway.url))
        .header("x-github-event", "push")
        .header("x-github-delivery", id)
        .header("x-hub-signature-256", signer.sign(body));
    request.body(body.as_slice()).send().await.unwrap().status().as_u16()
}

async fn status(gateway: &Gateway, path: &str, token: &str) -> u16 {
    let request = reqwest::Client::new().get(format!("{}{path}", gateway.url)).bearer_auth(token);
    request.send().await.unwrap().status().as_u16()
}

async fn ingest(gateway: &Gateway, token: &str) -> u16 {
    let request = reqwest::Client::new().post(format!("{}/events/ingest", gateway.url));
    let request = request.bearer_auth(token).json(&json!({ "kind": "step" }));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_renews_secrets_and_tokens_and_loses_no_delivery() {
    const OLD: &str = "canary-secret-of-yesterday";
    const NEW: &str = "canary-secret-of-today";
    let dir = data_dir();
    let file = dir.path().join("oasis.toml");
    configure(&file, &[OLD], "token-of-yesterday", "off");
    let mut command = command(dir.path());
    command.env_remove("GITHUB_WEBHOOK_SECRET").arg("--config").arg(&file);
    let gateway = Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]));
    let gateway = Arc::new(gateway);

    // GitHub knows one secret at a time, and somebody changes it.
    let (stop, changed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let delivered = Arc::new(AtomicUsize::new(0));
    let github = tokio::spawn({
        let (gateway, stop, changed) =
            (Arc::clone(&gateway), Arc::clone(&stop), Arc::clone(&changed));
        let delivered = Arc::clone(&delivered);
        async move {
            while !stop.load(Ordering::SeqCst) {
                let secret = if changed.load(Ordering::SeqCst) { NEW } else { OLD };
                let n = delivered.load(Ordering::SeqCst);
                assert_eq!(deliver(&gateway, secret, &format!("d-{n}")).await, 200, "{n}");
                delivered.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    let more = async |count| {
        let before = delivered.load(Ordering::SeqCst);
        while delivered.load(Ordering::SeqCst) < before + count {
            tokio::task::yield_now().await;
        }
    };
    more(20).await;
    assert_eq!(deliver(&gateway, NEW, "early").await, 401);
    let mut feed = open_as(&gateway, "?vtid=UNSET&kind=nothing", "read-token-of-yesterday").await;
    assert_eq!(next(&mut feed).await.unwrap()["type"], "connected");

    configure(&file, &[NEW, OLD], "token-of-yesterday", "off");
    gateway.signal("-HUP");
    gateway.logs_times(RENEWED, 1).await;
    assert_eq!(deliver(&gateway, NEW, "new").await, 200);
    more(20).await;
    changed.store(true, Ordering::SeqCst);
    more(20).await;

    // What can't be used changes nothing.
    let broken = ["listen = canary", "read_token = 'short'\n[github]\nwebhook_secret = 'changeme'"];
    for (n, text) in broken.iter().enumerate() {
        std::fs::write(&file, text).unwrap();
        gateway.signal("-HUP");
        gateway.logs_times(KEPT, n + 1).await;
        more(5).await;
        assert_eq!(deliver(&gateway, OLD, &format!("kept-{n}")).await, 200);
        assert_eq!(status(&gateway, "/events", "read-token-of-yesterday").await, 200);
    }

    configure(&file, &[NEW], "token-of-today", "5/10");
    gateway.signal("-HUP");
    gateway.logs_times(RENEWED, 2).await;
    gateway.logs("rate_limit has changed; it takes effect with a restart").await;
    more(20).await;
    stop.store(true, Ordering::SeqCst);
    github.await.unwrap();
    assert_eq!(deliver(&gateway, OLD, "late").await, 401);
    for (day, answer) in [("yesterday", 401), ("today", 200)] {
        assert_eq!(status(&gateway, "/events", &format!("read-token-of-{day}")).await, answer);
        assert_eq!(status(&gateway, "/metrics", &format!("admin-token-of-{day}")).await, answer);
        assert_eq!(ingest(&gateway, &format!("ingest-token-of-{day}")).await, answer);
    }
    // Whose token was taken away reads no longer.
    assert_eq!(next(&mut feed).await, None);
    let log = gateway.log.lock().unwrap().clone();
    assert!(!log.contains("canary") && !log.contains("token-of"), "{log}");
}
