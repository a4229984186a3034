//! Pushes with tokens of a key server of the tests' own, over a real socket.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use oasis_axum::{GooglePush, Oasis};
use oasis_core::MemoryStore;
use serde_json::{Value, json};

use crate::{Gateway, json as body_json, problem, ring};

const AUDIENCE: &str = "https://oasis.example.com/webhooks/gcp";
const ACCOUNT: &str = "push@project.iam.gserviceaccount.com";

/// A key as Google has them, made once for all tests.
struct Key {
    signing: EncodingKey,
    jwk: Value,
}

fn key(id: &str) -> Key {
    static PAIRS: OnceLock<[KeyPair; 2]> = OnceLock::new();
    let pairs = PAIRS.get_or_init(|| {
        [KeyPair::generate(KeySize::Rsa2048).unwrap(), KeyPair::generate(KeySize::Rsa2048).unwrap()]
    });
    let pair = &pairs[usize::from(id != "first")];
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64_STANDARD.encode(der.as_ref())
    );
    let public = pair.public_key();
    let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let modulus = public.modulus().big_endian_without_leading_zero().to_vec();
    let exponent = public.exponent().big_endian_without_leading_zero().to_vec();
    Key {
        signing: EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(),
        jwk: json!({
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": id,
            "n": number(&modulus), "e": number(&exponent),
        }),
    }
}

/// A key server, and how often it was asked.
struct KeyServer {
    url: String,
    asked: Arc<AtomicU32>,
}

