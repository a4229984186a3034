//! GitHub's API of deliveries.

use std::cell::Cell;
use std::collections::HashSet;
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Error, Result, anyhow};
use oasis_core::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, LINK, USER_AGENT};
use reqwest::{Client, Method, Response, StatusCode, Url, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::identity::Identity;
use crate::fault::{Fault, retry_after, server_time};
use crate::patience::patiently;

const WHOM: &str = "GitHub";
const TIMEOUT: Duration = Duration::from_secs(60);
/// How long to leave it alone that asks for time and doesn't say how much.
const MINUTE: Duration = Duration::from_secs(60);
/// The longest that is waited for a new hour's requests.
const MAX_WAIT: Duration = Duration::from_secs(3660);

/// Asks GitHub, one request after the other, as it wishes.
#[derive(Debug)]
pub(super) struct Github {
    client: Client,
    api: String,
    identity: Identity,
    /// When the next request may go out.
    not_before: Cell<Option<Instant>>,
}

/// An attempt to deliver, as the list has it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Attempt {
    pub(super) id: u64,
    /// The delivery; the same in each attempt.
    pub(super) guid: String,
    pub(super) delivered_at: Timestamp,
    #[serde(default)]
    pub(super) redelivery: bool,
    /// What the receiver answered; 0 where nobody did.
    #[serde(default)]
    pub(super) status_code: u16,
}

/// A delivery, as GitHub kept it.
#[derive(Debug, Deserialize)]
pub(super) struct Delivery {
    pub(super) guid: String,
    pub(super) event: String,
    pub(super) request: Request,
}

#[derive(Debug, Deserialize)]
pub(super) struct Request {
    pub(super) payload: Option<Box<RawValue>>,
}

/// A webhook, as the list has it.
#[derive(Debug, Deserialize)]
pub(super) struct ListedHook {
    pub(super) id: u64,
    #[serde(default)]
    pub(super) config: HookConfig,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct HookConfig {
    #[serde(default)]
    pub(super) url: String,
}

impl Github {
    pub(super) fn at(api: &str, identity: Identity) -> Result<Self> {
        crate::confided::check(crate::config::GITHUB_API, api)?;
        // A redirect could lead a credential elsewhere.
        let client =
            Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).build()?;
        let api = api.trim_end_matches('/').to_owned();
        Ok(Self { client, api, identity, not_before: Cell::new(None) })
    }

    /// The hooks at this path.
    pub(super) async fn hooks(&self, path: &str) -> Result<Vec<ListedHook>> {
        let url = format!("{}{path}?per_page=100", self.api);
        let list = async || read(self.send(Method::GET, &url).await?).await;
        patiently("the list of hooks", list).await
    }

    /// All attempts since a moment, from the newest on.
    pub(super) async fn attempts(&self, path: &str, since: Timestamp) -> Result<Vec<Attempt>> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        let mut next = Some(format!("{}{path}?per_page=100", self.api));
        while let Some(url) = next {
            let (page, link) =
                patiently("a page of deliveries", async || self.page(&url).await).await?;
            // One that is older may stand before one that isn't, as attempts take their time.
            let is_over = page.iter().all(|attempt| attempt.delivered_at < since);
            let wanted = page.into_iter().filter(|attempt| attempt.delivered_at >= since);
            found.extend(wanted.filter(|attempt| seen.insert(attempt.id)));
            next = link.filter(|_| !is_over);
            if next.as_ref() == Some(&url) {
                return Err(anyhow!("{WHOM} gave the same page twice"));
            }
        }
        Ok(found)
    }

    async fn page(&self, url: &str) -> Result<(Vec<Attempt>, Option<String>), Fault> {
        let response = self.send(Method::GET, url).await?;
        let next = self.next(response.headers()).map_err(Fault::Never)?;
        Ok((read(response).await?, next))
    }

    /// A delivery with what it carried; `None` where GitHub no longer has it.
    pub(super) async fn delivery(&self, path: &str, id: u64) -> Result<Option<Delivery>> {
        let url = format!("{}{path}/{id}", self.api);
        patiently("a delivery", async || {
            let sent = self.ask(Method::GET, &url).await?;
            if matches!(sent.status(), StatusCode::NOT_FOUND | StatusCode::GONE) {
                return Ok(None);
            }
            read(self.judge(sent).await?).await.map(Some)
        })
        .await
    }

    /// Has a delivery sent again; whether GitHub will.
    pub(super) async fn redeliver(&self, path: &str, id: u64) -> Result<bool> {
        let url = format!("{}{path}/{id}/attempts", self.api);
        patiently("a redelivery", async || {
            let sent = self.ask(Method::POST, &url).await?;
            let refused =
                [StatusCode::NOT_FOUND, StatusCode::GONE, StatusCode::UNPROCESSABLE_ENTITY];
            if refused.contains(&sent.status()) {
                return Ok(false);
            }
            self.judge(sent).await.map(|_| true)
        })
        .await
    }

    async fn send(&self, method: Method, url: &str) -> Result<Response, Fault> {
        let sent = self.ask(method, url).await?;
        self.judge(sent).await
    }

    /// Sends a request when GitHub wants one.
    async fn ask(&self, method: Method, url: &str) -> Result<Response, Fault> {
        if let Some(at) = self.not_before.take() {
            let wait = at.saturating_duration_since(Instant::now());
            if wait > Duration::from_secs(1) {
                tracing::info!("{WHOM} takes no more requests for {} s; waiting", wait.as_secs());
            }
            tokio::time::sleep_until(at).await;
        }
        let request = self
            .client
            .request(method, url)
            .header(ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .header(USER_AGENT, concat!("oasis-gateway/", env!("CARGO_PKG_VERSION")))
            .header(AUTHORIZATION, self.identity.authorization().map_err(Fault::Never)?);
        let response = request.send().await.map_err(|error| Fault::cut(WHOM, error))?;
        if is_used_up(response.headers()) {
            self.not_before.set(reset(response.headers()).map(|wait| Instant::now() + wait));
        }
        Ok(response)
    }

    /// What an answer means that is no success.
    async fn judge(&self, response: Response) -> Result<Response, Fault> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let limits = [StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS];
        if !limits.contains(&status) {
            let fault = Fault::answered(WHOM, response).await;
            // GitHub hides what one may not see.
            let hidden = matches!(status, StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED);
            return Err(if hidden { Fault::Never(refused(fault.error())) } else { fault });
        }
        // Who asks too much gets the same status as who may not ask.
        let headers = response.headers();
        let wait = retry_after(headers);
        let wait = wait.or_else(|| is_used_up(headers).then(|| reset(headers).unwrap_or(MINUTE)));
        let error = Fault::answered(WHOM, response).await.error();
        let secondary = error.to_string().contains("secondary rate limit");
        let asks_for_time = status == StatusCode::TOO_MANY_REQUESTS || secondary;
        match wait.or(asks_for_time.then_some(MINUTE)) {
            Some(wait) => Err(Fault::Later(error, Some(wait))),
            None => Err(Fault::Never(refused(error))),
        }
    }

    /// Where the next page is. It has to be at the same address, or the credential would go elsewhere.
    fn next(&self, headers: &HeaderMap) -> Result<Option<String>> {
        let links = headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
        let mut links = links.flat_map(|links| links.split(','));
        let Some(next) = links.find(|link| link.contains("rel=\"next\"")) else { return Ok(None) };
        let url = next.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        let url = url.map(|(url, _)| url).unwrap_or_default();
        let origin = |url: &str| Url::parse(url).map(|url| url.origin()).ok();
        if origin(url).is_none() || origin(url) != origin(&self.api) {
            return Err(anyhow!("{WHOM}'s next page is at another address"));
        }
        Ok(Some(url.to_owned()))
    }
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Fault> {
    let body = response.bytes().await.map_err(|error| Fault::cut(WHOM, error))?;
    serde_json::from_slice(&body)
        .map_err(|error| Fault::later(anyhow!("{WHOM} answered with something else: {error}")))
}

