use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode};
use oasis_axum::{Oasis, Options, Token};
use oasis_core::MemoryStore;
use tower::ServiceExt;

use crate::{Gateway, json, problem, ring};

const TOKEN: &str = "a-token-of-these-tests";

fn closed() -> Gateway {
    let store = Arc::new(MemoryStore::new(oasis_axum::now));
    let tokens = ["another-token-of-these-tests", TOKEN].map(|t| Token::new(t).unwrap());
    Gateway::over(Oasis::with(
        store,
        &ring(),
        Options { read_tokens: tokens.into(), ..Options::default() },
    ))
}

fn sign_in() -> axum::http::request::Builder {
    Request::post("/console/session").header("content-type", "application/json")
}

async fn offer(
    gateway: &Gateway,
    request: axum::http::request::Builder,
    token: &str,
) -> Response<Body> {
    let body = serde_json::json!({ "token": token }).to_string();
    gateway.call(request.body(Body::from(body)).unwrap()).await
}

fn header(response: &Response<Body>, name: &str) -> String {
    response.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
}

#[tokio::test]
async fn the_page_comes_compressed_with_a_strict_policy_and_is_asked_for_once() {
    let gateway = Gateway::new();
    let get = |path: &'static str, headers: &[(&str, &str)]| {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        gateway.call(request.body(Body::empty()).unwrap())
    };
    for (path, media_type) in [
        ("/console", "text/html; charset=utf-8"),
        ("/console/main.js", "text/javascript; charset=utf-8"),
        ("/console/theme.css", "text/css; charset=utf-8"),
        ("/console/icon.svg", "image/svg+xml"),
    ] {
        let plain = get(path, &[]).await;
        assert_eq!(plain.status(), StatusCode::OK, "{path}");
        assert_eq!(header(&plain, "content-type"), media_type);
        assert_eq!(header(&plain, "x-content-type-options"), "nosniff");
        assert_eq!(header(&plain, "referrer-policy"), "no-referrer");
        let policy = header(&plain, "content-security-policy");
        for part in
            ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
        {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        let packed = get(path, &[("accept-encoding", "br, gzip;q=0.8")]).await;
        assert_eq!(header(&packed, "content-encoding"), "gzip");
        let tag = header(&packed, "etag");
        assert_ne!(tag, header(&plain, "etag"), "other bytes, another tag");
        let packed = to_bytes(packed.into_body(), usize::MAX).await.unwrap();
        assert_eq!(packed[..2], [0x1f, 0x8b], "{path}");
        let refused = get(path, &[("accept-encoding", "gzip;q=0")]).await;
        assert_eq!(header(&refused, "content-encoding"), "");
        let again = get(path, &[("accept-encoding", "gzip"), ("if-none-match", &tag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(to_bytes(again.into_body(), 1).await.unwrap().is_empty());
    }
    assert_eq!(problem(get("/console/nothing.js", &[]).await).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_page_below_any_path() {
    let host: Router = Router::new().nest("/oasis", Gateway::new().oasis.router()).with_state(());
    let call =
        |uri: &'static str| host.clone().oneshot(Request::get(uri).body(Body::empty()).unwrap());
    let response = call("/oasis/console/").await.unwrap();
    assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(header(&response, "location"), "../console");
    assert_eq!(call("/oasis/console").await.unwrap().status(), StatusCode::OK);
    assert_eq!(call("/oasis/console/main.js").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a16_a_token_is_traded_for_a_cookie_that_reads() {
    let gateway = closed();
    assert_eq!(gateway.get("/events").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        gateway.get_json("/console/session").await,
        serde_json::json!({ "token_needed": true, "may_read": false })
    );
    assert_eq!(gateway.get("/console").await.status(), StatusCode::OK, "the page holds no event");

    let response =
        offer(&gateway, sign_in().header("origin", "https://oasis.example"), TOKEN).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(header(&response, "cache-control"), "no-store");
    let cookie = header(&response, "set-cookie");
    let (pair, attributes) = cookie.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure");
    assert!(!pair.contains(TOKEN));

    let with = |cookie: String| {
        gateway.call(Request::get("/events").header("cookie", cookie).body(Body::empty()).unwrap())
    };
    let read = with(pair.to_owned()).await;
    assert_eq!(read.status(), StatusCode::OK);
    assert_eq!(header(&read, "cache-control"), "private, no-cache", "no shared cache keeps it");
    assert_eq!(with(format!("oasis_session=old; a=b; {pair}")).await.status(), StatusCode::OK);
    assert_eq!(with(format!("{pair}0")).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(with(format!("x{pair}")).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(with(format!("oasis_session={TOKEN}")).await.status(), StatusCode::UNAUTHORIZED);
    // Another replica, or the same one after a restart.
    let replica = closed();
    let request = Request::get("/events").header("cookie", pair).body(Body::empty()).unwrap();
    assert_eq!(replica.call(request).await.status(), StatusCode::OK);

    let out = Request::delete("/console/session").body(Body::empty()).unwrap();
    let out = gateway.call(out).await;
    assert_eq!(out.status(), StatusCode::NO_CONTENT);
    assert!(header(&out, "set-cookie").starts_with("oasis_session=; Path=/; Max-Age=0; "));
}

#[tokio::test]
async fn nobody_else_signs_in() {
    let gateway = closed();
    for token in ["", "a-token-of-these-test", "a-token-of-these-tests-", "A-TOKEN-OF-THESE-TESTS"]
    {
        let response = offer(&gateway, sign_in(), token).await;
        assert_eq!(header(&response, "set-cookie"), "");
        assert_eq!(problem(response).await.0, StatusCode::UNAUTHORIZED, "{token}");
    }
    let elsewhere = sign_in().header("sec-fetch-site", "cross-site");
    assert_eq!(problem(offer(&gateway, elsewhere, TOKEN).await).await.0, StatusCode::FORBIDDEN);
    let a_form = Request::post("/console/session").header("content-type", "text/plain");
    let answer = offer(&gateway, a_form, TOKEN).await;
    assert_eq!(problem(answer).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let long = offer(&gateway, sign_in(), &"x".repeat(10_000)).await;
    assert_eq!(problem(long).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let broken = sign_in().body(Body::from("{")).unwrap();
    assert_eq!(problem(gateway.call(broken).await).await.0, StatusCode::BAD_REQUEST);
    let elsewhere = Request::delete("/console/session").header("sec-fetch-site", "same-site");
    let elsewhere = elsewhere.body(Body::empty()).unwrap();
    assert_eq!(problem(gateway.call(elsewhere).await).await.0, StatusCode::FORBIDDEN);
    // Where reading is open there is nothing to trade.
    let open = Gateway::new();
    assert_eq!(json(open.get("/console/session").await).await["may_read"], true);
    assert_eq!(offer(&open, sign_in(), TOKEN).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn below_a_path_and_by_plain_http_the_cookie_stays_there() {
    let host: Router = Router::new().nest("/oasis", closed().oasis.router()).with_state(());
    let request = Request::post("/oasis/console/session")
        .header("content-type", "application/json")
        .header("origin", "http://localhost:8080")
        .body(Body::from(serde_json::json!({ "token": TOKEN }).to_string()))
        .unwrap();
    let cookie = header(&host.oneshot(request).await.unwrap(), "set-cookie");
    assert!(
        cookie.ends_with("; Path=/oasis; Max-Age=43200; HttpOnly; SameSite=Strict"),
        "{cookie}"
    );
}
