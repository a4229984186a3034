//! `GET /api/v1/oasis/events`: the ledger, page by page.

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use oasis_core::{Cursor, EventId, Order, Query, Recorded, UNSET};

use crate::params::{Params, invalid};
use crate::problem::Problem;
use crate::segment::Segment;
use crate::state::Shared;

const DEFAULT_LIMIT: usize = 200;

const NEXT_CURSOR: HeaderName = HeaderName::from_static("x-next-cursor");
const TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");
const VTID: HeaderName = HeaderName::from_static("x-vtid");

/// A page of events as a JSON array, newest first; what leads to the next page is in the headers.
pub(crate) async fn events(
    State(shared): State<Shared>,
    OriginalUri(uri): OriginalUri,
    params: Params,
) -> Result<(HeaderMap, Json<Vec<Recorded>>), Problem> {
    let asked = Asked::read(params)?;
    let filter = &asked.query.filter;
    let mut headers = HeaderMap::new();
    if let Some(vtid) = &filter.vtid {
        let vtid = vtid.as_ref().map_or(UNSET, |vtid| vtid.as_str());
        insert(&mut headers, VTID, vtid);
    }
    if asked.count {
        let total = shared.store.count(filter).await?;
        insert(&mut headers, TOTAL_COUNT, &total.to_string());
    }
    let page = shared.store.query(&asked.query).await?;
    if let Some(next) = page.next {
        insert(&mut headers, NEXT_CURSOR, &next.to_string());
        insert(&mut headers, header::LINK, &format!("<{}>; rel=\"next\"", next_page(&uri, next)));
    }
    Ok((headers, Json(page.events)))
}

/// One event.
pub(crate) async fn event(
    State(shared): State<Shared>,
    Segment(id): Segment,
    params: Params,
) -> Result<Json<Recorded>, Problem> {
    params.finish()?;
    let id: EventId = id.parse().map_err(|error| invalid("id", &error))?;
    shared.store.get(id).await?.map(Json).ok_or_else(Problem::no_such_event)
}

/// What the query string asks for.
struct Asked {
    query: Query,
    count: bool,
}

impl Asked {
    fn read(mut params: Params) -> Result<Self, Problem> {
        let mut query = Query::newest(params.filter()?, DEFAULT_LIMIT);
        if let Some(limit) = params.parse("limit")? {
            if !(1..=Query::MAX_LIMIT).contains(&limit) {
                return Err(Problem::malformed("the parameter \"limit\" is not from 1 to 1000"));
            }
            query.limit = limit;
        }
        let order = match params.take("order").as_deref() {
            None => None,
            Some("asc") => Some(Order::Ascending),
            Some("desc") => Some(Order::Descending),
            Some(_) => {
                return Err(Problem::malformed("the parameter \"order\" is not asc or desc"));
            }
        };
        query.order = order.unwrap_or_default();
        query.offset = params.parse::<u32>("offset")?.unwrap_or(0).into();
        if let Some(cursor) = params.parse::<Cursor>("cursor")? {
            if order.is_some_and(|order| order != cursor.order()) {
                return Err(Problem::malformed("\"cursor\" is of a page in the other \"order\""));
            }
            query = query.from_cursor(cursor);
        }
        let count = match params.take("count").as_deref() {
            None => false,
            Some("exact") => true,
            Some(_) => return Err(Problem::malformed("the parameter \"count\" is not exact")),
        };
        params.finish()?;
        Ok(Self { query, count })
    }
}

/// The same request for the page that this cursor starts.
fn next_page(uri: &Uri, next: Cursor) -> String {
    let asked = uri.query().unwrap_or_default().split('&');
    let kept = asked.filter(|pair| {
        !pair.is_empty() && !pair.starts_with("cursor=") && !pair.starts_with("offset=")
    });
    let pairs: Vec<_> = kept.map(str::to_owned).chain([format!("cursor={next}")]).collect();
    format!("{}?{}", uri.path(), pairs.join("&"))
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    // What is written here is ASCII; were it not, the header is left out rather than the page.
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
