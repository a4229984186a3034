//! `recover`: what GitHub delivered and the ledger lacks.

use std::path::Path;
use std::process::Command;

use jsonwebtoken::{Algorithm, Validation};
use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, Secret};
use serde_json::{Value, json};

use crate::gateway::{Gateway, SECRET, command, data_dir};
use crate::github::{Github, Mood};

const TOKEN: &str = "canary-token-of-github";

fn recover(github: &Github, dir: &Path, args: &[&str]) -> Command {
    let mut command = command(dir);
    command.env("GITHUB_API_URL", &github.url).env("GITHUB_TOKEN", TOKEN);
    command.arg("recover").args(args);
    command
}

/// The status, what it printed and what it said.
async fn run(mut command: Command) -> (i32, String, String) {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (told, said) = (text(output.stdout), text(output.stderr));
    assert!(!told.contains("canary") && !said.contains("canary"), "{told}{said}");
    (output.status.code().unwrap(), told, said)
}

async fn report(github: &Github, dir: &Path, args: &[&str]) -> Value {
    let repo = ["--repo", "acme/shop", "--json"];
    let (status, told, said) = run(recover(github, dir, &[&repo, args].concat())).await;
    assert_eq!(status, 0, "{said}");
    serde_json::from_str(&told).unwrap()
}

/// Whether a report has these numbers.
fn counts(report: &Value) -> [u64; 5] {
    ["listed", "present", "missing", "redelivered", "fetched"]
        .map(|name| report[name].as_u64().unwrap())
}

fn payload(n: u64) -> Value {
    json!({
        "ref": format!("refs/heads/vt/DEV-CICDL-{n:04}"), "after": format!("{n:040x}"),
        "repository": {"full_name": "acme/shop", "pushed_at": 1_795_000_000 + n}, "text": "\u{e4}/\"",
    })
}

/// 300 deliveries, of which the gateway got 260.
async fn three_hundred(github: &Github, gateway: &Gateway) -> Vec<String> {
    let mut missing = Vec::new();
    for n in 1..=300 {
        let is_missing = n % 15 < 2;
        let age = (301 - i64::try_from(n).unwrap()) * 60;
        let guid = github.tried(n, payload(n), age, if is_missing { 502 } else { 200 });
        if is_missing {
            missing.push(guid);
        } else {
            gateway.deliver("push", &guid, serde_json::to_vec(&payload(n)).unwrap()).await;
        }
    }
    assert_eq!(missing.len(), 40);
    missing
}

