//! The statements that read; values are bound, never written into them.

use oasis_core::{Event, EventFilter, EventId, Order, Query};
use sqlx::{QueryBuilder, Sqlite};

use crate::row::{COLUMNS, number, vtid_text};

/// The position of the newest row, from the end of the table: it costs one look.
pub(super) const HEAD: &str = "SELECT max(position) FROM oasis_events";

/// A page, and one row more.
pub(super) fn page(query: &Query) -> QueryBuilder<Sqlite> {
    let mut select = QueryBuilder::new(format!("SELECT {COLUMNS} FROM oasis_events WHERE TRUE"));
    push_filter(&mut select, &query.filter);
    let (beyond, order) = match query.order {
        Order::Ascending => (" AND position > ", " ORDER BY position ASC LIMIT "),
        Order::Descending => (" AND position < ", " ORDER BY position DESC LIMIT "),
    };
    if let Some(after) = query.after {
        select.push(beyond).push_bind(number(after));
    }
    let rows = i64::try_from(query.limit.saturating_add(1)).unwrap_or(i64::MAX);
    select.push(order).push_bind(rows);
    if query.offset > 0 {
        let offset = i64::try_from(query.offset).unwrap_or(i64::MAX);
        select.push(" OFFSET ").push_bind(offset);
    }
    select
}

/// How many rows match.
pub(super) fn count(filter: &EventFilter) -> QueryBuilder<Sqlite> {
    let mut select = QueryBuilder::new("SELECT count(*) FROM oasis_events WHERE TRUE");
    push_filter(&mut select, filter);
    select
}

/// The row with this id.
pub(super) fn by_id(id: EventId) -> QueryBuilder<Sqlite> {
    let mut select = QueryBuilder::new(format!("SELECT {COLUMNS} FROM oasis_events WHERE id = "));
    select.push_bind(id.to_string());
    select
}

/// The rows of those of these events whose delivery the ledger has already.
///
/// `CROSS JOIN` fixes the order of the loops, so that each event costs one look into the index
/// however large the table is and whatever its statistics say.
pub(super) fn first_deliveries(events: &[&Event]) -> QueryBuilder<Sqlite> {
    let mut select = QueryBuilder::new("WITH brought (by, delivery) AS (");
    select.push_values(events, |mut values, event| {
        values
            .push_bind(&event.source)
            .push_bind(&event.delivery_id);
    });
    select.push(format_args!(
        ") SELECT {COLUMNS} FROM brought CROSS JOIN oasis_events \
         WHERE source = brought.by AND delivery_id = brought.delivery"
    ));
    select
}

/// What [`EventFilter::matches`] says, in SQL.
fn push_filter(select: &mut QueryBuilder<Sqlite>, filter: &EventFilter) {
    if let Some(vtid) = &filter.vtid {
        select
            .push(" AND vtid = ")
            .push_bind(vtid_text(vtid.as_ref()).to_owned());
    }
    for (column, wanted) in [
        (" AND layer = ", &filter.layer),
        (" AND module = ", &filter.module),
        (" AND source = ", &filter.source),
        (" AND kind = ", &filter.kind),
    ] {
        if let Some(wanted) = wanted {
            select.push(column).push_bind(wanted.clone());
        }
    }
    if let Some(status) = filter.status {
        // Of a task and a status the task is the narrower: the `+` keeps the planner from
        // walking the index of the status instead.
        let column = if filter.vtid.is_some() {
            " AND +status = "
        } else {
            " AND status = "
        };
        select.push(column).push_bind(status.as_str());
    }
    if let Some(since) = filter.since {
        select
            .push(" AND occurred_at >= ")
            .push_bind(since.unix_millis());
    }
    if let Some(until) = filter.until {
        select
            .push(" AND occurred_at < ")
            .push_bind(until.unix_millis());
    }
    if let Some(text) = &filter.text {
        push_text(select, &text.to_ascii_lowercase());
    }
}

/// `lower` knows ASCII only, as the law wants it, and `instr` has no wildcards to escape.
fn push_text(select: &mut QueryBuilder<Sqlite>, text: &str) {
    let columns = ["title", "vtid", "ref", "link", "delivery_id"];
    let mut or = " AND (";
    for column in columns {
        select
            .push(format_args!("{or}instr(lower({column}), "))
            .push_bind(text.to_owned());
        select.push(") > 0");
        or = " OR ";
    }
    select.push(")");
}
