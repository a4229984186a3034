//! A request's names: its own id, and the trace of its caller.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use tracing::field::Empty;
use uuid::Uuid;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// How much of a path is logged, in characters.
const MAX_PATH: usize = 200;

/// Gives a request its id, or keeps the one that a proxy gave it, and tells it with the answer. What
/// is logged meanwhile says whose request it was; the query is left out, for it may hold a secret.
pub(crate) async fn named(mut request: Request, next: Next) -> Response {
    let id = id(request.headers());
    let parent = Parent::of(request.headers());
    let path = request.uri().path();
    let end = path.char_indices().nth(MAX_PATH).map_or(path.len(), |(end, _)| end);
    let path = path.get(..end).unwrap_or_default();
    let span = tracing::info_span!(
        "request",
        otel.kind = "server",
        otel.name = %format_args!("{} {path}", request.method()),
        method = %request.method(),
        path,
        request_id = id.to_str().unwrap_or_default(),
        trace_id = Empty,
        status = Empty,
    );
    if let Some(parent) = parent {
        span.record("trace_id", parent.trace.as_str());
        parent.adopts(&span);
    }
    request.headers_mut().insert(REQUEST_ID, id.clone());
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    // Written onto the span it would be read and written anew with all that stands there already.
    #[cfg(feature = "otel")]
    span.record("status", i64::from(status));
    response.headers_mut().insert(REQUEST_ID, id);
    span.in_scope(|| tracing::debug!(status, "answered"));
    response
}

/// The caller's id where it is one that may stand in a log.
fn id(headers: &HeaderMap) -> HeaderValue {
    let fits = |id: &&HeaderValue| {
        (1..=128).contains(&id.len()) && id.as_bytes().iter().all(u8::is_ascii_graphic)
    };
    let given = headers.get(REQUEST_ID).filter(fits).cloned();
    given.unwrap_or_else(|| {
        let made = HeaderValue::try_from(Uuid::new_v4().to_string());
        made.unwrap_or_else(|_| HeaderValue::from_static("none"))
    })
}

/// The span of the caller's that a request belongs to (W3C Trace Context, `traceparent`).
#[derive(Debug, PartialEq, Eq)]
struct Parent {
    trace: String,
    span: String,
    sampled: bool,
}

impl Parent {
    /// `None` where the caller names none, or not in the form that the standard has.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let mut values = headers.get_all(TRACEPARENT).iter();
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        let mut parts = value.to_str().ok()?.split('-');
        let mut part = |length: usize| {
            let digits = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
            parts.next().filter(|part| part.len() == length && part.bytes().all(digits))
        };
        let (version, trace, span, flags) = (part(2)?, part(32)?, part(16)?, part(2)?);
        let is_none = |id: &str| id.bytes().all(|b| b == b'0');
        // A later version may say more behind this.
        let more = parts.next().is_some();
        if version == "ff" || (version == "00" && more) || is_none(trace) || is_none(span) {
            return None;
        }
        let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
        Some(Self { trace: trace.to_owned(), span: span.to_owned(), sampled })
    }

    #[cfg(not(feature = "otel"))]
    fn adopts(self, _: &tracing::Span) {}

    /// The span belongs to the caller's trace.
    #[cfg(feature = "otel")]
    fn adopts(self, span: &tracing::Span) {
        use opentelemetry::Context;
        use opentelemetry::trace::{
            SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState,
        };
        use tracing_opentelemetry::OpenTelemetrySpanExt;

        let ids = (TraceId::from_hex(&self.trace), SpanId::from_hex(&self.span));
        let (Ok(trace), Ok(parent)) = ids else { return };
        let flags = if self.sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
        let context = SpanContext::new(trace, parent, flags, true, TraceState::default());
        // It fails where no collector is told.
        let _ = span.set_parent(Context::new().with_remote_span_context(context));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn parent(values: &[&str]) -> Option<Parent> {
        let headers = values.iter().map(|value| (TRACEPARENT, value.parse().unwrap())).collect();
        Parent::of(&headers)
    }

    #[test]
    fn a_caller_s_trace_is_taken_in_its_one_form() {
        for (value, sampled) in [
            (format!("00-{TRACE}-00f067aa0ba902b7-01"), true),
            (format!("00-{TRACE}-00f067aa0ba902b7-00"), false),
            (format!("42-{TRACE}-00f067aa0ba902b7-03-more"), true),
        ] {
            let span = "00f067aa0ba902b7".to_owned();
            assert_eq!(parent(&[&value]), Some(Parent { trace: TRACE.to_owned(), span, sampled }));
        }
        let zero = "0".repeat(32);
        for value in [
            String::new(),
            format!("ff-{TRACE}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-00f067aa0ba902b7-01-more"),
            format!("00-{zero}-00f067aa0ba902b7-01"),
            format!("00-{TRACE}-0000000000000000-01"),
            format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()),
            format!("00-{TRACE}-00f067aa0ba902b7"),
            format!("00-{TRACE}0-00f067aa0ba902b7-01"),
        ] {
            assert_eq!(parent(&[&value]), None, "{value}");
        }
        let value = format!("00-{TRACE}-00f067aa0ba902b7-01");
        assert_eq!(parent(&[&value, &value]), None);
    }

    #[test]
    fn an_id_that_may_not_stand_in_a_log_is_replaced() {
        let with = |value: &[u8]| {
            id(&HeaderMap::from_iter([(REQUEST_ID, HeaderValue::from_bytes(value).unwrap())]))
        };
        assert_eq!(with(b"from-the-proxy_1"), "from-the-proxy_1");
        let long = [b'x'; 129];
        for odd in [&b""[..], b"two words", b"\xff\xfe", &long] {
            assert_eq!(with(odd).len(), 36, "{odd:?}");
        }
    }
}
