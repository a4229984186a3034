//! One row of `oasis_events`, in the words that all databases share.

use oasis_core::{
    Arrival, Event, EventId, Meta, Position, Recorded, StoreError, StoreErrorKind, Timestamp,
    UNSET, Vtid,
};

/// The columns in the table's order; [`Row`] has them in the same one.
#[cfg(feature = "sqlite")]
pub(crate) const COLUMNS: &str = "position, id, created_at, occurred_at, vtid, layer, module, \
     source, kind, status, title, ref, link, meta, delivery_id";

/// A row as it was read: nothing in it is believed yet.
pub(crate) struct Row<'r> {
    pub(crate) position: i64,
    pub(crate) id: EventId,
    pub(crate) created_at: Timestamp,
    pub(crate) occurred_at: Timestamp,
    pub(crate) vtid: &'r str,
    pub(crate) layer: String,
    pub(crate) module: String,
    pub(crate) source: &'r str,
    pub(crate) kind: &'r str,
    pub(crate) status: &'r str,
    pub(crate) title: &'r str,
    pub(crate) reference: Option<String>,
    pub(crate) link: Option<&'r str>,
    pub(crate) meta: &'r str,
    pub(crate) delivery_id: Option<String>,
}

impl Row<'_> {
    /// The event that the row holds.
    pub(crate) fn into_recorded(self) -> Result<Recorded, StoreError> {
        let mut event = Event::new(Arrival::new(self.occurred_at, [0; 10]), self.source, self.kind);
        event.id = self.id;
        event.vtid = match self.vtid {
            UNSET => None,
            text => Some(text.parse::<Vtid>().map_err(corrupt("vtid"))?),
        };
        event.layer = self.layer;
        event.module = self.module;
        event.status = self.status.parse().map_err(corrupt("status"))?;
        event.title = self.title.parse().map_err(corrupt("title"))?;
        event.reference = self.reference;
        event.link = self.link.map(str::parse).transpose().map_err(corrupt("link"))?;
        event.meta = serde_json::from_str::<Meta>(self.meta).map_err(corrupt("meta"))?;
        event.delivery_id = self.delivery_id;
        Ok(Recorded::new(position(self.position)?, self.created_at, event))
    }
}

/// A position as databases store it.
pub(crate) fn position(number: i64) -> Result<Position, StoreError> {
    u64::try_from(number).ok().and_then(Position::new).ok_or(StoreError::new(
        StoreErrorKind::Corrupt,
        "a row of the ledger has no valid position",
    ))
}

/// A position as databases store it. Beyond what they can count there is no row, so the end of
/// their range means the same.
pub(crate) fn number(position: Position) -> i64 {
    i64::try_from(position.get()).unwrap_or(i64::MAX)
}

/// What an event writes into the column `vtid`.
pub(crate) fn vtid_text(vtid: Option<&Vtid>) -> &str {
    vtid.map_or(UNSET, Vtid::as_str)
}

/// For `map_err`: this column holds what no ledger writes.
pub(crate) fn corrupt<E>(column: &'static str) -> impl FnOnce(E) -> StoreError
where
    E: std::error::Error + Send + Sync + 'static,
{
    move |cause| {
        StoreError::new(StoreErrorKind::Corrupt, "a row of the ledger can't be read")
            .because(CorruptColumn { column, cause: Box::new(cause) })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("column {column}")]
struct CorruptColumn {
    column: &'static str,
    #[source]
    cause: Box<dyn std::error::Error + Send + Sync>,
}
