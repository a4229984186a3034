//! Appending: one call of `oasis_append` for each batch.

use std::collections::HashMap;
use std::time::Duration;

use oasis_core::{
    Appended, Event, Link, Position, Recorded, StoreError, StoreErrorKind, Timestamp,
};
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;
use sqlx::{Postgres, QueryBuilder, Row};
use tokio::time::sleep;

use super::moment::Moment;
use super::session::Session;
use super::{lone, read, text};
use crate::error::while_doing;
use crate::row::{corrupt, number, position, vtid_text};

pub(super) const APPENDING: &str = "the events can't be appended";

/// How often a call is made again that found no partition for a row, and after how long: another
/// session has just attached it, and this one had yet to hear of that. Nothing was recorded.
const MOMENTS: usize = 5;
const MOMENT: Duration = Duration::from_millis(5);

/// Records the batch in one transaction; when this returns `Ok`, it is on the disk.
pub(super) async fn append(
    session: &Session,
    batch: Vec<Event>,
) -> Result<Vec<Appended>, StoreError> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let batch: Vec<_> = batch.into_iter().map(text::without_nul).collect();
    if let [event] = batch.as_slice()
        && let Some(appended) = lone::append(session, event).await?
    {
        return Ok(vec![appended]);
    }
    let mut rows = session.rows_appended(call("oasis_append", &batch)?).await;
    for _ in 0..MOMENTS {
        if !rows.as_ref().is_err_and(lacks_partition) {
            break;
        }
        sleep(MOMENT).await;
        rows = session.rows(call("oasis_append", &batch)?).await;
    }
    if rows.as_ref().is_err_and(id_is_taken) {
        // It recorded nothing; the other one looks at each event.
        rows = session.rows(call("oasis_append_each", &batch)?).await;
    }
    let rows = rows.map_err(while_doing(APPENDING))?;
    let places = rows.iter().map(Place::of).collect::<Result<Vec<_>, _>>()?;
    if places.len() != batch.len() {
        return Err(StoreError::new(StoreErrorKind::Corrupt, "an event got no answer"));
    }

    if places.iter().all(|place| !place.duplicate) {
        let new = batch.into_iter().zip(places).map(|(event, place)| place.taken_by(event));
        return Ok(new.collect());
    }

    // New rows are known; of the others the ledger has the first.
    let mut rows: HashMap<Position, Recorded> = HashMap::new();
    for (event, place) in batch.into_iter().zip(&places) {
        if !place.duplicate {
            rows.insert(place.position, place.taken_by(event).recorded);
        }
    }
    let mut absent: Vec<_> = places
        .iter()
        .filter(|place| !rows.contains_key(&place.position))
        .map(|place| number(place.position))
        .collect();
    absent.sort_unstable();
    absent.dedup();
    let first = read::at(session, absent).await?;
    rows.extend(first.into_iter().map(|row| (row.position, row)));

    let answer = |place: &Place| {
        let row = rows.get(&place.position).cloned().ok_or(StoreError::new(
            StoreErrorKind::Unavailable,
            "the first row of a delivery was pruned just now; bring it again",
        ))?;
        Ok(if place.duplicate { Appended::duplicate_of(row) } else { Appended::new(row) })
    };
    places.iter().map(answer).collect()
}

/// What became of an event.
pub(super) struct Place {
    pub(super) position: Position,
    pub(super) created_at: Timestamp,
    pub(super) duplicate: bool,
}

impl Place {
    pub(super) fn of(row: &PgRow) -> Result<Self, StoreError> {
        let column = while_doing(APPENDING);
        Ok(Self {
            position: position(row.try_get(0).map_err(&column)?)?,
            created_at: row.try_get::<Moment, _>(1).map_err(&column)?.0,
            duplicate: row.try_get(2).map_err(&column)?,
        })
    }

    /// The row of a new event that got this place.
    pub(super) fn taken_by(&self, event: Event) -> Appended {
        Appended::new(Recorded::new(self.position, self.created_at, event))
    }
}

/// The call of this function, each column of the batch an array.
fn call(function: &str, batch: &[Event]) -> Result<QueryBuilder<Postgres>, StoreError> {
    fn column<'e, T>(batch: &'e [Event], field: impl Fn(&'e Event) -> T) -> Vec<T> {
        batch.iter().map(field).collect()
    }
    let texts = |field: fn(&Event) -> &str| column(batch, field);
    let optional = |field: fn(&Event) -> Option<&str>| column(batch, field);
    let metas = batch
        .iter()
        .map(|event| text::json(&event.meta).map_err(corrupt("meta")))
        .collect::<Result<Vec<_>, _>>()?;

    let mut call =
        QueryBuilder::new(format!("SELECT position, created_at, duplicate FROM {function}("));
    let mut values = call.separated(", ");
    values
        .push_bind(column(batch, |event| Uuid::from_bytes(event.id.to_bytes())))
        .push_bind(column(batch, |event| Moment(event.ts)))
        .push_bind(texts(|event| vtid_text(event.vtid.as_ref())))
        .push_bind(texts(|event| &event.layer))
        .push_bind(texts(|event| &event.module))
        .push_bind(texts(|event| &event.source))
        .push_bind(texts(|event| &event.kind))
        .push_bind(texts(|event| event.status.as_str()))
        .push_bind(texts(|event| event.title.as_str()))
        .push_bind(optional(|event| event.reference.as_deref()))
        .push_bind(optional(|event| event.link.as_ref().map(Link::as_str)))
        .push_bind(metas)
        .push_bind(optional(|event| event.delivery_id.as_deref()));
    call.push(")");
    Ok(call)
}

fn id_is_taken(error: &sqlx::Error) -> bool {
    let constraint = error.as_database_error().and_then(|error| error.constraint());
    constraint == Some("oasis_events_pkey")
}

/// No constraint of a table's is named then.
fn lacks_partition(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        error.code().as_deref() == Some("23514") && error.constraint().is_none()
    })
}
