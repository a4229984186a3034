use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use oasis_axum::{Limits, Oasis, Options, Token};
use oasis_core::verify::GithubVerifier;
use oasis_core::{KeyRing, MemoryStore, Secret};
use serde_json::json;

use crate::{Gateway, problem, ring};

fn with(options: Options) -> Gateway {
    Gateway::over(Oasis::with(Arc::new(MemoryStore::new(oasis_axum::now)), &ring(), options))
}

#[tokio::test]
async fn a1_wrong_or_absent_signature() {
    let gateway = Gateway::new();
    let right = gateway.signer.sign(b"{}");
    let digits = right.strip_prefix("sha256=").unwrap();
    for wrong in [
        String::new(),
        format!("sha1={}", &digits[..40]),
        format!("sha256={}", &digits[..63]),
        format!("sha256={digits}0"),
        format!("sha256={}", "0".repeat(64)),
        format!("sha256= {digits}"),
        format!("sha256={}", "g".repeat(64)),
        digits.to_owned(),
    ] {
        let mut request = gateway.delivery("push", "d-1", b"{}");
        request.headers_mut().insert("x-hub-signature-256", wrong.parse().unwrap());
        let (status, detail) = problem(gateway.call(request).await).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{wrong:?}");
        assert!(!detail.contains(digits), "{detail}");
    }
    assert_eq!(gateway.get_json("/events").await, json!([]));
}

