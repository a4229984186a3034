//! `doctor`: what is wrong is found before it hurts, and nothing is changed by looking.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::gateway::{Gateway, SECRET, command, data_dir};

fn doctor(dir: &Path) -> Command {
    let mut command = command(dir);
    command.args(["doctor", "--json"]).env("OASIS_LISTEN", "127.0.0.1:0");
    command
}

/// The status, and for each check its verdict, what was found and what to do.
fn findings(command: &mut Command) -> (i32, Vec<Finding>) {
    let output = command.output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!stdout.contains("canary") && !said.contains("canary"), "{stdout}{said}");
    let found: Vec<Value> = serde_json::from_str(&stdout).unwrap_or_else(|_| panic!("{said}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let finding = |found: &Value| Finding {
        check: text(&found["check"]),
        verdict: text(&found["verdict"]),
        told: format!("{} {}", text(&found["found"]), text(&found["remedy"])),
    };
    (output.status.code().unwrap(), found.iter().map(finding).collect())
}

#[derive(Debug)]
struct Finding {
    check: String,
    verdict: String,
    told: String,
}

/// Requires a finding of this check with this verdict that says this.
fn has(findings: &[Finding], check: &str, verdict: &str, said: &str) {
    let is = |f: &&Finding| f.check == check && f.verdict == verdict && f.told.contains(said);
    assert!(findings.iter().any(|f| is(&f)), "{check} {verdict} {said}: {findings:#?}");
}

