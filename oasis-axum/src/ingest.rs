//! `POST /events/ingest`: events from anyone with an ingest token.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oasis_core::{Event, claimed_delivery_id};
use serde::Serialize;
use serde_json::value::RawValue;
#[cfg(feature = "openapi")]
use utoipa::ToSchema;

use crate::brought::Brought;
use crate::clock;
use crate::metrics::{Delivery, Door};
use crate::problem::{FieldError, Problem};
use crate::state::{Parts, Shared};
use crate::webhooks::Receipt;

/// How many events one request may bring.
const MAX_ITEMS: usize = 1000;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The longest key, in bytes; with an item's number behind it, it is still a name for an index.
const MAX_KEY: usize = 120;

/// The answer to several events.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(ToSchema))]
pub(crate) struct Receipts {
    ok: bool,
    results: Vec<Receipt>,
}

/// Takes one event (an object) or several (an array, or a line each). All of them are stored or
/// none: 200 says that each one is durable in the ledger, 202 that each one is in the spool.
pub(crate) async fn ingest(
    State(shared): State<Shared>,
    Brought { headers, body }: Brought,
) -> Result<Response, Problem> {
    let mut note = Delivery::by(Door::ingest);
    let done = take(&shared, &headers, body, &mut note).await;
    shared.metrics.count(&note, done)
}

async fn take(
    shared: &Parts,
    headers: &HeaderMap,
    body: Body,
    note: &mut Delivery,
) -> Result<Response, Problem> {
    shared.rights.get().writers.admit(headers).ok_or_else(Problem::no_ingest_token)?;
    // A client may call its events anything.
    note.is(None);
    let lines = is_lines(headers)?;
    let key = idempotency_key(headers)?;
    let body = shared.budget.read(Door::ingest, headers, body).await?;

    let items = items(&body.bytes, lines)?;
    let mut events = Vec::with_capacity(items.list.len());
    let mut errors = Vec::new();
    for (index, item) in items.list.iter().enumerate() {
        match shared.ingestor.normalizer().ingest(item, clock::arrival()?) {
            Ok(event) => events.push(keyed(event, key, items.single, index)),
            Err(error) => errors.push(FieldError::new(index, &error)),
        }
    }
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let taken = shared.intake.take(events).await?;
    note.became(&taken);
    let mut receipts: Vec<_> = taken.into_iter().map(Receipt::of).collect();
    Ok(match (items.single, receipts.pop()) {
        (true, Some(only)) => only.into_response(),
        (_, last) => {
            receipts.extend(last);
            // All of them went the same way.
            let status = receipts.first().map_or(StatusCode::OK, Receipt::status);
            (status, Json(Receipts { ok: true, results: receipts })).into_response()
        }
    })
}

/// The bodies of events, and whether there is one that is not in a list.
struct Items<'a> {
    list: Vec<&'a [u8]>,
    single: bool,
}

fn items(body: &[u8], lines: bool) -> Result<Items<'_>, Problem> {
    let blank = |line: &&[u8]| line.iter().all(u8::is_ascii_whitespace);
    let items = if lines {
        let list = body.split(|&b| b == b'\n').filter(|line| !blank(line)).collect();
        Items { list, single: false }
    } else if body.trim_ascii_start().starts_with(b"[") {
        let list: Vec<&RawValue> = serde_json::from_slice(body)
            .map_err(|error| Problem::malformed(format!("the body is no JSON array: {error}")))?;
        Items { list: list.iter().map(|item| item.get().as_bytes()).collect(), single: false }
    } else {
        Items { list: vec![body], single: true }
    };
    if items.list.len() > MAX_ITEMS {
        return Err(Problem::malformed(format!("a request brings up to {MAX_ITEMS} events")));
    }
    Ok(items)
}

/// An event that says nothing of its own identity has the request's.
fn keyed(mut event: Event, key: Option<&str>, single: bool, index: usize) -> Event {
    if event.delivery_id.is_none() {
        let id = key.map(|key| match single {
            true => key.to_owned(),
            false => format!("{key}/{index}"),
        });
        event.delivery_id = id.map(|id| claimed_delivery_id(&event.source, id));
    }
    event
}

/// Whether the body is one event a line.
fn is_lines(headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(false) };
    let media_type = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    match media_type.trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(false),
        "application/x-ndjson" | "application/ndjson" | "application/jsonl" => Ok(true),
        _ => Err(Problem::not_json()),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(&IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Problem::malformed("the header Idempotency-Key came more than once"));
    }
    let key = value.to_str().ok().filter(|key| {
        (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
    });
    let form = "the header Idempotency-Key is not 1 to 120 visible ASCII characters";
    key.map(Some).ok_or_else(|| Problem::malformed(form))
}
