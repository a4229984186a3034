//! `tail`, as people and programs run it.

use std::io::{BufRead, BufReader, Lines, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::gateway::{Gateway, command, data_dir};

struct Tail {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    stderr: ChildStderr,
}

impl Tail {
    fn start(dir: &Path, url: &str, args: &[&str]) -> Self {
        Self::spawn(command(dir).args(["tail", "--url", url]).args(args))
    }

    fn spawn(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let stderr = child.stderr.take().unwrap();
        Self { child, lines, stderr }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("tail has ended").unwrap()
    }

    /// The positions of the next events, as `--json` shows them.
    fn positions(&mut self, count: usize) -> Vec<u64> {
        let position =
            |line: &str| serde_json::from_str::<Value>(line).unwrap()["position"].as_u64();
        (0..count).map(|_| position(&self.line()).unwrap()).collect()
    }

    fn interrupt(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.child.wait().unwrap()
    }

    /// How it ended by itself, and what it said.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

/// Waits until this many feeds are open.
async fn feeds(gateway: &Gateway, open: usize) {
    let wanted = format!("oasis_feeds_open {open}");
    let began = Instant::now();
    while !gateway.get("/metrics").await.text().await.unwrap().lines().any(|line| line == wanted) {
        assert!(began.elapsed() < Duration::from_secs(30), "not {open} feeds");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_killed_costs_no_event_and_doubles_none() {
    let dir = data_dir();
    let mut gateway = Gateway::start(dir.path());
    let (url, address) = (gateway.url.clone(), gateway.address().to_owned());
    for n in 1..=5 {
        gateway.push(&format!("d-{n}")).await;
    }
    let mut newest = Tail::start(dir.path(), &url, &["--json", "-n", "2"]);
    assert_eq!(newest.positions(2), [4, 5]);
    let mut all = Tail::start(dir.path(), &url, &["--json", "--after", "0"]);
    assert_eq!(all.positions(5), [1, 2, 3, 4, 5]);
    let mut quiet = Tail::start(dir.path(), &url, &["--json", "-n", "0"]);
    feeds(&gateway, 3).await;

    for round in 0..3 {
        gateway.kill();
        // More than a new client would be shown, before anybody is back.
        gateway = Gateway::spawn(command(dir.path()).args(["--listen", &address]).args(JSON_LOG));
        for n in 0..25 {
            gateway.push(&format!("r-{round}-{n}")).await;
        }
        let wanted: Vec<_> = (6 + round * 25..31 + round * 25).collect();
        assert_eq!(newest.positions(25), wanted);
        assert_eq!(all.positions(25), wanted);
    }
    // It had been shown nothing before the first cut.
    assert_eq!(quiet.positions(75), (6..=80).collect::<Vec<_>>());
    for tail in [newest, all, quiet] {
        assert_eq!(tail.interrupt().code(), Some(0));
    }
}

const JSON_LOG: [&str; 2] = ["--log-format", "json"];

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_s_filters_are_flags_and_a_line_is_for_people() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    gateway.push("d-1").await;
    gateway.deliver("ping", "d-2", b"{}".to_vec()).await;
    let mut tasks = Tail::start(dir.path(), &gateway.url, &["--vtid", "dev-cicdl-0031"]);
    let first = tasks.line();
    assert!(
        first.contains("DEV-CICDL-0031") && first.ends_with("o/r vt/DEV-CICDL-0031"),
        "{first}"
    );
    let mut pings = Tail::start(dir.path(), &gateway.url, &["--kind=ping", "--since=1h"]);
    assert!(pings.line().contains("CICDL-"), "the ping");
    gateway.deliver("ping", "d-3", b"{}".to_vec()).await;
    gateway.push("d-4").await;
    assert!(tasks.line().starts_with("     4 "));
    assert!(pings.line().starts_with("     3 "));
    let wrong = Tail::start(dir.path(), &gateway.url, &["--vtid", "nonsense"]).ended();
    assert_eq!(wrong.0, Some(2), "{}", wrong.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_are_for_terminals_and_for_who_asks_for_them() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    gateway.push("d-1").await;
    for (args, env, colours) in [
        (&[][..], &[][..], false),
        (&["--color", "always"], &[], true),
        (&[], &[("CLICOLOR_FORCE", "1")], true),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], false),
    ] {
        let mut command = command(dir.path());
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").envs(env.iter().copied());
        let mut tail = Tail::spawn(command.args(["tail", "--url", &gateway.url]).args(args));
        assert_eq!(tail.line().contains('\u{1b}'), colours, "{args:?} {env:?}");
        assert_eq!(tail.interrupt().code(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_ends_it_though_nothing_comes() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    gateway.push("d-1").await;
    let mut tail = Tail::start(dir.path(), &gateway.url, &[]);
    tail.line();
    feeds(&gateway, 1).await;
    let Tail { mut child, lines, .. } = tail;
    drop(lines);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_comes_from_the_environment_and_what_can_t_work_is_said() {
    const TOKEN: &str = "canary-token-of-these-tests";
    let dir = data_dir();
    let gateway = Gateway::spawn(
        command(dir.path())
            .env("OASIS_READ_TOKEN", format!("{TOKEN},another-token-of-these"))
            .args(["--listen", "127.0.0.1:0"])
            .args(JSON_LOG),
    );
    gateway.push("d-1").await;
    let tail = |token: &str, url: &str| {
        let mut command = command(dir.path());
        Tail::spawn(command.env("OASIS_READ_TOKEN", token).args(["tail", "--json", "--url", url]))
    };
    let mut allowed = tail(TOKEN, &gateway.url);
    assert_eq!(allowed.positions(1), [1]);
    assert_eq!(allowed.interrupt().code(), Some(0));

    let (status, said) = tail("canary-token-that-is-wrong", &gateway.url).ended();
    assert_eq!(status, Some(1));
    assert!(said.contains("401") && !said.contains("canary"), "{said}");
    let (status, said) = tail(TOKEN, "http://127.0.0.1:1").ended();
    assert_eq!(status, Some(1));
    assert!(said.contains("no gateway answers at http://127.0.0.1:1"), "{said}");
    let (status, said) = tail(TOKEN, "127.0.0.1:8080").ended();
    assert_eq!(status, Some(2));
    assert!(said.contains("http://127.0.0.1:8080"), "{said}");
}
