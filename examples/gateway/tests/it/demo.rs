//! `demo`, once and going on.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use crate::gateway::{Gateway, command, data_dir};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_has_deployments_and_agents_and_goes_on_until_it_is_told_to_stop() {
    let dir = data_dir();
    let gateway = Gateway::start(dir.path());
    let mut demo = command(dir.path());
    demo.args(["demo", "--url", &gateway.url, "--live", "--pace", "1ms"]).stdout(Stdio::piped());
    let mut demo = demo.spawn().unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    // More than a day has.
    for n in 1..=120 {
        let line = lines.next().expect("it goes on").unwrap();
        assert!(line.contains("CICDL-") || line.contains("DEV-") || n > 50, "{line}");
    }
    assert!(
        Command::new("kill").args(["-INT", &demo.id().to_string()]).status().unwrap().success()
    );
    // What it says meanwhile must go somewhere.
    lines.for_each(drop);
    assert_eq!(demo.wait().unwrap().code(), Some(0));

    let deployed = gateway.get_json("/events?vtid=DEV-CICDL-0031&kind=deployment_status").await;
    assert_eq!(deployed[0]["title"], "CICDL-DEPLOY-SUCCESS");
    let agents = gateway.get_json("/api/v1/agents").await;
    let agents = agents.as_array().or_else(|| agents["agents"].as_array()).unwrap();
    assert_eq!(agents.len(), 3);
    assert!(
        agents.iter().all(|agent| agent["state"] == "online" || agent["status"] == "online"),
        "{agents:?}"
    );
}
