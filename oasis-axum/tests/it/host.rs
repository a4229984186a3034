use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::get;
use oasis_axum::ROUTES;
use tower::ServiceExt;

use crate::{Gateway, problem};

#[tokio::test]
async fn every_listed_route_is_there() {
    let gateway = Gateway::new();
    for (method, path) in ROUTES {
        let path =
            path.replace("{id}", "x").replace("{vtid}", "UNSET").replace("{file}", "main.js");
        let request = Request::builder().method(*method).uri(&path).body(Body::empty()).unwrap();
        let status = gateway.call(request).await.status();
        assert_ne!(status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_ne!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
    }
}

#[tokio::test]
async fn a_host_nests_it_beside_its_own_routes_and_state() {
    let gateway = Gateway::new();
    gateway.push("d-1", "main").await;
    gateway.push("d-2", "main").await;
    let host: Router = Router::new()
        .route("/health", get(|| async { "the host's own" }))
        .nest("/oasis", gateway.oasis.router())
        .fallback(oasis_axum::not_found)
        .with_state(());
    let call =
        |uri: &'static str| host.clone().oneshot(Request::get(uri).body(Body::empty()).unwrap());
    assert_eq!(call("/health").await.unwrap().status(), StatusCode::OK);
    let page = call("/oasis/events?limit=1").await.unwrap();
    assert_eq!(page.headers()["link"], "</oasis/events?limit=1&cursor=v1d2>; rel=\"next\"");
    assert_eq!(problem(call("/nowhere").await.unwrap()).await.0, StatusCode::NOT_FOUND);
}