#[tokio::test]
async fn a8_a_form_whose_json_alone_was_signed() {
    let gateway = Gateway::new();
    let mut request = gateway.delivery("push", "d-1", b"{}");
    request
        .headers_mut()
        .insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    *request.body_mut() = Body::from("payload=%7B%7D");
    assert_eq!(problem(gateway.call(request).await).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(gateway.get_json("/events").await, json!([]));
}

#[tokio::test]
async fn a9_two_signature_headers() {
    let gateway = Gateway::new();
    let right = gateway.signer.sign(b"{}");
    let wrong = format!("sha256={}", "0".repeat(64));
    for pair in [[&right, &wrong], [&wrong, &right], [&right, &right]] {
        let mut request = gateway.delivery("push", "d-1", b"{}");
        request.headers_mut().remove("x-hub-signature-256");
        for value in pair {
            request.headers_mut().append("x-hub-signature-256", value.parse().unwrap());
        }
        assert_eq!(problem(gateway.call(request).await).await.0, StatusCode::BAD_REQUEST);
    }
    assert_eq!(gateway.get_json("/events").await, json!([]));
}

/// The value of a counter.
async fn counted(gateway: &Gateway, name: &str) -> f64 {
    let text = axum::body::to_bytes(gateway.get("/metrics").await.into_body(), usize::MAX).await;
    let text = String::from_utf8(text.unwrap().to_vec()).unwrap();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.unwrap_or_else(|| panic!("{name} is not in\n{text}")).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a10_a_replay_under_a_thousand_new_ids() {
    const BODY: &[u8] = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031"}"#;
    let gateway = Arc::new(Gateway::new());
    let posts = (0..1000).map(|n| {
        let gateway = Arc::clone(&gateway);
        tokio::spawn(async move {
            let delivery = gateway.delivery("push", &format!("d-{n}"), BODY);
            assert_eq!(gateway.call(delivery).await.status(), StatusCode::OK);
        })
    });
    for post in posts.collect::<Vec<_>>() {
        post.await.unwrap();
    }
    let rows = gateway.get_json("/events?limit=1000").await;
    let rows = rows.as_array().unwrap();
    let suspected = |row: &&serde_json::Value| row["meta"]["suspected_replay"] == true;
    assert_eq!((rows.len(), rows.iter().filter(suspected).count()), (1000, 999));
    assert_eq!(counted(&gateway, "oasis_suspected_replays_total").await, 999.0);

    // Sent again under its own id, each is the row that it was; another body is no replay.
    for n in [0, 1, 999] {
        gateway.call(gateway.delivery("push", &format!("d-{n}"), BODY)).await;
    }
    gateway.push("d-1000", "main").await;
    assert_eq!(counted(&gateway, "oasis_suspected_replays_total").await, 999.0);
    assert_eq!(counted(&gateway, "oasis_conflicting_deliveries_total").await, 0.0);
    let newest = gateway.get_json("/events?limit=1").await;
    assert_eq!(newest[0]["position"], 1001);
    assert_eq!(newest[0]["meta"].get("suspected_replay"), None);
}

#[tokio::test]
async fn e5_one_delivery_id_and_another_body() {
    let gateway = Gateway::new();
    let first = gateway.push("d-1", "vt/DEV-CICDL-0031").await;
    for branch in ["vt/DEV-CICDL-0031", "main"] {
        let again = gateway.push("d-1", branch).await;
        assert_eq!(again["duplicate"], true);
        assert_eq!(again["id"], first["id"]);
    }
    // The same under the name of another event.
    let body = br#"{"ref":"refs/heads/vt/DEV-CICDL-0031","repository":{"full_name":"o/r"}}"#;
    let renamed = gateway.call(gateway.delivery("create", "d-1", body)).await;
    assert_eq!(renamed.status(), StatusCode::OK);
    let rows = gateway.get_json("/events").await;
    assert_eq!(rows.as_array().unwrap().len(), 1);
    assert_eq!(rows[0]["vtid"], "DEV-CICDL-0031");
    assert_eq!(counted(&gateway, "oasis_conflicting_deliveries_total").await, 2.0);
    assert_eq!(counted(&gateway, "oasis_suspected_replays_total").await, 0.0);
}

#[tokio::test]
async fn a11_while_a_secret_is_rotated_either_verifies() {
    let secrets = ["the secret of today", "the secret of yesterday", "a secret of nobody"];
    let [new, old, other] = secrets.map(|text| Secret::new(text).unwrap());
    let both = KeyRing::new(new.clone()).with(old.clone());
    let store = Arc::new(MemoryStore::new(oasis_axum::now));
    let rotating = Oasis::new(store.clone(), &both);
    let rotated = Oasis::new(store, &KeyRing::new(new.clone()));
    for (oasis, secret, id, status) in [
        (&rotating, &new, "d-1", 200),
        (&rotating, &old, "d-2", 200),
        (&rotating, &other, "d-3", 401),
        (&rotated, &new, "d-4", 200),
        (&rotated, &old, "d-5", 401),
    ] {
        let mut gateway = Gateway::over(oasis.clone());
        gateway.signer = GithubVerifier::new(&KeyRing::new(secret.clone()));
        let response = gateway.call(gateway.delivery("push", id, b"{}")).await;
        assert_eq!(response.status(), status, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a17_a_feed_ends_with_the_session_that_opened_it() {
    const TOKEN: &str = "a-read-token-of-these-tests";
    let gateway = with(Options {
        read_tokens: vec![Token::new(TOKEN).unwrap()],
        limits: Limits { feed_age: Duration::MAX, ..Limits::default() },
        ..Options::default()
    });
    let sign_in = Request::post("/console/session").header("content-type", "application/json");
    let sign_in = sign_in.body(Body::from(json!({ "token": TOKEN }).to_string())).unwrap();
    let signed_in = gateway.call(sign_in).await;
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let open = |name: &'static str, value: String| {
        let request = Request::get("/api/v1/devhub/feed").header(name, value);
        gateway.call(request.body(Body::empty()).unwrap())
    };
    let by_session = open("cookie", cookie).await.into_body();
    let by_token = open("authorization", format!("Bearer {TOKEN}")).await.into_body();
    let opened = tokio::time::Instant::now();
    axum::body::to_bytes(by_session, usize::MAX).await.unwrap();
    let lasted = opened.elapsed().as_secs();
    assert!((12 * 3600 - 5..=12 * 3600).contains(&lasted), "{lasted} s");
    let still =
        tokio::time::timeout(Duration::from_secs(60), axum::body::to_bytes(by_token, usize::MAX));
    assert!(still.await.is_err(), "a token has no end");
}
