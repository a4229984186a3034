use std::os::unix::fs::PermissionsExt;

use crate::gateway::{Gateway, SECRET, command, data_dir};

#[test]
fn it_refuses_to_be_open_to_the_world_by_accident() {
    let dir = data_dir();
    for (variables, named) in [
        (vec![], "OASIS_READ_TOKEN"),
        (vec![], "127.0.0.1:0 (OASIS_LISTEN)"),
        (
            vec![("OASIS_PUBLIC_READ", "true"), ("GITHUB_WEBHOOK_SECRET", "")],
            "GITHUB_WEBHOOK_SECRET",
        ),
        (vec![("OASIS_READ_TOKEN", "short")], "OASIS_READ_TOKEN"),
        (vec![("OASIS_PUBLIC_READ", "true"), ("OASIS_ADMIN_TOKEN", "short")], "OASIS_ADMIN_TOKEN"),
    ] {
        let mut command = command(dir.path());
        let output = command.envs(variables).env("PORT", "0").output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(log.contains(named), "{log}");
    }
    let output = command(dir.path())
        .env_remove("GITHUB_WEBHOOK_SECRET")
        .args(["--listen", "0.0.0.0:0", "--public-read"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("GITHUB_WEBHOOK_SECRET"));
}

#[test]
fn wrong_usage_is_2_and_failure_is_1() {
    let dir = data_dir();
    let code = |args: &[&str]| command(dir.path()).args(args).output().unwrap().status.code();
    assert_eq!(code(&["--help"]), Some(0));
    assert_eq!(code(&["demo", "--help"]), Some(0));
    assert_eq!(code(&["--colour"]), Some(2));
    assert_eq!(code(&["--listen", "nowhere"]), Some(2));
    assert_eq!(code(&["serve", "--database-url", "mysql://x"]), Some(1));
    assert_eq!(code(&["demo", "--url", "http://127.0.0.1:1"]), Some(1));
    assert_eq!(code(&["migrate"]), Some(0));
}

#[tokio::test]
async fn without_a_secret_one_is_made_kept_and_never_shown() {
    let dir = data_dir();
    let start = || {
        let mut command = command(dir.path());
        command.env_remove("GITHUB_WEBHOOK_SECRET");
        Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
    };
    let file = dir.path().join("github-webhook-secret");
    start().kill();
    let made = std::fs::read_to_string(&file).unwrap();
    assert_eq!(made.trim().len(), 64);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let gateway = start();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), made);
    let log = gateway.log.lock().unwrap().clone();
    assert!(log.contains("github-webhook-secret") && !log.contains(made.trim()), "{log}");

    let demo = command(dir.path())
        .env_remove("GITHUB_WEBHOOK_SECRET")
        .args(["demo", "--url", &gateway.url])
        .output()
        .unwrap();
    assert!(demo.status.success(), "{}", String::from_utf8_lossy(&demo.stderr));
    let task = gateway.get_json("/events?vtid=DEV-CICDL-0031").await;
    let titles: Vec<_> =
        task.as_array().unwrap().iter().map(|e| e["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"CICDL-PR-MERGED"), "{titles:?}");
    assert!(titles.contains(&"CICDL-WORKFLOW-COMPLETED"), "{titles:?}");
}

#[tokio::test]
async fn the_routes_are_logged_and_the_secret_is_not() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    gateway.push("d-1").await;
    let log = gateway.log.lock().unwrap().clone();
    for route in ["/webhooks/github", "/api/v1/devhub/feed", "/api/v1/agents/heartbeat"] {
        assert!(log.contains(route), "{log}");
    }
    assert!(!log.contains("/webhooks/gcp"), "it is not configured: {log}");
    assert!(!log.contains(SECRET), "{log}");
}

#[test]
fn every_setting_is_shown_with_its_origin_and_no_secret() {
    let dir = data_dir();
    let file = dir.path().join("oasis.toml");
    std::fs::write(&file, "rate_limit = \"5/10\"\n[github]\nwebhook_secret = \"in-the-file\"\n")
        .unwrap();
    let output = command(dir.path())
        .args(["config", "--print", "--config"])
        .arg(&file)
        .env("DATABASE_URL", "postgres://user:hunter2@db/oasis")
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "listen = \"127.0.0.1:8080\" # default",
        "database_url = \"postgres://***@db/oasis\" # DATABASE_URL",
        "github.webhook_secret = \"***\" # GITHUB_WEBHOOK_SECRET",
        &format!("rate_limit = \"5/10\" # {}", file.display()),
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
    for hidden in [SECRET, "in-the-file", "hunter2"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn a_broken_file_is_told_by_its_line_and_shows_nothing_of_it() {
    let dir = data_dir();
    let file = dir.path().join("oasis.toml");
    std::fs::write(&file, "listen = '127.0.0.1:0'\nread_token = canary-in-the-file\n").unwrap();
    for args in [&["serve"][..], &["migrate"], &["config", "--print"]] {
        let output = command(dir.path()).args(args).arg("--config").arg(&file).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("oasis.toml, line 2: not valid TOML"), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
}

#[test]
fn who_read_enough_is_no_error() {
    let dir = data_dir();
    for args in [&["config", "--print"][..], &["completions", "bash"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(dir.path()).args(args).stdout(writer).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn a_bad_setting_is_named_with_where_it_comes_from() {
    let dir = data_dir();
    for (name, value, said) in [
        ("OASIS_LISTEN", "nowhere", "listen (from OASIS_LISTEN)"),
        ("OASIS_RATE_LIMIT", "fast", "rate_limit (from OASIS_RATE_LIMIT)"),
        ("OASIS_TRUSTED_PROXIES", "10.0.0.0/33", "trusted_proxies (from OASIS_TRUSTED_PROXIES)"),
        ("OASIS_CORS_ORIGINS", "example.com", "cors_origins (from OASIS_CORS_ORIGINS)"),
        ("OASIS_PUBLIC_READ", "maybe", "public_read (from OASIS_PUBLIC_READ)"),
        ("OASIS_FEED_SECONDS", "0", "feed.age (from OASIS_FEED_SECONDS)"),
        ("OASIS_FEED_AGE", "soon", "feed.age (from OASIS_FEED_AGE)"),
        ("OASIS_EXPECTED_SOURCES", "github", "expected_sources (from OASIS_EXPECTED_SOURCES)"),
        ("OASIS_CONFIG", "/nowhere.toml", "/nowhere.toml"),
        ("OASIS_VTID_SCHEMES", "canonical(", "vtid_schemes (from OASIS_VTID_SCHEMES)"),
        ("OASIS_PUBSUB_AUDIENCE", "https://oasis.example.com", "gcp.service_account"),
    ] {
        let output = command(dir.path()).env(name, value).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}");
        let log = String::from_utf8(output.stderr).unwrap();
        assert!(log.contains(said), "{log}");
    }
}

#[tokio::test]
async fn task_ids_of_one_s_own_are_found() {
    let dir = data_dir();
    let mut command = command(dir.path());
    let gateway = Gateway::spawn(command.env("OASIS_VTID_SCHEMES", "numbered(PROJ,1-6)").args([
        "--listen",
        "127.0.0.1:0",
        "--log-format",
        "json",
    ]));
    let body = br#"{"ref":"refs/heads/proj-123-retry"}"#.to_vec();
    assert_eq!(gateway.deliver("push", "d-1", body).await["vtid"], "PROJ-123");
    assert_eq!(gateway.push("d-2").await["vtid"], "UNSET");
}
