use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Uri};
use oasis_core::{Cursor, Event, EventFilter, EventStore, Order, Recorded, Status, Vtid};
use percent_encoding::percent_decode;
use serde_json::Value;

use crate::host::{Host, wait};
use crate::road::event_of_json;

thread_local! {
    static LEDGER: (Host, Vec<Recorded>) = ledger();
}

/// A query string of `GET /events`: what it asks for is answered, as a second reading of it says, and
/// what isn't understood is refused by name.
pub fn query_string(data: &[u8]) {
    let target = [b"/events?", data].concat();
    let Ok(uri) = Uri::try_from(target) else { return };
    let asked = Asked::read(uri.query().unwrap_or_default());
    LEDGER.with(|(host, rows)| {
        let request = Request::get(uri).body(Body::empty()).expect("it is a request");
        let response = host.call(request);
        let (status, headers) = (response.status(), response.headers().clone());
        let body = wait(to_bytes(response.into_body(), usize::MAX)).expect("it is in memory");
        let body: Value = serde_json::from_slice(&body).expect("an answer is JSON");
        match asked {
            Some(asked) => {
                assert_eq!(status, 200, "{body}");
                asked.check(rows, &headers, &body);
            }
            None => {
                assert_eq!(status, 400, "{body}");
                assert!(!body["detail"].as_str().expect("a problem says what").is_empty());
            }
        }
    });
}

/// What a query string asks for.
struct Asked {
    filter: EventFilter,
    order: Order,
    limit: usize,
    offset: usize,
    after: Option<u64>,
    count: bool,
}

impl Asked {
    fn read(query: &str) -> Option<Self> {
        let mut known = BTreeMap::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if known.insert(decoded(name), decoded(value)).is_some() {
                return None;
            }
        }
        let mut take = |name: &str| known.remove(name);
        let vtid = match take("vtid").map(|text| text.to_ascii_uppercase()) {
            None => None,
            Some(text) if text == "UNSET" => Some(None),
            Some(text) => Some(Some(text.parse::<Vtid>().ok()?)),
        };
        let moment = |text: Option<String>| text.map(|text| text.parse()).transpose().ok();
        let status = take("status");
        let known_status = |word: String| Status::ALL.into_iter().find(|it| it.as_str() == word);
        let filter = EventFilter {
            vtid,
            layer: take("layer"),
            module: take("module"),
            source: take("source"),
            kind: take("kind"),
            status: match status {
                Some(word) => Some(known_status(word)?),
                None => None,
            },
            since: moment(take("since"))?,
            until: moment(take("until"))?,
            text: take("q"),
        };
        let limit = take("limit").map_or(Some(200), |text| text.parse().ok())?;
        let offset = take("offset").map_or(Some(0), |text| text.parse::<u32>().ok())?;
        let cursor = match take("cursor") {
            Some(text) => Some(cursor(&text)?),
            None => None,
        };
        let order = match take("order").as_deref() {
            None => None,
            Some("asc") => Some(Order::Ascending),
            Some("desc") => Some(Order::Descending),
            Some(_) => return None,
        };
        let count = take("count");
        let agree = cursor.is_none_or(|(of, _)| order.is_none_or(|order| order == of));
        let understood = known.is_empty()
            && (1..=1000).contains(&limit)
            && query.len() <= 8192
            && count.as_deref().is_none_or(|count| count == "exact")
            && agree;
        understood.then_some(Self {
            filter,
            order: cursor.map(|(of, _)| of).or(order).unwrap_or(Order::Descending),
            limit,
            offset: offset as usize,
            after: cursor.map(|(_, after)| after),
            count: count.is_some(),
        })
    }

    fn check(&self, rows: &[Recorded], headers: &HeaderMap, body: &Value) {
        let mut wanted: Vec<_> =
            rows.iter().filter(|row| self.filter.matches(&row.event)).collect();
        let told = |name: &str| headers.get(name).map(|value| value.to_str().expect("it is ASCII"));
        let total = self.count.then(|| wanted.len().to_string());
        assert_eq!(told("x-total-count"), total.as_deref());
        if self.order == Order::Descending {
            wanted.reverse();
        }
        let passed = |position: u64| match (self.order, self.after) {
            (_, None) => true,
            (Order::Ascending, Some(after)) => position > after,
            (Order::Descending, Some(after)) => position < after,
        };
        let rest: Vec<_> =
            wanted.into_iter().filter(|row| passed(row.position.get())).skip(self.offset).collect();
        let page: Vec<_> = rest.iter().take(self.limit).collect();
        let events = body.as_array().expect("a page is an array");
        assert_eq!(events.len(), page.len());
        for (event, row) in events.iter().zip(&page) {
            assert_eq!(event["position"], row.position.get());
        }
        let more = rest.len() > page.len();
        let next = page.last().filter(|_| more);
        let next = next.map(|row| Cursor::new(self.order, row.position).to_string());
        assert_eq!(told("x-next-cursor"), next.as_deref());
        assert_eq!(told("link").is_some(), more);
    }
}

/// `v1a7` or `v1d7`, spelled out.
fn cursor(text: &str) -> Option<(Order, u64)> {
    let (order, digits) = match text.as_bytes() {
        [b'v', b'1', b'a', digits @ ..] => (Order::Ascending, digits),
        [b'v', b'1', b'd', digits @ ..] => (Order::Descending, digits),
        _ => return None,
    };
    let mut number = 0_u64;
    for digit in digits {
        let value = char::from(*digit).to_digit(10)?;
        number = number.checked_mul(10)?.checked_add(value.into())?;
    }
    let once = matches!(digits, [b'1'..=b'9', ..]);
    once.then_some((order, number))
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let bytes: Cow<'_, [u8]> = percent_decode(spaced.as_bytes()).into();
    String::from_utf8_lossy(&bytes).into_owned()
}

static PAYLOADS: LazyLock<Vec<Event>> = LazyLock::new(|| {
    let push = |n: usize| {
        let branch = ["main", "vt/DEV-CICDL-0031", "a%_b", "É"][n % 4];
        let body = format!(r#"{{"ref":"refs/heads/{branch}","repository":{{"full_name":"o/r"}}}}"#);
        let mut event = event_of_json(["push", "create", "star"][n % 3], body.as_bytes());
        event.status = Status::ALL[n % 8];
        event.ts = event.ts.saturating_add_millis(i64::try_from(n).unwrap_or(0) * 1000);
        event.delivery_id = Some(format!("d-{n}"));
        event
    };
    (0..24).map(push).collect()
});

fn ledger() -> (Host, Vec<Recorded>) {
    let host = Host::new(true);
    for (n, event) in PAYLOADS.iter().enumerate() {
        let mut event = event.clone();
        event.id =
            oasis_core::Arrival::new(event.ts, [u8::try_from(n).unwrap_or(0); 10]).event_id();
        wait(host.store.append(vec![event])).expect("a list takes everything");
    }
    let rows = host.rows(None);
    (host, rows)
}
