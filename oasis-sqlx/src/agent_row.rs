//! One row of `oasis_agents`, in the words that all databases share.

use std::time::Duration;

use oasis_core::{Meta, Presence, StoreError, Timestamp, UNSET, Vtid};

use crate::row::corrupt;

/// The columns in the table's order; [`AgentRow`] has them in the same one.
pub(crate) const COLUMNS: &str = "agent, role, vtid, status, interval_seconds, seen_at, meta";

/// What follows the values of an insert: of two heartbeats the later stays.
pub(crate) const KEEP_LATER: &str = " ON CONFLICT (agent) DO UPDATE SET role = excluded.role, vtid = excluded.vtid, \
     status = excluded.status, interval_seconds = excluded.interval_seconds, \
     seen_at = excluded.seen_at, meta = excluded.meta \
     WHERE excluded.seen_at >= oasis_agents.seen_at";

/// What an agent's interval is in the table.
pub(crate) fn interval_seconds(presence: &Presence) -> i64 {
    i64::try_from(presence.interval.as_secs().max(1)).unwrap_or(i64::MAX)
}

/// What an agent's `meta` is in the table.
pub(crate) fn meta(presence: &Presence) -> Result<String, StoreError> {
    serde_json::to_string(&presence.meta).map_err(corrupt("meta"))
}

/// A row as it was read: nothing in it is believed yet.
pub(crate) struct AgentRow<'r> {
    pub(crate) agent: String,
    pub(crate) role: String,
    pub(crate) vtid: &'r str,
    pub(crate) status: &'r str,
    pub(crate) interval_seconds: i64,
    pub(crate) seen_at: Timestamp,
    pub(crate) meta: &'r str,
}

impl AgentRow<'_> {
    pub(crate) fn into_presence(self) -> Result<Presence, StoreError> {
        let mut presence = Presence::new(self.agent, self.role, self.seen_at);
        presence.vtid = match self.vtid {
            UNSET => None,
            text => Some(text.parse::<Vtid>().map_err(corrupt("vtid"))?),
        };
        presence.status = self.status.parse().map_err(corrupt("status"))?;
        presence.interval = Duration::from_secs(self.interval_seconds.unsigned_abs());
        presence.meta = serde_json::from_str::<Meta>(self.meta).map_err(corrupt("meta"))?;
        Ok(presence)
    }
}
