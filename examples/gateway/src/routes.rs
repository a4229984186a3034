//! The routes, and what stands in front of them.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Result, bail};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::middleware::from_fn;
use oasis_axum::{AGENT_ROUTES, GCP_ROUTES, GooglePush, Oasis, ROUTES, RateLimit};
use oasis_core::PresenceStore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::config::{
    CORS_ORIGINS, Config, GCP_AUDIENCE, GCP_KEYS_URL, GCP_SERVICE_ACCOUNT, RATE_LIMIT,
    TRUSTED_PROXIES,
};
use crate::request;

/// The routes of a gateway of its own. Webhooks have no rate limit: GitHub comes in bursts, and a
/// delivery that is refused it does not send again. Neither has the console's page, which is some
/// thirty files at once; what it asks of the ledger has.
pub(crate) fn assemble(
    oasis: &Oasis,
    presence: Arc<dyn PresenceStore>,
    config: &Config,
) -> Result<Router> {
    let push = google(config)?;
    let pushed = if push.is_some() { GCP_ROUTES } else { &[] };
    let readers = oasis
        .query()
        .merge(oasis.feed())
        .merge(oasis.health())
        .merge(oasis.metrics())
        .merge(oasis.openapi(&[ROUTES, AGENT_ROUTES, pushed]));
    let readers = match rate_limit(config)? {
        Some(limit) => limit.around(readers),
        None => readers,
    };
    let webhooks = match push {
        Some(push) => oasis.webhooks().merge(oasis.gcp_webhooks(push)),
        None => oasis.webhooks(),
    };
    let routes = webhooks
        .merge(oasis.ingest())
        .merge(oasis.agents(presence))
        .merge(readers.layer(cors(config)?))
        .merge(oasis.console())
        .fallback(oasis_axum::not_found);
    Ok(guarded(routes))
}

/// What every request passes, whatever its route.
fn guarded(routes: Router) -> Router {
    let nosniff = HeaderValue::from_static("nosniff");
    // As one: around each layer axum puts a box, which is made anew for each request with all in it.
    routes.layer((
        from_fn(request::named),
        // A panic ends one request and not the process.
        CatchPanicLayer::custom(|_| broken()),
        SetResponseHeaderLayer::if_not_present(header::X_CONTENT_TYPE_OPTIONS, nosniff),
    ))
}

/// Whether what stands in front of the routes can be made as it is configured.
pub(crate) fn check(config: &Config) -> Result<()> {
    google(config)?;
    rate_limit(config)?;
    cors(config).map(drop)
}

/// The answer where a handler panicked: what it said is in the log and for nobody else.
fn broken() -> Response<Body> {
    const DOCUMENT: &str = r#"{"type":"urn:oasis:problem:broken","title":"The gateway has a fault","status":500,"detail":"this request met a fault of the gateway's; its log says which"}"#;
    let mut response = Response::new(Body::from(DOCUMENT));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    let json = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// What Google may push; `None` where it isn't configured.
fn google(config: &Config) -> Result<Option<GooglePush>> {
    let (audience, account) = (config.get(GCP_AUDIENCE), config.get(GCP_SERVICE_ACCOUNT));
    let (Some(audience), Some(account)) = (audience, account) else {
        if audience.is_some() || account.is_some() {
            bail!(
                "{GCP_AUDIENCE} and {GCP_SERVICE_ACCOUNT} are needed together: an audience alone proves nothing"
            );
        }
        return Ok(None);
    };
    let push = GooglePush::new(audience, account);
    let push = push.map_err(|error| config.invalid(GCP_AUDIENCE, &error))?;
    Ok(Some(match config.get(GCP_KEYS_URL) {
        Some(url) => push.with_keys_at(url),
        None => push,
    }))
}

/// Pages of these origins may read. Another origin gets the same answer without the headers that
/// would let its page see it.
fn cors(config: &Config) -> Result<CorsLayer> {
    let mut origins = Vec::new();
    for origin in config.list::<String>(CORS_ORIGINS)? {
        if !(origin.starts_with("https://") || origin.starts_with("http://"))
            || origin.ends_with('/')
        {
            let form = format!("{origin:?} is no origin such as https://board.example.com");
            return Err(config.invalid(CORS_ORIGINS, &form));
        }
        origins.push(origin.parse::<HeaderValue>().map_err(|e| config.invalid(CORS_ORIGINS, &e))?);
    }
    let shown = ["link", "x-next-cursor", "x-total-count", "x-vtid", "retry-after", "x-request-id"];
    Ok(CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET])
        .allow_headers([header::AUTHORIZATION, HeaderName::from_static("last-event-id")])
        .expose_headers(shown.map(HeaderName::from_static)))
}

/// `rate/burst` of a setting.
struct Rate {
    per_second: NonZeroU32,
    burst: NonZeroU32,
}

impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let parts = text.split_once('/').and_then(|(rate, burst)| {
            Some(Self { per_second: rate.parse().ok()?, burst: burst.parse().ok()? })
        });
        parts.ok_or("not requests per second and burst such as 50/100, and not off")
    }
}

fn rate_limit(config: &Config) -> Result<Option<RateLimit>> {
    if config.get(RATE_LIMIT).is_some_and(|rate| rate.trim() == "off") {
        return Ok(None);
    }
    let Some(rate) = config.parse::<Rate>(RATE_LIMIT)? else { return Ok(None) };
    let proxies = config.list::<String>(TRUSTED_PROXIES)?;
    let proxies: Vec<_> = proxies.iter().map(String::as_str).collect();
    let limit = RateLimit::new(rate.per_second, rate.burst, &proxies);
    limit.map(Some).map_err(|error| config.invalid(TRUSTED_PROXIES, &error))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn b11_a_panic_in_a_handler() {
        let panics = || async {
            if std::hint::black_box(true) {
                panic!("canary: for the log alone");
            }
        };
        let works = || async { "it works" };
        let app = guarded(Router::new().route("/panics", get(panics)).route("/works", get(works)));
        for _ in 0..100 {
            let ask = |path| Request::get(path).body(Body::empty()).unwrap();
            let broken = app.clone().oneshot(ask("/panics"));
            let (broken, whole) = tokio::join!(broken, app.clone().oneshot(ask("/works")));
            let (broken, whole) = (broken.unwrap(), whole.unwrap());
            assert_eq!((broken.status().as_u16(), whole.status().as_u16()), (500, 200));
            assert_eq!(broken.headers()["content-type"], "application/problem+json");
            assert!(broken.headers().contains_key("x-request-id"));
            let body = to_bytes(broken.into_body(), usize::MAX).await.unwrap();
            let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(document["status"], 500);
            assert!(!document.to_string().contains("canary"), "{document}");
        }
    }
}