async fn key_server(
    keys: impl Fn(u32) -> axum::response::Response + Clone + Send + Sync + 'static,
) -> KeyServer {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let answer = move || {
        let nth = count.fetch_add(1, Ordering::SeqCst);
        let keys = keys.clone();
        async move { keys(nth) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/certs", listener.local_addr().unwrap());
    tokio::spawn(async move {
        axum::serve(listener, Router::new().route("/certs", get(answer))).await.unwrap();
    });
    KeyServer { url, asked }
}

fn certs(keys: &[&str]) -> axum::response::Response {
    let set = json!({ "keys": keys.iter().map(|id| key(id).jwk).collect::<Vec<_>>() });
    ([("cache-control", "public, max-age=20000")], axum::Json(set)).into_response()
}

fn gateway(server: &KeyServer) -> Gateway {
    let oasis = Oasis::new(Arc::new(MemoryStore::new(oasis_axum::now)), &ring());
    let push = GooglePush::new(AUDIENCE, ACCOUNT).unwrap().with_keys_at(&server.url);
    let mut gateway = Gateway::over(oasis);
    gateway.router = gateway.router.merge(gateway.oasis.gcp_webhooks(push));
    gateway
}

fn claims() -> Value {
    let now = oasis_axum::now().unix_millis() / 1000;
    json!({
        "iss": "https://accounts.google.com", "aud": AUDIENCE, "email": ACCOUNT,
        "email_verified": true, "sub": "1", "azp": "1", "iat": now - 10, "exp": now + 3000,
    })
}

fn token(id: &str, claims: &Value) -> String {
    let header = Header { kid: Some(id.to_owned()), ..Header::new(Algorithm::RS256) };
    encode(&header, claims, &key(id).signing).unwrap()
}

fn push(message: &str, authorization: Option<&str>) -> Request<Body> {
    let data = json!({
        "id": "b-1", "status": "SUCCESS", "projectId": "p", "logUrl": "https://console.cloud.google.com/b",
        "substitutions": { "BRANCH_NAME": "vt/DEV-CICDL-0031" },
    });
    let body = json!({
        "message": {
            "messageId": message, "publishTime": "2026-11-23T12:00:00Z",
            "attributes": { "buildId": "b-1", "status": "SUCCESS" },
            "data": BASE64_STANDARD.encode(data.to_string()),
        },
        "subscription": "projects/p/subscriptions/s",
    });
    let mut request = Request::post("/webhooks/gcp").header("content-type", "application/json");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    request.body(Body::from(body.to_string())).unwrap()
}

#[tokio::test]
async fn a_push_with_google_s_token_is_stored_once() {
    let server = key_server(|_| certs(&["first"])).await;
    let gateway = gateway(&server);
    let bearer = format!("Bearer {}", token("first", &claims()));
    let first = body_json(gateway.call(push("m-1", Some(&bearer))).await).await;
    assert_eq!(first["vtid"], "DEV-CICDL-0031", "{first}");
    assert_eq!(first["duplicate"], false);
    let again = body_json(gateway.call(push("m-1", Some(&bearer))).await).await;
    assert_eq!((&again["duplicate"], &again["id"]), (&json!(true), &first["id"]));
    let event = &gateway.get_json("/events").await[0];
    assert_eq!(event["source"], "gcp.deploy");
    assert_eq!(event["status"], "success");
    assert_eq!(server.asked.load(Ordering::SeqCst), 1, "keys are kept");
}

/// What only makes trouble where it is brought again and again, so all of it is acknowledged.
fn odd_pushes() -> Vec<(&'static str, Vec<u8>)> {
    let with = |id: &str, data: Value| {
        let message = json!({ "messageId": id, "attributes": {}, "data": data });
        let subscription = "projects/somebody-else/subscriptions/s";
        json!({ "message": message, "subscription": subscription }).to_string().into_bytes()
    };
    vec![
        ("a newer one first", with("m-3", json!(BASE64_STANDARD.encode("{}")))),
        ("an older one", with("m-2", json!(BASE64_STANDARD.encode("{}")))),
        ("no base64", with("m-4", json!("%%% no base64 %%%"))),
        ("no JSON in it", with("m-5", json!(BASE64_STANDARD.encode("hello")))),
        ("bytes that are no text", with("m-6", json!(BASE64_STANDARD.encode([0xff, 0xfe, 0])))),
        ("a number for data", with("m-7", json!(7))),
        ("ten megabytes", with("m-8", json!("A".repeat(10 << 20)))),
        ("no message", b"{}".to_vec()),
        ("no object", b"[1, 2]".to_vec()),
        ("no JSON", b"<html>".to_vec()),
    ]
}

#[tokio::test]
async fn h6_pushes_that_are_odd_or_come_twice_are_acknowledged_and_kept() {
    let server = key_server(|_| certs(&["first"])).await;
    let gateway = gateway(&server);
    let bearer = format!("Bearer {}", token("first", &claims()));
    let bring = async |body: &[u8]| {
        let request = Request::post("/webhooks/gcp")
            .header("content-type", "application/json")
            .header("authorization", &bearer);
        let answer = gateway.call(request.body(Body::from(body.to_vec())).unwrap()).await;
        (answer.status(), body_json(answer).await)
    };
    let pushes = odd_pushes();
    for (nth, (case, body)) in pushes.iter().enumerate() {
        let (status, first) = bring(body).await;
        assert_eq!(status, StatusCode::OK, "{case}: {first}");
        assert_eq!(first["position"], nth as u64 + 1, "{case}: {first}");
    }
    for (nth, (case, body)) in pushes.iter().enumerate().take(7) {
        let (status, again) = bring(body).await;
        assert_eq!((status, &again["duplicate"]), (StatusCode::OK, &json!(true)), "{case}");
        assert_eq!(again["position"], nth as u64 + 1, "{case}: {again}");
    }
    assert_eq!(gateway.get_json("/events").await.as_array().unwrap().len(), pushes.len());
    let sound = body_json(gateway.call(push("m-1", Some(&bearer))).await).await;
    assert_eq!(sound["vtid"], "DEV-CICDL-0031", "what is sound comes through: {sound}");
}

#[tokio::test]
async fn a14_any_other_token_is_401_and_no_row() {
    let server = key_server(|_| certs(&["first"])).await;
    let gateway = gateway(&server);
    let with = |claim: &str, value: Value| {
        let mut claims = claims();
        claims[claim] = value;
        format!("Bearer {}", token("first", &claims))
    };
    let good = token("first", &claims());
    let (message, _) = good.rsplit_once('.').unwrap();
    let (_, payload) = message.split_once('.').unwrap();
    let unsigned = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"first"}"#);
    let by_modulus = EncodingKey::from_secret(key("first").jwk["n"].as_str().unwrap().as_bytes());
    let hs256 = Header { kid: Some("first".into()), ..Header::new(Algorithm::HS256) };
    let no_kid = Header::new(Algorithm::RS256);
    let other_s = Header { kid: Some("first".into()), ..Header::new(Algorithm::RS256) };
    for (case, authorization) in [
        ("none", None),
        ("empty", Some("Bearer ".to_owned())),
        ("basic", Some(format!("Basic {good}"))),
        ("nonsense", Some("Bearer a.b.c".to_owned())),
        ("cut", Some(format!("Bearer {}", &good[..good.len() - 4]))),
        ("alg none", Some(format!("Bearer {unsigned}.{payload}."))),
        ("alg HS256", Some(format!("Bearer {}", encode(&hs256, &claims(), &by_modulus).unwrap()))),
        (
            "no kid",
            Some(format!("Bearer {}", encode(&no_kid, &claims(), &key("first").signing).unwrap())),
        ),
        (
            "another's key",
            Some(format!(
                "Bearer {}",
                encode(&other_s, &claims(), &key("second").signing).unwrap()
            )),
        ),
        ("unknown kid", Some(format!("Bearer {}", token("second", &claims())))),
        ("other audience", Some(with("aud", json!("https://other.example.com")))),
        ("two audiences", Some(with("aud", json!([AUDIENCE, "x"])))),
        ("other account", Some(with("email", json!("somebody@gmail.com")))),
        ("unverified", Some(with("email_verified", json!(false)))),
        ("other issuer", Some(with("iss", json!("https://evil.example.com")))),
        ("expired", Some(with("exp", json!(1_700_000_000)))),
    ] {
        let (status, detail) =
            problem(gateway.call(push("m", authorization.as_deref())).await).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{case}: {detail}");
    }
    let mut twice = push("m", Some(&format!("Bearer {good}")));
    twice.headers_mut().append("authorization", format!("Bearer {good}").parse().unwrap());
    assert_eq!(problem(gateway.call(twice).await).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(gateway.get_json("/events").await, json!([]));
    assert_eq!(server.asked.load(Ordering::SeqCst), 1, "unknown keys are asked for once a minute");
}

#[tokio::test]
async fn a15_a_new_key_is_fetched_and_an_old_answer_outlives_a_failing_server() {
    let server = key_server(|nth| match nth {
        0 => certs(&["first"]),
        1 => certs(&["first", "second"]),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    })
    .await;
    let gateway = gateway(&server);
    let call = async |id: &str, message: &str| {
        let bearer = format!("Bearer {}", token(id, &claims()));
        gateway.call(push(message, Some(&bearer))).await.status()
    };
    let known = async || {
        let mut ready: Value = gateway.get_json("/readyz").await;
        ready["dependencies"].as_array_mut().unwrap().pop().unwrap()
    };
    assert_eq!(known().await["detail"], "it was not needed yet");
    assert_eq!(call("first", "m-1").await, StatusCode::OK);
    assert!(known().await["detail"].as_str().unwrap().starts_with("1 keys were fetched"));
    assert_eq!(call("second", "m-2").await, StatusCode::UNAUTHORIZED, "not yet asked for again");
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(61)).await;
    tokio::time::resume();
    assert_eq!(call("second", "m-2").await, StatusCode::OK);
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(21_000)).await;
    tokio::time::resume();
    assert_eq!(call("second", "m-3").await, StatusCode::OK, "stale keys are better than none");
    assert_eq!(server.asked.load(Ordering::SeqCst), 3);
    let known = known().await;
    assert!(known["name"] == "google_keys" && known["ok"] == false, "{known}");
}