#[tokio::test(flavor = "multi_thread")]
async fn a12_forty_of_three_hundred_are_recovered_whatever_github_s_mood() {
    let (github, dir) = (Github::start().await, data_dir());
    let gateway = Gateway::start(dir.path());
    let missing = three_hundred(&github, &gateway).await;
    // GitHub sends again without a signature, so the gateway refuses each.
    github.lock().receiver = Some((gateway.url.clone(), None));

    let compared = report(&github, dir.path(), &["--dry-run"]).await;
    assert_eq!(counts(&compared), [300, 260, 40, 0, 0]);
    let pages = github.lock().asked.iter().filter(|asked| asked.contains("/deliveries?")).count();
    assert_eq!(pages, 3);
    assert_eq!(gateway.count().await, 260, "a dry run stores nothing");

    // The hooks, then the first page, which breaks; the third, which is cut; then all is used up.
    let moods = [Mood::Fine, Mood::Broken, Mood::Fine, Mood::Fine, Mood::Cut, Mood::UsedUp];
    github.lock().moods.extend(moods);
    github.lock().moods.extend([Mood::Fine, Mood::Fine, Mood::Broken, Mood::TooFast]);
    let recovered = report(&github, dir.path(), &["--redeliver"]).await;
    assert_eq!(counts(&recovered), [300, 260, 40, 0, 40]);
    assert_eq!(recovered["lost"], json!([]));
    assert!(github.lock().moods.is_empty());
    assert_eq!(github.lock().too_early, 0, "it waits until the limit is renewed");
    let refused =
        github.lock().attempts.iter().filter(|a| a.redelivery && a.status_code == 401).count();
    assert_eq!(refused, 40, "each was sent again, and none was let in without a signature");
    assert!(github.lock().authorizations.iter().all(|auth| *auth == format!("Bearer {TOKEN}")));

    // The ledger has each delivery once; what was fetched is what would have been delivered.
    let events = gateway.get_json("/api/v1/oasis/events?order=asc&limit=1000").await;
    let events = events.as_array().unwrap();
    assert_eq!(events.len(), 300);
    let fetched: Vec<_> = events.iter().filter(|e| e["meta"]["verified"] == "api").collect();
    let ids: Vec<_> = fetched.iter().map(|e| e["delivery_id"].as_str().unwrap()).collect();
    assert_eq!(ids, missing, "in the order in which they were delivered");
    let mut twin = fetched[0].clone();
    let n: u64 = missing[0].split('-').next().unwrap().parse().unwrap();
    let delivered = gateway.deliver("push", "twin", serde_json::to_vec(&payload(n)).unwrap()).await;
    let mut delivered = gateway
        .get_json(&format!("/api/v1/oasis/events/{}", delivered["id"].as_str().unwrap()))
        .await;
    twin["meta"].as_object_mut().unwrap().remove("verified");
    for event in [&mut twin, &mut delivered] {
        for own in ["id", "position", "recorded_at", "delivery_id"] {
            event.as_object_mut().unwrap().remove(own);
        }
    }
    assert_eq!(twin, delivered);

    let asked = github.lock().asked.len();
    let again = report(&github, dir.path(), &["--redeliver"]).await;
    assert_eq!(counts(&again), [300, 300, 0, 0, 0]);
    let asked = github.lock().asked.split_off(asked);
    assert!(
        asked.iter().all(|asked| asked.starts_with("GET") && !asked.contains("deliveries/")),
        "{asked:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_github_sends_again_signed_comes_by_the_front_door() {
    let (github, dir) = (Github::start().await, data_dir());
    let gateway = Gateway::start(dir.path());
    for n in 1..=5 {
        github.tried(n, payload(n), 7200 - 60 * i64::try_from(n).unwrap(), 0);
    }
    let signer =
        |body: &[u8]| GithubVerifier::new(&KeyRing::new(Secret::new(SECRET).unwrap())).sign(body);
    github.lock().receiver = Some((gateway.url.clone(), Some(signer)));
    let only = report(&github, dir.path(), &["--since", "7050s", "--dry-run"]).await;
    assert_eq!(counts(&only), [3, 0, 3, 0, 0], "since then");
    let recovered = report(&github, dir.path(), &["--redeliver"]).await;
    assert_eq!(counts(&recovered), [5, 0, 5, 5, 0]);
    let events = gateway.get_json("/events").await;
    assert!(events.as_array().unwrap().iter().all(|event| event["meta"]["verified"].is_null()));
    assert_eq!(counts(&report(&github, dir.path(), &[]).await), [5, 5, 0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_s_and_an_app_s_hook_are_recovered_too() {
    let (github, dir) = (Github::start().await, data_dir());
    github.tried(1, payload(1), 60, 200);
    github.tried(2, payload(2), 30, 0);
    let (status, told, said) =
        run(recover(&github, dir.path(), &["--org", "acme", "--dry-run"])).await;
    assert_eq!(status, 1, "there is no ledger to compare with: {told}");
    assert!(said.contains("--database-url"), "{said}");
    let (status, told, said) = run(recover(&github, dir.path(), &["--org", "acme"])).await;
    assert_eq!(status, 0, "{said}");
    for line in [
        "hook 42 of acme, deliveries since ",
        "2 listed by GitHub",
        "0 in the ledger",
        "2 missing, 1 of them answered 2xx",
        "2 recovered (2 fetched, 0 redelivered)",
        "0 lost",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }

    // As an app: whoever answers can check the token with the app's public key.
    let google = crate::google::Google::start().await;
    let key = dir.path().join("google.json");
    google.write_key(&key);
    let key: Value = serde_json::from_slice(&std::fs::read(key).unwrap()).unwrap();
    let pem = dir.path().join("app.pem");
    std::fs::write(&pem, key["private_key"].as_str().unwrap()).unwrap();
    let mut asked = recover(&github, dir.path(), &["--app"]);
    asked.env("GITHUB_APP_ID", "Iv1.app").env("GITHUB_APP_PRIVATE_KEY_FILE", &pem);
    let (status, told, said) = run(asked).await;
    assert_eq!(status, 0, "{said}");
    assert!(told.starts_with("hook of the app, ") && told.contains("2 in the ledger"), "{told}");
    let authorization = github.lock().authorizations.last().cloned().unwrap();
    let token = authorization.strip_prefix("Bearer ").unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&["Iv1.app"]);
    validation.set_required_spec_claims(&["iss", "exp"]);
    let claims: Value =
        jsonwebtoken::decode(token, &google.decoding_key(), &validation).unwrap().claims;
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!(life <= 600, "GitHub takes ten minutes at most");
}

/// Starts a gateway that audits, and waits until it has told what is waited for.
async fn audited(
    github: &Github,
    dir: &Path,
    done: impl Fn(&[Value]) -> bool,
) -> (Gateway, Vec<Value>) {
    let mut command = command(dir);
    command.env("GITHUB_API_URL", &github.url).env("GITHUB_TOKEN", TOKEN);
    command.env("OASIS_RECOVER_HOOKS", "acme/shop").env("OASIS_RECOVER_EVERY", "1s");
    command.env("OASIS_RATE_LIMIT", "off");
    command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]);
    let gateway = Gateway::spawn(&mut command);
    loop {
        let told = gateway.get_json("/events?kind=audit.completeness&order=asc").await;
        let told = told.as_array().unwrap().clone();
        if done(&told) {
            assert!(!gateway.log.lock().unwrap().contains("canary"));
            return (gateway, told);
        }
        tokio::task::yield_now().await;
    }
}

/// What an audit told: listed, present, recovered, lost.
fn completeness(event: &Value) -> [u64; 4] {
    ["listed", "present", "recovered", "lost"].map(|name| event["meta"][name].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_audits_by_itself_and_tells_the_ledger_what_came_of_it() {
    let (github, dir) = (Github::start().await, data_dir());
    let gateway = Gateway::start(dir.path());
    let missing = three_hundred(&github, &gateway).await;
    gateway.kill();
    // A page that breaks is asked for again.
    github.lock().moods.extend([Mood::Fine, Mood::Broken]);

    let (gateway, told) = audited(&github, dir.path(), |told| told.len() >= 2).await;
    assert_eq!(completeness(&told[0]), [300, 260, 40, 0]);
    assert_eq!(
        (&told[0]["status"], &told[0]["source"]),
        (&json!("warning"), &json!("oasis.audit"))
    );
    assert_eq!(told[0]["title"], "SYSTEM-AUDIT-COMPLETENESS");
    assert_eq!(completeness(&told[1]), [300, 300, 0, 0]);
    assert_eq!(told[1]["status"], "success");
    let rows = gateway.rows().await;
    let fetched = rows.iter().filter(|row| row["meta"]["verified"] == "api");
    let fetched: Vec<_> = fetched.map(|row| row["delivery_id"].as_str().unwrap()).collect();
    assert_eq!(fetched, missing);
    gateway.kill();

    // One that nobody has any more: it alarms in the ledger, in the log and in `/readyz`.
    let lost = github.tried(301, Value::Null, 30, 502);
    let is_lost = |told: &Value| told["meta"]["lost"] == 1;
    let (gateway, told) = audited(&github, dir.path(), |told| told.iter().any(is_lost)).await;
    let last = told.iter().find(|told| is_lost(told)).unwrap();
    assert_eq!(completeness(last), [301, 300, 0, 1]);
    assert_eq!(
        (&last["status"], &last["meta"]["lost_deliveries"]),
        (&json!("error"), &json!([lost]))
    );
    gateway.logs("1 lost").await;
    let ready = gateway.get_json("/readyz").await;
    let named = ready["dependencies"].as_array().unwrap();
    let named = named.iter().find(|one| one["name"] == "completeness of acme/shop").unwrap();
    assert!(
        named["ok"] == false && named["detail"].as_str().unwrap().contains("1 lost"),
        "{named}"
    );
    let metrics = gateway.get("/metrics").await.text().await.unwrap();
    for (state, count) in [("present", 300), ("recovered", 0), ("lost", 1)] {
        let line =
            format!("oasis_audit_deliveries{{hook=\"acme/shop\",state=\"{state}\"}} {count}");
        assert!(metrics.contains(&line), "{line}\n{metrics}");
    }
    // What was found last stands while GitHub can't be asked; that is counted.
    github.lock().hooks = vec![42, 43];
    gateway.logs("can't be audited").await;
    let metrics = gateway.get("/metrics").await.text().await.unwrap();
    let failed = "oasis_audit_runs_total{hook=\"acme/shop\",outcome=\"failed\"} 0";
    assert!(
        !metrics.contains(failed) && metrics.contains(&failed[..failed.len() - 1]),
        "{metrics}"
    );
    assert!(metrics.contains("state=\"lost\"} 1"), "{metrics}");
}

#[tokio::test]
async fn an_audit_that_can_t_be_is_said_at_the_start() {
    for (hooks, token, said) in [
        ("acme/../x", Some(TOKEN), "recover.hooks (from OASIS_RECOVER_HOOKS)"),
        ("acme/shop", None, "GITHUB_TOKEN is not set"),
    ] {
        let dir = data_dir();
        let mut command = command(dir.path());
        command.args(["--listen", "127.0.0.1:0"]).env("OASIS_RECOVER_HOOKS", hooks);
        if let Some(token) = token {
            command.env("GITHUB_TOKEN", token);
        }
        let (status, _, log) = run(command).await;
        assert!(status == 1 && log.contains(said), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_t_be_recovered_is_said_and_no_credential_leaks() {
    let (github, dir) = (Github::start().await, data_dir());
    github.tried(1, payload(1), 60, 502);
    github.tried(2, Value::Null, 30, 502);
    let (status, told, said) =
        run(recover(&github, dir.path(), &["--repo=acme/shop", "--json"])).await;
    assert_eq!(status, 1);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(counts(&told), [2, 0, 2, 0, 1]);
    assert_eq!(told["lost"][0]["why"], "GitHub has it without its payload");
    assert!(said.contains("neither the ledger nor GitHub has 1 of them"), "{said}");

    let other = Github::start().await;
    for n in 3..=150 {
        github.tried(n, payload(n), 20, 200);
    }
    github.lock().elsewhere = Some(other.url.clone());
    let (status, _, said) = run(recover(&github, dir.path(), &["--repo=acme/shop"])).await;
    assert_eq!(status, 1);
    assert!(said.contains("another address"), "{said}");
    assert!(other.lock().asked.is_empty(), "the token goes nowhere else");

    github.lock().hooks = vec![42, 43];
    let (status, _, said) = run(recover(&github, dir.path(), &["--repo=acme/shop"])).await;
    assert_eq!(status, 2);
    assert!(said.contains("42 to https://h42.example.com") && said.contains("--hook"), "{said}");
    let (status, _, said) = run(recover(&github, dir.path(), &["--repo=acme/other"])).await;
    assert_eq!(status, 1);
    assert!(said.contains("404") && said.contains("may read webhooks"), "{said}");
    for (args, status, wanted) in [
        (&["--repo=acme"][..], 2, "acme/shop"),
        (&[][..], 2, "--repo"),
        (&["--repo=a/b", "--app"], 2, "cannot be used with"),
        (&["--app"], 1, "GITHUB_APP_ID"),
    ] {
        let (ended, _, said) = run(recover(&github, dir.path(), args)).await;
        assert_eq!(ended, status, "{args:?}: {said}");
        assert!(said.contains(wanted), "{said}");
    }
    let mut bare = recover(&github, dir.path(), &["--repo=acme/shop"]);
    bare.env_remove("GITHUB_TOKEN");
    let (status, _, said) = run(bare).await;
    assert!(status == 1 && said.contains("GITHUB_TOKEN is not set"), "{said}");
    let mut open = recover(&github, dir.path(), &["--repo=acme/shop"]);
    open.env("GITHUB_API_URL", "http://github.example.com/api/v3");
    let (status, _, said) = run(open).await;
    assert!(status == 1 && said.contains("https://"), "{said}");
}
