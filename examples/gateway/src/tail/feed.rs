//! The feed of a gateway, whatever cuts it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use oasis_core::Recorded;
use serde::Deserialize;

use crate::backoff::Backoff;
use crate::fault::Fault;
use crate::remote::Remote;

/// Where one starts.
pub(super) enum Start {
    /// With so many of the newest events.
    Newest(u16),
    /// With all events after this position.
    After(u64),
}

/// Follows a feed: each event once, in its order, over as many connections as it takes.
pub(super) struct Feed {
    remote: Remote,
    filter: Vec<(&'static str, String)>,
    start: Start,
    /// All matching events up to here were shown.
    at: u64,
}

/// What is no event.
#[derive(Deserialize)]
struct Notice<'a> {
    #[serde(borrow)]
    r#type: Option<&'a str>,
}

/// The first wait after a cut is a thirtieth of this, the longest ten times it.
const PACE: Duration = Duration::from_secs(6);

const QUERY: &str = "/api/v1/oasis/events";
const FEED: &str = "/api/v1/devhub/feed";

impl Feed {
    pub(super) fn new(remote: Remote, filter: Vec<(&'static str, String)>, start: Start) -> Self {
        Self { remote, filter, start, at: 0 }
    }

    /// Shows each event until showing one fails or the gateway says that it never will work.
    pub(super) async fn follow(
        &mut self,
        mut show: impl FnMut(&Recorded) -> Result<()>,
    ) -> Result<()> {
        match self.start {
            Start::After(position) => self.at = position,
            Start::Newest(lines) => {
                for event in self.newest(lines).await? {
                    show(&event)?;
                }
            }
        }
        let mut backoff = Backoff::around(PACE);
        loop {
            let (before, began) = (self.at, Instant::now());
            let error = match self.connection(&mut show).await? {
                // A feed ends after half an hour, and when the gateway stops.
                Ended::ByTheGateway => None,
                Ended::By(Fault::Never(error)) => return Err(error),
                Ended::By(fault) => Some(fault),
            };
            if self.at != before || began.elapsed() > PACE {
                backoff.reset();
            }
            let (error, asked) = match error {
                Some(Fault::Later(error, asked)) => (Some(error), asked),
                Some(Fault::Never(error)) => (Some(error), None),
                None => (None, None),
            };
            if let (Some(error), 0) = (error, backoff.failures()) {
                tracing::warn!("{error:#}; going on after position {} when it is back", self.at);
            }
            tokio::time::sleep(backoff.wait(asked)).await;
        }
    }

    /// The newest events, from the oldest on. What comes after them is on the feed.
    async fn newest(&mut self, lines: u16) -> Result<Vec<Recorded>> {
        // The ledger's head is read first: whatever matches and is not in the answer to the second
        // question comes after it.
        let head = self.page(1, &[]).await?;
        let mut events = match lines {
            0 => Vec::new(),
            lines => self.page(lines, &self.filter).await?,
        };
        let newest = head.first().into_iter().chain(events.first()).map(|e| e.position.get()).max();
        self.at = newest.unwrap_or(0);
        events.reverse();
        Ok(events)
    }

    async fn page(&self, limit: u16, filter: &[(&str, String)]) -> Result<Vec<Recorded>> {
        let request = || self.remote.get(QUERY).query(&[("limit", limit)]).query(filter);
        let answer = self.remote.send(request()).await;
        // Whoever starts it wants to know now that nobody is there.
        let answer = answer.map_err(Fault::error)?;
        answer.json().await.with_context(|| format!("{} is no gateway", self.remote.url()))
    }

    /// One connection, from its start to its end; an error is one of showing.
    async fn connection(
        &mut self,
        show: &mut impl FnMut(&Recorded) -> Result<()>,
    ) -> Result<Ended> {
        let request = self.remote.get(FEED).query(&self.filter);
        let request = request.header("last-event-id", self.at.to_string());
        let response = match self.remote.send(request).await {
            Ok(response) => response,
            Err(fault) => return Ok(Ended::By(fault)),
        };
        let mut messages = response.bytes_stream().eventsource();
        while let Some(message) = messages.next().await {
            let Ok(message) = message else {
                return Ok(Ended::By(Fault::later(anyhow!("the feed was cut"))));
            };
            let notice = serde_json::from_str(&message.data).ok();
            match notice.and_then(|notice: Notice<'_>| notice.r#type) {
                Some("resync") => {
                    tracing::warn!(
                        "what comes after position {} is no longer kept, or it is another ledger; \
                         going on with what there is",
                        self.at
                    );
                    self.at = 0;
                }
                Some(_) => {}
                None => match serde_json::from_str::<Recorded>(&message.data) {
                    Ok(event) if event.position.get() > self.at => {
                        show(&event)?;
                        self.at = event.position.get();
                    }
                    Ok(_) => {}
                    Err(error) => tracing::warn!(%error, "a message is no event"),
                },
            }
        }
        Ok(Ended::ByTheGateway)
    }
}

/// How a connection ended.
enum Ended {
    ByTheGateway,
    By(Fault),
}
