//! One row of `oasis_agents`, in the words that all databases share.

use std::time::Duration;

use oasis_core::{Meta, Presence, StoreError, Timestamp, UNSET, Vtid};

use crate::row::corrupt;

/// The columns in the table's order; [`AgentRow`] has them in the same one.
pub(crate) const COLUMNS: &str = "agent, role, vtid, status, interval_seconds, seen_at, meta";

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
