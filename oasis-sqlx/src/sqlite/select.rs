//! The statements that read; values are bound, never written into them.

use oasis_core::{Event, EventFilter, EventId, Query};
use sqlx::{QueryBuilder, Sqlite};

use crate::page::push_page;
use crate::row::{COLUMNS, vtid_text};

/// The position of the newest row, from the end of the table: it costs one look.
pub(super) const HEAD: &str = "SELECT max(position) FROM oasis_events";

/// A page, and one row more.
pub(super) fn page(query: &Query) -> QueryBuilder<Sqlite> {
    let mut select = QueryBuilder::new(format!("SELECT {COLUMNS} FROM oasis_events WHERE TRUE"));
    push_filter(&mut select, &query.filter);
    push_page(&mut select, query);
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
        values.push_bind(&event.source).push_bind(&event.delivery_id);
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
        select.push(" AND vtid = ").push_bind(vtid_text(vtid.as_ref()).to_owned());
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
        let column = if filter.vtid.is_some() { " AND +status = " } else { " AND status = " };
        select.push(column).push_bind(status.as_str());
    }
    if let Some(since) = filter.since {
        select.push(" AND occurred_at >= ").push_bind(since.unix_millis());
    }
    if let Some(until) = filter.until {
        select.push(" AND occurred_at < ").push_bind(until.unix_millis());
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
        select.push(format_args!("{or}instr(lower({column}), ")).push_bind(text.to_owned());
        select.push(") > 0");
        or = " OR ";
    }
    select.push(")");
}

#[cfg(test)]
mod tests {
    use oasis_core::{Arrival, Position, Status, Timestamp};
    use sqlx::{AssertSqlSafe, ConnectOptions, Row};

    use super::*;
    use crate::sqlite::connect;

    /// How SQLite goes about each statement; a `SCAN` of the table by anything but its positions
    /// would cost more with each row.
    #[tokio::test]
    async fn each_statement_walks_an_index() {
        let dir = tempfile::tempdir().unwrap();
        let options = connect::options(&dir.path().join("oasis.db")).unwrap();
        drop(connect::writer(&options).await.unwrap());
        let mut connection = options.connect().await.unwrap();
        let arrival = Arrival::new(Timestamp::UNIX_EPOCH, [0; 10]);
        let event = Event::new(arrival, "oasis.events", "note");

        let vtid = EventFilter { vtid: Some(None), ..EventFilter::default() };
        let status = EventFilter { status: Some(Status::Failure), ..EventFilter::default() };
        let both = EventFilter { vtid: Some(None), ..status.clone() };
        let after =
            |filter: &EventFilter| page(&Query::after(filter.clone(), Some(Position::FIRST), 9));
        let newest = |filter: &EventFilter| page(&Query::newest(filter.clone(), 9));
        let by_vtid = "USING INDEX oasis_events_vtid (vtid=?";
        let by_status = "USING INDEX oasis_events_status (status=?";
        for (statement, wanted) in [
            (newest(&EventFilter::default()), "SCAN oasis_events"),
            (after(&EventFilter::default()), "USING INTEGER PRIMARY KEY (rowid>?)"),
            (newest(&vtid), by_vtid),
            (after(&vtid), "(vtid=? AND rowid>?)"),
            (newest(&status), by_status),
            (after(&status), "(status=? AND rowid>?)"),
            (newest(&both), by_vtid),
            (after(&both), by_vtid),
            (count(&vtid), by_vtid.trim_start_matches("USING INDEX ")),
            (by_id(event.id), "(id=?)"),
            (
                first_deliveries(&[&event, &event]),
                "oasis_events_delivery (source=? AND delivery_id=?)",
            ),
            (QueryBuilder::new(HEAD), "SEARCH oasis_events"),
        ] {
            let explain = format!("EXPLAIN QUERY PLAN {}", statement.into_string());
            let query = sqlx::query(AssertSqlSafe(explain.clone()));
            let steps = query.fetch_all(&mut connection).await.unwrap();
            let plan: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
            let plan = plan.join("; ");
            assert!(plan.contains(wanted), "{plan}\nof {explain}\nlacks {wanted}");
            assert!(!plan.contains("TEMP B-TREE"), "{plan}\nof {explain}\nsorts");
        }
    }
}