#[test]
fn a_new_machine_is_well_and_left_as_it_was() {
    let dir = data_dir();
    let (status, found) = findings(&mut doctor(dir.path()));
    assert_eq!(status, 0, "{found:#?}");
    assert!(found.iter().all(|finding| finding.verdict == "fine"), "{found:#?}");
    has(&found, "database", "fine", "the first start makes it");
    has(&found, "webhook secret", "fine", "configured");
    has(&found, "data directory", "fine", "MiB free");
    assert!(std::fs::read_dir(dir.path()).unwrap().next().is_none(), "nothing was made");
    let told = command(dir.path()).arg("doctor").env("OASIS_LISTEN", "127.0.0.1:0").output();
    let told = String::from_utf8(told.unwrap().stdout).unwrap();
    assert!(told.starts_with("ok    settings") && !told.contains('\u{1b}'), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_runs_is_found_and_the_way_to_it_tried() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    gateway.push("d-1").await;
    let mut asked = doctor(dir.path());
    asked.env("OASIS_LISTEN", gateway.address()).args(["--url", &gateway.url]);
    let (status, found) = findings(&mut asked);
    assert_eq!(status, 0, "{found:#?}");
    has(&found, "address", "fine", "a gateway serves at");
    has(&found, "reachability", "fine", &gateway.url);
    has(&found, "webhook's way", "fine", "refused");
    has(&found, "clock", "fine", "the gateway");
    has(&found, "database", "fine", "tables up to date");
    assert_eq!(gateway.count().await, 1, "no row of its own");

    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = silent.local_addr().unwrap().to_string();
    let other = tokio::spawn(async move {
        let app = axum::Router::new();
        silent.set_nonblocking(true).unwrap();
        axum::serve(tokio::net::TcpListener::from_std(silent).unwrap(), app).await
    });
    let mut asked = doctor(dir.path());
    asked.env("OASIS_LISTEN", &taken).args(["--url", &format!("http://{taken}")]);
    let (status, found) = tokio::task::spawn_blocking(move || findings(&mut asked)).await.unwrap();
    assert_eq!(status, 1);
    has(&found, "address", "fault", "something else");
    has(&found, "reachability", "fault", "no gateway answers");
    other.abort();
}

#[test]
fn what_would_keep_it_from_starting_is_said_with_what_to_do() {
    let dir = data_dir();
    let mut open = doctor(dir.path());
    open.env("OASIS_LISTEN", "0.0.0.0:0").env_remove("GITHUB_WEBHOOK_SECRET");
    let (status, found) = findings(&mut open);
    assert_eq!(status, 1);
    has(&found, "webhook secret", "fault", "openssl rand -hex 32");
    has(&found, "read token", "fault", "OASIS_READ_TOKEN");
    has(&found, "ingest token", "warning", "OASIS_INGEST_TOKEN");

    for (name, value, check, said) in [
        ("OASIS_LISTEN", "nowhere", "settings", "listen (from OASIS_LISTEN)"),
        ("OASIS_VTID_SCHEMES", "canonical(", "settings", "vtid_schemes"),
        ("OASIS_RATE_LIMIT", "fast", "settings", "rate_limit"),
        ("OASIS_FEED_SECONDS", "0", "settings", "feed.age"),
        ("OASIS_PUBSUB_AUDIENCE", "https://x", "settings", "gcp.service_account"),
        ("OASIS_CONFIG", "/nowhere.toml", "settings", "/nowhere.toml"),
        ("GITHUB_WEBHOOK_SECRET", "changeme", "webhook secret", "github.webhook_secret"),
        ("GITHUB_WEBHOOK_SECRET", "***", "webhook secret", "github.webhook_secret"),
        ("OASIS_READ_TOKEN", "canary", "read token", "16"),
        ("OASIS_DATA_DIR", "/dev/null", "data directory", "is no directory"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere.json", "google's key", "/nowhere.json"),
        ("DATABASE_URL", "mysql://canary", "database", "sqlite: or postgres:"),
    ] {
        let (status, found) = findings(doctor(dir.path()).env(name, value));
        assert_eq!(status, 1, "{name}");
        has(&found, check, "fault", said);
    }
    let broken = dir.path().join("broken.db");
    std::fs::write(&broken, "this is no database, but it is long enough to be looked at").unwrap();
    let url = format!("sqlite:{}", broken.display());
    let (status, found) = findings(doctor(dir.path()).env("DATABASE_URL", url));
    assert_eq!(status, 1);
    has(&found, "database", "fault", "DATABASE_URL=sqlite:PATH");
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_may_read_and_a_spool_that_forgets_are_found() {
    use std::os::unix::fs::PermissionsExt;

    let dir = data_dir();
    let file = dir.path().join("github-webhook-secret");
    std::fs::write(&file, SECRET).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let memory = TempDir::new_in("/dev/shm").unwrap();
    let spool = memory.path().join("spool");
    std::fs::create_dir(&spool).unwrap();
    std::fs::write(spool.join("rejected"), "x").unwrap();
    let mut asked = doctor(dir.path());
    asked.env_remove("GITHUB_WEBHOOK_SECRET").env("OASIS_SPOOL_DIR", &spool);
    asked.env_remove("OASIS_SPOOL_ALLOW_EPHEMERAL");
    let (status, found) = findings(&mut asked);
    assert_eq!(status, 1);
    has(&found, "webhook secret", "warning", "chmod 600");
    has(&found, "spool", "fault", "in memory");
    has(&found, "spool", "warning", "rejected");
    let (status, found) = findings(asked.env("OASIS_SPOOL_ALLOW_EPHEMERAL", "true"));
    assert_eq!(status, 0, "{found:#?}");
    has(&found, "spool", "warning", "in memory");
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_looked_at_and_not_touched() {
    let cluster = crate::cluster::Cluster::shared();
    let url = cluster.database().await;
    let dir = data_dir();
    for _ in 0..2 {
        let (status, found) = findings(doctor(dir.path()).env("DATABASE_URL", &url));
        assert_eq!(status, 0, "{found:#?}");
        has(&found, "database", "warning", "events, append");
        has(&found, "clock", "fine", "the database's differs by");
    }
    let migrated = command(dir.path()).arg("migrate").env("DATABASE_URL", &url).status().unwrap();
    assert!(migrated.success());
    let (status, found) = findings(doctor(dir.path()).env("DATABASE_URL", &url));
    assert_eq!(status, 0, "{found:#?}");
    has(&found, "database", "fine", "PostgreSQL 1");
    let away = "postgres://canary:canary@127.0.0.1:1/canary";
    let (status, found) = findings(doctor(dir.path()).env("DATABASE_URL", away));
    assert_eq!(status, 1);
    has(&found, "database", "fault", "start the database");
}
