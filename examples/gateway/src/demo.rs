//! `demo`: signed sample deliveries for a running gateway.

use anyhow::{Result, bail};
use serde_json::Value;
use tokio::runtime::Builder;
use uuid::Uuid;

use crate::cli::DemoOptions;
use crate::sender::Sender;
use crate::story::{self, Sample};

pub(crate) fn run(options: DemoOptions) -> Result<()> {
    let config = options.settings.load()?;
    let sender = Sender::new(&options.url, &config)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(deliver(&sender))
}

async fn deliver(sender: &Sender) -> Result<()> {
    for sample in story::samples(oasis_axum::now()) {
        let receipt = post(sender, &sample).await?;
        say(&sample, &receipt);
    }
    Ok(())
}

async fn post(sender: &Sender, sample: &Sample) -> Result<Value> {
    let body = serde_json::to_vec(&sample.payload)?;
    let response = sender.post(sample.event, &Uuid::new_v4().to_string(), body).await?;
    let status = response.status();
    let answer: Value = response.json().await.unwrap_or_default();
    if !status.is_success() {
        let detail = answer.get("detail").and_then(Value::as_str).unwrap_or("no detail");
        bail!("{} answered {status}: {detail}", sender.url());
    }
    Ok(answer)
}

#[expect(clippy::print_stdout, reason = "what a command was asked for goes to stdout")]
fn say(sample: &Sample, receipt: &Value) {
    let text = |name: &str| receipt.get(name).and_then(Value::as_str).unwrap_or_default();
    let position = receipt.get("position").and_then(Value::as_u64).unwrap_or_default();
    println!("{position:>4}  {:16} {:28} {}", text("vtid"), text("title"), sample.event);
}
