//! Cloud Logging's `entries.list`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Result, anyhow};
use oasis_core::Timestamp;
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, Response, StatusCode, redirect};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::credentials::Credentials;
use crate::fault::{Fault, server_time};

const WHOM: &str = "Cloud Logging";
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(60);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How many entries a page has at most. An entry has up to 256 KiB, so a page fits below
/// [`MAX_BODY`].
const PAGE: usize = 200;
const MAX_BODY: usize = 64 * 1024 * 1024;

/// The logs of Google's projects.
pub(super) struct Logging {
    client: Client,
    url: String,
    credentials: Credentials,
}

/// What is asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    resource_names: [String; 1],
    filter: String,
    order_by: &'static str,
    page_size: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_token: Option<&'a str>,
}

/// A page of entries.
pub(super) struct Page {
    body: Vec<u8>,
    /// What time it was at Google.
    pub(super) answered_at: Option<Timestamp>,
}

/// What stands on a page.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listing<'a> {
    /// In the order of their timestamps.
    #[serde(borrow, default)]
    pub(super) entries: Vec<&'a RawValue>,
    /// Where the next page starts. There may be one after a page without entries: Google answers
    /// before it has searched everything.
    pub(super) next_page_token: Option<String>,
}

impl Logging {
    pub(super) fn at(endpoint: &str, credentials: Credentials) -> Result<Self> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::none());
        let url = format!("{}/v2/entries:list", endpoint.trim_end_matches('/'));
        Ok(Self { client: client.build()?, url, credentials })
    }

    /// A page of what Cloud Run's audit logs of this project have since then.
    pub(super) async fn page(
        &self,
        project: &str,
        since: Timestamp,
        token: Option<&str>,
    ) -> Result<Page, Fault> {
        let request = Request {
            resource_names: [format!("projects/{project}")],
            filter: filter(project, since),
            order_by: "timestamp asc",
            page_size: PAGE,
            page_token: token,
        };
        let mut renewed = false;
        loop {
            let bearer = self.credentials.bearer().await?;
            let post = self.client.post(&self.url).header(AUTHORIZATION, &bearer).json(&request);
            let response = post.send().await.map_err(|error| Fault::cut(WHOM, error))?;
            match response.status() {
                StatusCode::OK => return read(response).await,
                StatusCode::UNAUTHORIZED if !renewed => {
                    self.credentials.refused(&bearer).await;
                    renewed = true;
                }
                // A place in a list that Google has forgotten; a new list works.
                StatusCode::BAD_REQUEST if token.is_some() => {
                    return Err(Fault::later(Fault::answered(WHOM, response).await.error()));
                }
                _ => return Err(Fault::answered(WHOM, response).await),
            }
        }
    }
}

impl Page {
    pub(super) fn listing(&self) -> Result<Listing<'_>, Fault> {
        let listing = serde_json::from_slice(&self.body);
        listing.map_err(|_| Fault::later(anyhow!("{WHOM} answered with something that is no list")))
    }
}

/// Which entries are wanted: what was asked of Cloud Run, and what became of it.
fn filter(project: &str, since: Timestamp) -> String {
    let log =
        |name: &str| format!("\"projects/{project}/logs/cloudaudit.googleapis.com%2F{name}\"");
    format!(
        "logName=({} OR {}) AND protoPayload.serviceName=\"run.googleapis.com\" AND timestamp>=\"{since}\"",
        log("activity"),
        log("system_event"),
    )
}

async fn read(mut response: Response) -> Result<Page, Fault> {
    let answered_at = server_time(response.headers()).and_then(timestamp);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Fault::cut(WHOM, error))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return Err(Fault::Never(anyhow!("{WHOM} answered with more than {MAX_BODY} bytes")));
        }
    }
    Ok(Page { body, answered_at })
}

fn timestamp(at: SystemTime) -> Option<Timestamp> {
    let since = at.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(Timestamp::from_unix_seconds)
}
