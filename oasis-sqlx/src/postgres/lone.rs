//! Appending one event that comes alone: one plain statement instead of the function, which has to be
//! ready for many.

use std::sync::atomic::{AtomicBool, Ordering};

use oasis_core::{Appended, Event, Link, StoreError};
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::types::Uuid;
use sqlx::{Arguments, Postgres, QueryBuilder};

use super::moment::Moment;
use super::session::{DEADLINE, Seat, Session, in_time};
use super::text;
use super::write::{APPENDING, Place};
use crate::error::while_doing;
use crate::row::{corrupt, vtid_text};

/// The connection that lone events go over.
#[derive(Debug, Default)]
pub(super) struct Lone {
    seat: Seat,
    /// The ledger's layout is one that the statement leaves to the function.
    of_no_use: AtomicBool,
}

impl Lone {
    /// Keeps this connection for the first event; where it can't be used, that opens one.
    pub(super) async fn keep(&self, mut connection: PgConnection) {
        let set = sqlx::raw_sql(SETTINGS).execute(&mut connection);
        if in_time(DEADLINE, set).await.is_ok() {
            self.seat.keep(connection).await;
        }
    }
}

/// What `oasis_append` brings along or looks at in each call. Nobody else uses the connection.
const SETTINGS: &str = "SET default_transaction_isolation = 'read committed'; \
     SET lock_timeout = '2s'; \
     SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; SET jit = off; \
     SELECT set_config('synchronous_commit', 'on', false) \
     WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')";

/// Locks the head, moves it and puts the row there. It comes to nothing, and gives no row, where the
/// ledger has the delivery or is partitioned. What others commit while it waits for the lock it
/// doesn't see: if that is the same delivery, the index refuses it, and then the head too stays where
/// it was, so there is no gap.
const APPEND: &str = "WITH head AS (\
     UPDATE oasis_head AS h SET position = h.position + 1 \
     WHERE h.one AND h.partition_rows IS NULL AND NOT EXISTS (\
     SELECT FROM oasis_events AS e WHERE e.source = $6 AND e.delivery_id = $13) \
     RETURNING h.position, date_trunc('milliseconds', clock_timestamp()) AS moment) \
     INSERT INTO oasis_events (position, created_at, id, occurred_at, vtid, layer, module, source, \
     kind, status, title, ref, link, meta, delivery_id) \
     SELECT head.position, head.moment, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13 \
     FROM head RETURNING position, created_at, false";

/// Records the event; `None` says that nothing was recorded and the function has to look at it.
pub(super) async fn append(
    session: &Session,
    event: &Event,
) -> Result<Option<Appended>, StoreError> {
    let Some(lone) = session.lone() else { return Ok(None) };
    if lone.of_no_use.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let rows = match session.rows_kept(&lone.seat, SETTINGS, statement(event)?).await {
        Err(_in_use) => return Ok(None),
        Ok(Err(error)) if came_to_nothing(&error) => return Ok(None),
        Ok(rows) => rows.map_err(while_doing(APPENDING))?,
    };
    let Some(row) = rows.first() else {
        // A ledger stays partitioned once it is.
        let why = QueryBuilder::new("SELECT FROM oasis_head WHERE partition_rows IS NOT NULL");
        let partitioned = session.rows(why).await.map_err(while_doing(APPENDING))?;
        lone.of_no_use.store(!partitioned.is_empty(), Ordering::Relaxed);
        return Ok(None);
    };
    Ok(Some(Place::of(row)?.taken_by(event.clone())))
}

fn statement(event: &Event) -> Result<QueryBuilder<Postgres>, StoreError> {
    let meta = text::json(&event.meta).map_err(corrupt("meta"))?;
    let mut values = PgArguments::default();
    let added = values
        .add(Uuid::from_bytes(event.id.to_bytes()))
        .and_then(|()| values.add(Moment(event.ts)))
        .and_then(|()| values.add(vtid_text(event.vtid.as_ref())))
        .and_then(|()| values.add(&event.layer))
        .and_then(|()| values.add(&event.module))
        .and_then(|()| values.add(&event.source))
        .and_then(|()| values.add(&event.kind))
        .and_then(|()| values.add(event.status.as_str()))
        .and_then(|()| values.add(event.title.as_str()))
        .and_then(|()| values.add(&event.reference))
        .and_then(|()| values.add(event.link.as_ref().map(Link::as_str)))
        .and_then(|()| values.add(meta))
        .and_then(|()| values.add(&event.delivery_id));
    added.map_err(sqlx::Error::Encode).map_err(while_doing(APPENDING))?;
    Ok(QueryBuilder::with_arguments(APPEND, values))
}

/// Whether an index refused the row, of this delivery or of this id; or whether the statement, which has
/// the table before it has the head, stood in the way of one that makes partitions of the table, which
/// has the head first (`deadlock_detected`).
fn came_to_nothing(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.is_unique_violation() || error.code().as_deref() == Some("40P01")
    })
}
