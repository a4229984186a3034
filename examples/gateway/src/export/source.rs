//! Where events are exported from.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use oasis_core::{
    Cursor, EventFilter, EventStore, Order, Position, Query, Recorded, StoreError, StoreErrorKind,
};

use crate::config::Config;
use crate::fault::Fault;
use crate::filter::FilterOptions;
use crate::ledger::{self, Stores};
use crate::remote::Remote;

/// A ledger, or a gateway in front of one.
pub(super) enum Source {
    Ledger { store: Arc<dyn EventStore>, filter: EventFilter },
    Gateway { remote: Remote, filter: Vec<(&'static str, String)> },
}

const EVENTS: &str = "/api/v1/oasis/events";

impl Source {
    /// The gateway at this address, or the configured database.
    pub(super) async fn open(
        config: &Config,
        url: Option<&str>,
        filter: &FilterOptions,
    ) -> Result<Self> {
        if let Some(url) = url {
            let remote = Remote::new(url, config)?;
            return Ok(Self::Gateway { remote, filter: filter.pairs() });
        }
        let Stores { events: store, .. } = ledger::existing(config).await?;
        Ok(Self::Ledger { store, filter: filter.filter() })
    }

    /// The newest position.
    pub(super) async fn head(&self) -> Result<Option<Position>, Fault> {
        match self {
            Self::Ledger { store, .. } => store.head().await.map_err(fault),
            Self::Gateway { remote, .. } => {
                let newest = ask(remote, &[("limit", "1".to_owned())]).await?;
                Ok(newest.first().map(|newest| newest.position))
            }
        }
    }

    /// The next events after a position; none at the end.
    pub(super) async fn page(&self, after: Option<Position>) -> Result<Vec<Recorded>, Fault> {
        let limit = Query::MAX_LIMIT;
        match self {
            Self::Ledger { store, filter } => {
                let query = Query::after(filter.clone(), after, limit);
                store.query(&query).await.map(|page| page.events).map_err(fault)
            }
            Self::Gateway { remote, filter } => {
                let mut pairs = filter.clone();
                pairs.push(("limit", limit.to_string()));
                pairs.push(match after {
                    None => ("order", "asc".to_owned()),
                    Some(at) => ("cursor", Cursor::new(Order::Ascending, at).to_string()),
                });
                ask(remote, &pairs).await
            }
        }
    }
}

async fn ask(remote: &Remote, pairs: &[(&str, String)]) -> Result<Vec<Recorded>, Fault> {
    let answer = remote.send(remote.get(EVENTS).query(pairs)).await?;
    let body = answer.bytes().await.map_err(|error| Fault::cut(remote.url(), error))?;
    serde_json::from_slice(&body)
        .map_err(|error| Fault::Never(anyhow!("{} answers with no events: {error}", remote.url())))
}

fn fault(error: StoreError) -> Fault {
    if error.kind() == StoreErrorKind::Unavailable {
        Fault::later(error)
    } else {
        Fault::Never(error.into())
    }
}
