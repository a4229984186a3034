use axum::http::StatusCode;
use serde_json::json;

use crate::{Gateway, json as body_json};

/// Delivers a push to a branch of this JSON spelling and gives its event.
async fn pushed(branch: &str) -> serde_json::Value {
    let gateway = Gateway::new();
    let body = format!(
        r#"{{"ref":"refs/heads/{branch}","repository":{{"full_name":"o/r","id":12345678901234567890123}},"n":1e400}}"#
    );
    let response = gateway.call(gateway.delivery("push", "d-1", body.as_bytes())).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer = body_json(response).await;
    gateway.get_json(&format!("/api/v1/oasis/events/{}", answer["id"].as_str().unwrap())).await
}

#[tokio::test]
async fn b5_a_nul_in_a_name() {
    assert_eq!(pushed(r"a\u0000b").await["ref"], json!("a\u{fffd}b"));
}

#[tokio::test]
async fn b6_half_of_a_surrogate_pair() {
    assert_eq!(pushed(r"a\ud800b").await["ref"], json!("a\u{fffd}b"));
}

#[tokio::test]
async fn b7_numbers_that_no_float_holds() {
    let event = pushed("main").await;
    assert_eq!(event["title"], "CICDL-PUSH-PUSHED");
    assert_eq!(event["meta"].get("unparsed"), None);
}