#[tokio::test]
async fn without_keys_nobody_knows_and_google_comes_again() {
    let huge = || vec![b' '; 300 * 1024].into_response();
    let elsewhere = || (StatusCode::FOUND, [("location", "/certs")]).into_response();
    let failed = || StatusCode::INTERNAL_SERVER_ERROR.into_response();
    let answers: [fn() -> axum::response::Response; 3] = [huge, elsewhere, failed];
    for answer in answers {
        let server = key_server(move |_| answer()).await;
        let gateway = gateway(&server);
        let bearer = format!("Bearer {}", token("first", &claims()));
        for _ in 0..2 {
            let response = gateway.call(push("m-1", Some(&bearer))).await;
            assert!(response.headers().contains_key("retry-after"));
            assert_eq!(problem(response).await.0, StatusCode::SERVICE_UNAVAILABLE);
        }
        assert_eq!(server.asked.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn b9_a_header_that_picks_the_provider() {
    let server = key_server(|_| certs(&["first"])).await;
    let gateway = gateway(&server);
    let bearer = format!("Bearer {}", token("first", &claims()));
    // Each door checks what its own sender proves, whatever the headers say.
    let mut to_gcp = gateway.delivery("push", "d-1", b"{}");
    *to_gcp.uri_mut() = "/webhooks/gcp".parse().unwrap();
    assert_eq!(problem(gateway.call(to_gcp).await).await.0, StatusCode::UNAUTHORIZED);
    let mut to_github = push("m-1", Some(&bearer));
    *to_github.uri_mut() = "/webhooks/github".parse().unwrap();
    let refused = problem(gateway.call(to_github).await).await.0;
    assert!([StatusCode::BAD_REQUEST, StatusCode::UNAUTHORIZED].contains(&refused), "{refused}");
    for name in ["x-gitlab-event", "x-gogs-event", "x-gitea-event", "x-event-key", "ce-type"] {
        let mut unsigned = gateway.delivery("push", "d-2", b"{}");
        unsigned.headers_mut().remove("x-hub-signature-256");
        unsigned.headers_mut().insert(name, "push".parse().unwrap());
        unsigned.headers_mut().insert("x-gitlab-token", "x".parse().unwrap());
        assert_eq!(
            problem(gateway.call(unsigned).await).await.0,
            StatusCode::UNAUTHORIZED,
            "{name}"
        );
    }
    assert_eq!(gateway.get_json("/events").await, json!([]));
}
