//! `demo`: signed sample deliveries for a running gateway.

use anyhow::{Context, Result, bail};
use oasis_core::verify::GithubVerifier;
use serde_json::Value;
use tokio::runtime::Builder;
use uuid::Uuid;

use crate::cli::DemoOptions;
use crate::secrets;
use crate::story::{self, Sample};

pub(crate) fn run(options: DemoOptions) -> Result<()> {
    let config = options.settings.load()?;
    let ring = match secrets::configured(&config)? {
        Some(ring) => ring,
        None => secrets::generated(config.data_dir())?,
    };
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(deliver(&options.url, &GithubVerifier::new(&ring)))
}

async fn deliver(gateway: &str, signer: &GithubVerifier) -> Result<()> {
    let client = reqwest::Client::new();
    let url = format!("{}/webhooks/github", gateway.trim_end_matches('/'));
    for sample in story::samples(oasis_axum::now()) {
        let receipt = post(&client, &url, signer, &sample).await?;
        say(&sample, &receipt);
    }
    Ok(())
}

async fn post(
    client: &reqwest::Client,
    url: &str,
    signer: &GithubVerifier,
    sample: &Sample,
) -> Result<Value> {
    let body = serde_json::to_vec(&sample.payload)?;
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("x-github-event", sample.event)
        .header("x-github-delivery", Uuid::new_v4().to_string())
        .header("x-hub-signature-256", signer.sign(&body))
        .body(body);
    let response = request.send().await.with_context(|| format!("no gateway answers at {url}"))?;
    let status = response.status();
    let answer: Value = response.json().await.unwrap_or_default();
    if !status.is_success() {
        let detail = answer.get("detail").and_then(Value::as_str).unwrap_or("no detail");
        bail!("{url} answered {status}: {detail}");
    }
    Ok(answer)
}

#[expect(clippy::print_stdout, reason = "what a command was asked for goes to stdout")]
fn say(sample: &Sample, receipt: &Value) {
    let text = |name: &str| receipt.get(name).and_then(Value::as_str).unwrap_or_default();
    let position = receipt.get("position").and_then(Value::as_u64).unwrap_or_default();
    println!("{position:>4}  {:16} {:28} {}", text("vtid"), text("title"), sample.event);
}