fn refused(error: Error) -> Error {
    error.context(
        "GitHub refuses: check the name, and that the token may read webhooks (to redeliver: write)",
    )
}

/// Whether no request is left until the limit's next reset.
fn is_used_up(headers: &HeaderMap) -> bool {
    headers.get("x-ratelimit-remaining") == Some(&HeaderValue::from_static("0"))
}

/// How long until requests are counted anew, by GitHub's own clock.
fn reset(headers: &HeaderMap) -> Option<Duration> {
    let at: u64 = headers.get("x-ratelimit-reset")?.to_str().ok()?.parse().ok()?;
    let now = server_time(headers)?.duration_since(UNIX_EPOCH).ok()?.as_secs();
    // Its clock shows whole seconds.
    Some(Duration::from_secs(at.saturating_sub(now) + 1).min(MAX_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn github() -> Github {
        let token = Identity::Token(HeaderValue::from_static("Bearer x"));
        Github::at("https://api.github.com/", token).unwrap()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), v.parse().unwrap())).collect()
    }

    #[test]
    fn the_next_page_is_where_the_link_says_and_at_the_same_address() {
        let next = |link: &str| github().next(&headers(&[("link", link)]));
        let url = "https://api.github.com/x/deliveries?per_page=100&cursor=v1_2";
        let link = format!("<https://api.github.com/x>; rel=\"prev\", <{url}>; rel=\"next\"");
        assert_eq!(next(&link).unwrap().as_deref(), Some(url));
        assert_eq!(next("<https://api.github.com/x>; rel=\"prev\"").unwrap(), None);
        for bad in [
            "<https://api.github.com.example.com/x>; rel=\"next\"",
            "<http://api.github.com/x>; rel=\"next\"",
            "</x>; rel=\"next\"",
            "; rel=\"next\"",
        ] {
            assert!(next(bad).is_err(), "{bad}");
        }
        assert!(Github::at("http://github.example.com/api/v3", github().identity).is_err());
    }

    #[test]
    fn a_limit_that_is_used_up_says_when_it_is_renewed() {
        let date = ("date", "Tue, 24 Nov 2026 12:00:00 GMT");
        let reset_at = |at: &str| reset(&headers(&[date, ("x-ratelimit-reset", at)]));
        assert_eq!(reset_at("1795521630"), Some(Duration::from_secs(31)));
        assert_eq!(reset_at("1"), Some(Duration::from_secs(1)));
        assert_eq!(reset_at("99999999999"), Some(MAX_WAIT));
        assert_eq!(reset_at("soon"), None);
        assert!(is_used_up(&headers(&[("x-ratelimit-remaining", "0")])));
        assert!(
            !is_used_up(&headers(&[("x-ratelimit-remaining", "10")])) && !is_used_up(&headers(&[]))
        );
    }
}
