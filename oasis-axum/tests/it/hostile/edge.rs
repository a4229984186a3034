use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use oasis_axum::{Oasis, Options, Token};
use oasis_core::MemoryStore;
use serde_json::json;

use crate::{Gateway, problem, ring};

const TOKEN: &str = "an-ingest-token-of-these-tests";

fn gateway() -> Gateway {
    let options = Options { ingest_tokens: vec![Token::new(TOKEN).unwrap()], ..Options::default() };
    Gateway::over(Oasis::with(Arc::new(MemoryStore::new(oasis_axum::now)), &ring(), options))
}

#[tokio::test]
async fn b13_a_packed_body_is_not_unpacked() {
    let gateway = gateway();
    for encoding in ["gzip", "br", "zstd", "deflate", "identity, gzip"] {
        let ingest = Request::post("/events/ingest")
            .header("authorization", format!("Bearer {TOKEN}"))
            .header("content-encoding", encoding)
            .body(Body::from(r#"{"kind":"deploy"}"#))
            .unwrap();
        let mut github = gateway.delivery("push", "d-1", b"{}");
        github.headers_mut().insert("content-encoding", encoding.parse().unwrap());
        for request in [ingest, github] {
            let (status, _) = problem(gateway.call(request).await).await;
            assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{encoding}");
        }
    }
    assert_eq!(gateway.get_json("/events").await, json!([]));
}

#[tokio::test]
async fn c9_many_filters_in_a_legal_size() {
    let gateway = gateway();
    let many = (0..500).map(|n| format!("q={n}")).collect::<Vec<_>>().join("&");
    let long = format!("q={}", "x".repeat(8 * 1024));
    let unknown = (0..500).map(|n| format!("f{n}=1")).collect::<Vec<_>>().join("&");
    for query in [many, long, unknown] {
        for path in ["/events", "/api/v1/devhub/feed"] {
            let (status, detail) = problem(gateway.get(&format!("{path}?{query}")).await).await;
            assert_eq!(status, StatusCode::BAD_REQUEST);
            assert!(detail.len() < 200, "{detail}");
        }
    }
}

#[tokio::test]
async fn d2_an_operator_in_a_value_is_a_value() {
    let gateway = gateway();
    gateway.push("d-1", "vt/DEV-CICDL-0031").await;
    for query in [
        "source=eq.github.actions",
        "kind=push%26select=*",
        "module=P%25",
        "layer=*",
        "q=%25",
        "kind=pus_",
    ] {
        assert_eq!(gateway.get_json(&format!("/events?{query}")).await, json!([]), "{query}");
    }
    for query in ["select=*", "topic=%25", "limit=1&limit=9", "vtid=x%26select=*", "order=ts;drop"]
    {
        let (status, _) = problem(gateway.get(&format!("/events?{query}")).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
    }
}
