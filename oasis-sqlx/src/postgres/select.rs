//! The statements; values are bound, never written into them.

use oasis_core::{EventFilter, EventId, Query};
use sqlx::types::Uuid;
use sqlx::{Postgres, QueryBuilder};

use super::moment::Moment;
use super::text::has_nul;
use crate::page::push_page;
use crate::row::vtid_text;

/// The columns in the order in which a row is read; `meta` as the text that it was.
const COLUMNS: &str = "position, id, created_at, occurred_at, vtid, layer, module, \
     source, kind, status, title, ref, link, meta::text, delivery_id";

/// The position of the newest row, from the end of the index: it costs one look.
pub(super) fn head() -> QueryBuilder<Postgres> {
    QueryBuilder::new("SELECT max(position) FROM oasis_events")
}

/// A page, and one row more.
pub(super) fn page(query: &Query) -> QueryBuilder<Postgres> {
    let mut select = QueryBuilder::new(format!("SELECT {COLUMNS} FROM oasis_events WHERE TRUE"));
    push_filter(&mut select, &query.filter);
    push_page(&mut select, query);
    select
}

/// How many rows match.
pub(super) fn count(filter: &EventFilter) -> QueryBuilder<Postgres> {
    let mut select = QueryBuilder::new("SELECT count(*) FROM oasis_events WHERE TRUE");
    push_filter(&mut select, filter);
    select
}

/// The row with this id. Where it is, the database knows by the ledger's layout.
pub(super) fn by_id(id: EventId) -> QueryBuilder<Postgres> {
    let text = format!("SELECT {COLUMNS} FROM oasis_events WHERE position = oasis_position(");
    let mut select = QueryBuilder::new(text);
    select.push_bind(Uuid::from_bytes(id.to_bytes())).push(")");
    select
}

/// The rows at these positions.
pub(super) fn at(positions: Vec<i64>) -> QueryBuilder<Postgres> {
    let text = format!("SELECT {COLUMNS} FROM oasis_events WHERE position = ANY(");
    let mut select = QueryBuilder::new(text);
    select.push_bind(positions).push(")");
    select
}

/// What [`EventFilter::matches`] says, in SQL.
fn push_filter(select: &mut QueryBuilder<Postgres>, filter: &EventFilter) {
    if let Some(vtid) = &filter.vtid {
        select.push(" AND vtid = ").push_bind(vtid_text(vtid.as_ref()).to_owned());
    }
    // `coalesce` hides the column from the statistics. They would have the planner read the whole
    // table and sort where few rows match, which it can't know of a value it has not seen; walking
    // the positions costs no more than that and stops at a full page.
    for (column, wanted) in [
        (" AND coalesce(layer = ", &filter.layer),
        (" AND coalesce(module = ", &filter.module),
        (" AND coalesce(source = ", &filter.source),
        (" AND coalesce(kind = ", &filter.kind),
    ] {
        if let Some(wanted) = wanted {
            push_text(select, column, wanted, ", false)");
        }
    }
    if let Some(status) = filter.status {
        // Of a task and a status the task is the narrower.
        let (before, after) = if filter.vtid.is_some() {
            (" AND coalesce(status = ", ", false)")
        } else {
            (" AND status = ", "")
        };
        select.push(before).push_bind(status.as_str()).push(after);
    }
    if let Some(since) = filter.since {
        select.push(" AND occurred_at >= ").push_bind(Moment(since));
    }
    if let Some(until) = filter.until {
        select.push(" AND occurred_at < ").push_bind(Moment(until));
    }
    if let Some(text) = &filter.text {
        // In the collation "C" `lower` knows ASCII only, as the law wants it, and `strpos` has no
        // wildcards to escape.
        let text = text.to_ascii_lowercase();
        let mut or = " AND (";
        for column in ["title", "vtid", "ref", "link", "delivery_id"] {
            let open = format!("{or}strpos(lower({column} COLLATE \"C\"), ");
            push_text(select, &open, &text, ") > 0");
            or = " OR ";
        }
        select.push(")");
    }
}

/// Binds a text between these two; with a NUL in it, which no row has, nothing matches.
fn push_text(select: &mut QueryBuilder<Postgres>, before: &str, text: &str, after: &str) {
    let bound = if has_nul(text) { None } else { Some(text.to_owned()) };
    select.push(before).push_bind(bound).push(after);
}
