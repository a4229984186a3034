//! A gateway that is asked over HTTP.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Client, RequestBuilder, Url};

use crate::config::{ADMIN_TOKEN, Config, READ_TOKEN};
use crate::fault::Fault;
use crate::usage::WrongUsage;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long nothing may come. A feed says every 15 seconds that it is alive.
const SILENCE: Duration = Duration::from_secs(45);

/// Asks a gateway, as one who may read.
pub(crate) struct Remote {
    client: Client,
    url: String,
}

impl Remote {
    /// The gateway at this address, with the first of the configured tokens that may read.
    pub(crate) fn new(url: &str, config: &Config) -> Result<Self> {
        let url = url.trim_end_matches('/').to_owned();
        let wrong =
            || WrongUsage::error(format!("{url} is no address such as http://127.0.0.1:8080"));
        let parsed = Url::parse(&url).map_err(|_| wrong())?;
        let mut builder = Client::builder().connect_timeout(CONNECT_TIMEOUT).read_timeout(SILENCE);
        builder = match parsed.scheme() {
            "https" => builder,
            // Plain HTTP needs no root certificates, which not every image has.
            "http" => builder.tls_certs_only(Vec::<reqwest::Certificate>::new()),
            _ => return Err(wrong()),
        };
        let mut headers = HeaderMap::new();
        for name in [READ_TOKEN, ADMIN_TOKEN] {
            let tokens = config.list::<String>(name)?;
            if let (Some(token), false) = (tokens.first(), headers.contains_key(AUTHORIZATION)) {
                let bearer = HeaderValue::from_str(&format!("Bearer {token}"));
                let mut bearer = bearer.map_err(|_| config.invalid(name, &"no token"))?;
                bearer.set_sensitive(true);
                headers.insert(AUTHORIZATION, bearer);
            }
        }
        let client =
            builder.default_headers(headers).build().context("cannot make HTTP requests")?;
        Ok(Self { client, url })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url))
    }

    /// Sends a request; anything but success is a fault.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<reqwest::Response, Fault> {
        let sent = request.send().await.map_err(|error| {
            Fault::later(
                anyhow::Error::from(error.without_url())
                    .context(format!("no gateway answers at {}", self.url)),
            )
        });
        let response = sent?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(Fault::answered(&self.url, response).await)
    }
}
