use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, stream};
use oasis_axum::{Limits, Oasis, Options};
use oasis_core::MemoryStore;

use crate::{Gateway, json, problem, ring};

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn a_signed_delivery_is_stored_once_and_answered_twice() {
    let gateway = Gateway::new();
    let first = gateway.push("d-1", "vt/DEV-CICDL-0031").await;
    assert_eq!(first["ok"], true);
    assert_eq!(first["position"], 1);
    assert_eq!(first["vtid"], "DEV-CICDL-0031");
    assert_eq!(first["title"], "CICDL-PUSH-PUSHED");
    assert_eq!(first["duplicate"], false);

    let mut again = gateway.push("d-1", "vt/DEV-CICDL-0031").await;
    assert_eq!(again["duplicate"].take(), true);
    for same in ["id", "position", "vtid", "title"] {
        assert_eq!(again[same], first[same], "{same}");
    }
    assert_eq!(gateway.get_json("/events").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_bytes_are_verified_not_what_they_mean() {
    let gateway = Gateway::new();
    // None of it survives a parser and a writer: escapes, spaces, a float, a repeated name.
    let odd = r#"{ "ref" : "refs\/heads\/vt\u002fDEV-CICDL-0031", "n": 1.0, "n":1, "e":"🚀\ud83d\ude80" }"#;
    let answer = json(gateway.call(gateway.delivery("push", "d-1", odd.as_bytes())).await).await;
    assert_eq!(answer["vtid"], "DEV-CICDL-0031");

    let mut request = gateway.delivery("push", "d-2", odd.as_bytes());
    *request.body_mut() = Body::from(odd.replace("1.0", "1"));
    assert_eq!(problem(gateway.call(request).await).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a7_what_is_wrong_with_the_headers_is_said_before_the_body_is_read() {
    let gateway = Gateway::new();
    let signature = gateway.signer.sign(b"{}");
    let good = [
        ("content-type", "application/json"),
        ("x-github-event", "push"),
        ("x-github-delivery", "d-1"),
        ("x-hub-signature-256", signature.as_str()),
    ];
    let without = |name: &str| good.iter().copied().filter(|(n, _)| *n != name).collect::<Vec<_>>();
    let with = |name: &'static str, value: &'static str| {
        without(name).into_iter().chain([(name, value)]).collect::<Vec<_>>()
    };
    let twice = |name: &str| {
        good.iter()
            .copied()
            .chain(good.iter().copied().filter(|(n, _)| *n == name))
            .collect::<Vec<_>>()
    };
    let truncated = &signature[..signature.len() - 1];
    let mut cut = without("x-hub-signature-256");
    cut.push(("x-hub-signature-256", truncated));
    let mut large = good.to_vec();
    large.push(("content-length", "27262976"));
    for (case, headers, status) in [
        ("no signature", without("x-hub-signature-256"), 401),
        ("truncated signature", cut, 401),
        (
            "sha1 signature",
            with("x-hub-signature-256", "sha1=126f2c800419c60137ce748d7672e77b65cf16d6"),
            401,
        ),
        ("doubled signature", twice("x-hub-signature-256"), 400),
        ("no event", without("x-github-event"), 400),
        ("two events", twice("x-github-event"), 400),
        ("odd event", with("x-github-event", "a b"), 400),
        ("no delivery", without("x-github-delivery"), 400),
        ("two deliveries", twice("x-github-delivery"), 400),
        ("xml", with("content-type", "text/xml"), 415),
        ("26 MiB announced", large, 413),
    ] {
        let read = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&read);
        let body = stream::once(async move {
            seen.store(true, Ordering::SeqCst);
            Ok::<_, Infallible>(Bytes::from_static(b"{}"))
        });
        let mut request = Request::post("/webhooks/github");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = gateway.call(request.body(Body::from_stream(body)).unwrap()).await;
        let (found, detail) = problem(response).await;
        assert_eq!(found.as_u16(), status, "{case}: {detail}");
        assert!(!read.load(Ordering::SeqCst), "{case}: the body was read");
        assert!(!detail.contains(&signature[7..]), "{case}");
    }
    assert_eq!(gateway.get_json("/events").await, serde_json::json!([]));
}

#[tokio::test]
async fn a_wrong_signature_leaves_no_row() {
    let gateway = Gateway::new();
    let mut request = gateway.delivery("push", "d-1", b"{}");
    *request.body_mut() = Body::from("{ }");
    let (status, detail) = problem(gateway.call(request).await).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(detail.contains("X-Hub-Signature-256"), "{detail}");
    assert_eq!(gateway.get_json("/events").await, serde_json::json!([]));
}

#[tokio::test]
async fn b17_a_body_is_bounded_whether_or_not_its_length_is_announced() {
    let gateway = Gateway::new();
    let body = vec![b' '; 26 * MIB];
    let chunks = body
        .chunks(MIB)
        .map(|c| Ok::<_, Infallible>(Bytes::copy_from_slice(c)))
        .collect::<Vec<_>>();
    let mut request = gateway.delivery("push", "d-1", &body);
    *request.body_mut() = Body::from_stream(stream::iter(chunks));
    assert_eq!(problem(gateway.call(request).await).await.0, StatusCode::PAYLOAD_TOO_LARGE);

    let larger = vec![b' '; 25 * MIB + 1];
    let refused = gateway.call(gateway.delivery("push", "d-2", &larger)).await;
    assert_eq!(problem(refused).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let largest = vec![b' '; 25 * MIB];
    let response = gateway.call(gateway.delivery("push", "d-2", &largest)).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(gateway.get_json("/events").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn b14_signed_nonsense_is_stored_and_says_so() {
    let gateway = Gateway::new();
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for (n, (body, reason)) in [
        (b"".as_slice(), "empty"),
        (b"not json", "valid JSON"),
        (b"{not json", "valid JSON"),
        (b"{\"a\":\"\xff\"}", "UTF-8"),
        (b"[]", "no object"),
        (deep.as_bytes(), "deeper than 128"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("d-{n}");
        let answer = json(gateway.call(gateway.delivery("push", &id, body)).await).await;
        assert_eq!(answer["title"], "CICDL-PUSH-UNPARSED", "{reason}");
        let id = answer["id"].as_str().unwrap();
        let event = gateway.get_json(&format!("/api/v1/oasis/events/{id}")).await;
        assert_eq!(event["status"], "warning");
        assert_eq!(event["kind"], "push");
        let found = event["meta"]["unparsed"].as_str().unwrap();
        assert!(found.contains(reason), "{found} | {reason}");
    }
}

#[tokio::test]
async fn a13_a_form_is_verified_raw_and_gives_the_same_event() {
    let gateway = Gateway::new();
    let form =
        b"payload=%7B%22ref%22%3A%22refs%2Fheads%2Fvt%2FDEV-CICDL-0031%22%2C%22x%22%3A%22a+b%22%7D";
    let mut request = gateway.delivery("push", "d-1", form);
    request
        .headers_mut()
        .insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    let answer = json(gateway.call(request).await).await;
    assert_eq!(answer["vtid"], "DEV-CICDL-0031");

    let mut request = gateway.delivery("push", "d-2", b"other=1");
    request
        .headers_mut()
        .insert("content-type", "application/x-www-form-urlencoded".parse().unwrap());
    assert_eq!(json(gateway.call(request).await).await["title"], "CICDL-PUSH-UNPARSED");
}

#[tokio::test]
async fn an_event_that_nobody_knows_is_kept() {
    let gateway = Gateway::new();
    let body = br#"{"action":"brand new","repository":{"full_name":"o/r","html_url":"https://github.com/o/r"}}"#;
    let answer = json(gateway.call(gateway.delivery("quantum_merge", "d-1", body)).await).await;
    assert_eq!(answer["title"], "CICDL-GITHUB-BRAND-NEW");
    let event = &gateway.get_json("/events").await[0];
    assert_eq!(event["kind"], "quantum_merge");
    assert_eq!(event["status"], "info");
    assert_eq!(event["link"], "https://github.com/o/r");
    assert_eq!(event["meta"]["repository"], "o/r");
}

#[tokio::test]
async fn bodies_that_are_under_way_are_bounded_together() {
    let store = Arc::new(MemoryStore::new(oasis_axum::now));
    let limits = Limits { bodies: 3 * MIB, ..Limits::default() };
    let gateway =
        Gateway::over(Oasis::with(store, &ring(), Options { limits, ..Options::default() }));
    let body = vec![b' '; 2 * MIB];
    // The first one stays under way: its body says that it has more and doesn't send it.
    let part = Ok::<_, Infallible>(Bytes::from(body.clone()));
    let mut first = gateway.delivery("push", "d-1", &body);
    *first.body_mut() = Body::from_stream(stream::iter([part]).chain(stream::pending()));
    let mut first = Box::pin(gateway.call(first));
    assert!((&mut first).now_or_never().is_none());

    let busy = gateway.call(gateway.delivery("push", "d-2", &body)).await;
    assert_eq!(busy.headers()["retry-after"], "5");
    assert_eq!(problem(busy).await.0, StatusCode::SERVICE_UNAVAILABLE);
    drop(first);
    let response = gateway.call(gateway.delivery("push", "d-2", &body)).await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn large_bodies_leave_a_place_for_small_ones() {
    let store = Arc::new(MemoryStore::new(oasis_axum::now));
    let limits = Limits { body: 3 * MIB, bodies: 4 * MIB, ..Limits::default() };
    let gateway =
        Gateway::over(Oasis::with(store, &ring(), Options { limits, ..Options::default() }));
    let part = Ok::<_, Infallible>(Bytes::from(vec![b' '; 3 * MIB]));
    let mut first = gateway.delivery("push", "d-1", b"{}");
    *first.body_mut() = Body::from_stream(stream::iter([part]).chain(stream::pending()));
    let mut first = Box::pin(gateway.call(first));
    assert!((&mut first).now_or_never().is_none());

    // There is a MiB left, and it is for those of up to 64 KiB.
    let large = vec![b' '; 64 * 1024 + 1];
    let refused = gateway.call(gateway.delivery("push", "d-2", &large)).await;
    assert_eq!(problem(refused).await.0, StatusCode::SERVICE_UNAVAILABLE);
    for n in 3..40 {
        let small = gateway.delivery("push", &format!("d-{n}"), &large[1..]);
        assert_eq!(gateway.call(small).await.status(), StatusCode::OK);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up() {
    let gateway = Gateway::new();
    let mut request = gateway.delivery("push", "d-1", b"{}");
    *request.body_mut() = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let (status, detail) = problem(gateway.call(request).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(detail.contains("30 s"), "{detail}");
}
