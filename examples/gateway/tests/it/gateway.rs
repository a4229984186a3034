//! A gateway of its own for each test: its own process, directory and port.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, Secret};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SECRET: &str = "canary-secret-of-these-tests";

/// The binary without anything of this process's environment that it would read.
pub(crate) fn command(data_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oasis-gateway"));
    for name in [
        "PORT",
        "OASIS_LISTEN",
        "DATABASE_URL",
        "SUPABASE_DB_URL",
        "GITHUB_WEBHOOK_SECRET_PREVIOUS",
        "GITHUB_API_URL",
        "GITHUB_APP_ID",
        "GITHUB_APP_PRIVATE_KEY_FILE",
        "GITHUB_TOKEN",
        "OASIS_ADMIN_TOKEN",
        "OASIS_READ_TOKEN",
        "OASIS_PUBLIC_READ",
        "OASIS_CONFIG",
        "OASIS_CORS_ORIGINS",
        "OASIS_FEED_CLIENTS",
        "OASIS_EXPECTED_SOURCES",
        "OASIS_FEED_AGE",
        "OASIS_FEED_SECONDS",
        "OASIS_GOOGLE_KEYS_URL",
        "OASIS_INGEST_TOKEN",
        "OASIS_PUBSUB_AUDIENCE",
        "OASIS_PUBSUB_SERVICE_ACCOUNT",
        "OASIS_RATE_LIMIT",
        "OASIS_RECOVER_EVERY",
        "OASIS_RECOVER_HOOKS",
        "OASIS_RETENTION",
        "OASIS_RETENTION",
        "OASIS_SPOOL_DIR",
        "OASIS_SPOOL_MAX_BYTES",
        "OASIS_TRUSTED_PROXIES",
        "OASIS_VTID_SCHEMES",
        "OASIS_WATCH_GCP_PROJECT",
        "OASIS_WATCH_GCP_CREDENTIALS",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GCE_METADATA_HOST",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "RUST_LOG",
        "OASIS_LOG_FORMAT",
    ] {
        command.env_remove(name);
    }
    command.env("OASIS_DATA_DIR", data_dir).env("GITHUB_WEBHOOK_SECRET", SECRET);
    // The directories of tests may be in memory, and are not to outlive them.
    command.env("OASIS_SPOOL_ALLOW_EPHEMERAL", "true");
    command
}

pub(crate) struct Gateway {
    child: Child,
    pub(crate) url: String,
    pub(crate) log: Arc<Mutex<String>>,
    pub(crate) client: reqwest::Client,
    signer: GithubVerifier,
}

impl Gateway {
    /// Starts over this directory and waits until it listens.
    pub(crate) fn start(data_dir: &Path) -> Self {
        Self::spawn(command(data_dir).args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
    }

    pub(crate) fn spawn(command: &mut Command) -> Self {
        Self::try_spawn(command).unwrap_or_else(|log| panic!("the gateway did not start: {log}"))
    }

    /// The same, or what it said before it ended.
    pub(crate) fn try_spawn(command: &mut Command) -> Result<Self, String> {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(String::new()));
        let (listens, address) = mpsc::channel();
        let kept = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let entry: Value = serde_json::from_str(&line).unwrap_or_default();
                if let Some(address) = entry["fields"]["address"].as_str() {
                    let _ = listens.send(address.to_owned());
                }
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        let Ok(address) = address.recv_timeout(Duration::from_secs(30)) else {
            let _ = child.kill();
            let _ = child.wait();
            return Err(log.lock().unwrap().clone());
        };
        let mut gateway = Self::of(child, format!("http://{address}"));
        gateway.log = log;
        Ok(gateway)
    }

    /// One that was started otherwise.
    pub(crate) fn of(child: Child, url: String) -> Self {
        let signer = GithubVerifier::new(&KeyRing::new(Secret::new(SECRET).unwrap()));
        // The gateway ends a connection that was idle for ten seconds; to write to one just then is lost.
        let idle = Duration::from_secs(5);
        let client = reqwest::Client::builder().pool_idle_timeout(idle).build().unwrap();
        Self { child, url, log: Arc::default(), client, signer }
    }

    pub(crate) fn sign(&self, body: &[u8]) -> String {
        self.signer.sign(body)
    }

    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// Delivers a body as GitHub would and gives the answer to it.
    pub(crate) async fn deliver(&self, event: &str, id: &str, body: Vec<u8>) -> Value {
        let request = self
            .client
            .post(format!("{}/webhooks/github", self.url))
            .header("content-type", "application/json")
            .header("x-github-event", event)
            .header("x-github-delivery", id)
            .header("x-hub-signature-256", self.sign(&body));
        let response = request.body(body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{event} {id}");
        response.json().await.unwrap()
    }

    pub(crate) async fn push(&self, id: &str) -> Value {
        let body = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"o/r"}}"#;
        self.deliver("push", id, body.to_vec()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.url)).send().await.unwrap()
    }

    pub(crate) async fn get_json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    /// How many rows the ledger has.
    pub(crate) async fn count(&self) -> u64 {
        let response = self.get("/events?limit=1&count=exact").await;
        response.headers()["x-total-count"].to_str().unwrap().parse().unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// `kill -9`.
    pub(crate) fn kill(mut self) {
        self.kill_9();
    }

    /// The same where it is kept for what it told.
    pub(crate) fn kill_9(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends the process a signal, such as `-TERM`.
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Waits until the process has ended, and says how.
    pub(crate) fn ended(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// `kill -TERM`, and how it ended.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        self.signal("-TERM");
        self.ended()
    }

    /// Waits until its log says this.
    pub(crate) async fn logs(&self, text: &str) {
        self.logs_times(text, 1).await;
    }

    /// Waits until its log has said this so often.
    pub(crate) async fn logs_times(&self, text: &str, times: usize) {
        let began = std::time::Instant::now();
        while self.log.lock().unwrap().matches(text).count() < times {
            let log = self.log.lock().unwrap().clone();
            assert!(began.elapsed() < Duration::from_secs(30), "{text:?} is not in the log: {log}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// All rows of the ledger, from the oldest on.
    pub(crate) async fn rows(&self) -> Vec<Value> {
        let mut rows = Vec::new();
        self.each_row(|row| rows.push(row)).await;
        rows
    }

    /// The same one by one, for ledgers that are long.
    pub(crate) async fn each_row(&self, mut row: impl FnMut(Value)) {
        let mut next = Some("/events?order=asc&limit=1000".to_owned());
        while let Some(path) = next {
            let response = self.get(&path).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let link = response.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
            next = link.map(|link| link[1..link.find('>').unwrap()].to_owned());
            response.json::<Vec<Value>>().await.unwrap().into_iter().for_each(&mut row);
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn data_dir() -> TempDir {
    TempDir::new().unwrap()
}
