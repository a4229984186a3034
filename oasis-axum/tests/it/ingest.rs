use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use oasis_axum::{Oasis, Options, Token};
use oasis_core::MemoryStore;
use serde_json::{Value, json};

use crate::{Gateway, json as body_json, problem, ring};

const TOKEN: &str = "an-ingest-token-of-these-tests";

fn gateway() -> Gateway {
    let store = Arc::new(MemoryStore::new(oasis_axum::now));
    let options = Options { ingest_tokens: vec![Token::new(TOKEN).unwrap()], ..Options::default() };
    Gateway::over(Oasis::with(store, &ring(), options))
}

fn post(body: impl Into<Body>, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request =
        Request::post("/events/ingest").header("authorization", format!("Bearer {TOKEN}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn an_object_an_array_and_lines_are_taken() {
    let gateway = gateway();
    let one = json!({ "vtid": "DEV-CICDL-0031", "kind": "deploy", "status": "success" });
    let answer = body_json(gateway.call(post(one.to_string(), &[JSON])).await).await;
    assert_eq!(answer["title"], "CICDL-DEPLOY-SUCCESS");
    assert_eq!(answer["position"], 1);

    let old = json!({ "service": "deployer", "event": "deploy", "tenant": "t", "status": "fail",
        "notes": "VTID: DEV-CICDL-0032", "metadata": { "n": 1 } });
    let list = json!([one, old]).to_string();
    let answer = body_json(gateway.call(post(list, &[JSON])).await).await;
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.iter().map(|r| r["position"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 3]);

    let lines = format!("{one}\n\n{old}\r\n");
    let ndjson = ("content-type", "application/x-ndjson");
    let answer = body_json(gateway.call(post(lines, &[ndjson])).await).await;
    assert_eq!(answer["results"][1]["position"], 5);
    let failed = gateway.get_json("/events?status=failure").await;
    assert_eq!(failed.as_array().unwrap().len(), 2);
    assert_eq!(failed[0]["vtid"], "DEV-CICDL-0032");

    let empty = body_json(gateway.call(post("[]", &[JSON])).await).await;
    assert_eq!(empty, json!({ "ok": true, "results": [] }));
}

#[tokio::test]
async fn a_request_that_comes_again_is_stored_once() {
    let gateway = gateway();
    let keyed = json!({ "kind": "deploy", "delivery_id": "mine-1" }).to_string();
    let first = body_json(gateway.call(post(keyed.clone(), &[JSON])).await).await;
    let again = body_json(gateway.call(post(keyed, &[JSON])).await).await;
    assert_eq!((&again["duplicate"], &again["id"]), (&json!(true), &first["id"]));

    let headers = [JSON, ("idempotency-key", "request-7")];
    let list = json!([{ "kind": "a" }, { "kind": "b", "delivery_id": "own" }, { "kind": "c" }]);
    for duplicate in [false, true] {
        let answer = body_json(gateway.call(post(list.to_string(), &headers)).await).await;
        for result in answer["results"].as_array().unwrap() {
            assert_eq!(result["duplicate"], duplicate, "{answer}");
        }
    }
    let ids: Vec<_> = gateway
        .get_json("/events?order=asc")
        .await
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["delivery_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, ["mine-1", "request-7/0", "own", "request-7/2"]);
}

#[tokio::test]
async fn a_bad_field_is_named_and_nothing_is_stored() {
    let gateway = gateway();
    let list = json!([{ "kind": "deploy" }, { "kind": "deploy", "status": "splendid" }, 7]);
    let response = gateway.call(post(list.to_string(), &[JSON])).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let document = body_json(response).await;
    let errors = document["errors"].as_array().unwrap();
    assert_eq!(errors.iter().map(|e| e["index"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(errors[0]["field"], "status");
    assert!(document["detail"].as_str().unwrap().contains("nothing was stored"), "{document}");

    for (body, headers, status) in [
        ("[{}", vec![JSON], 400),
        ("not json", vec![JSON], 422),
        ("{}", vec![JSON], 422),
        ("{}", vec![("content-type", "text/plain")], 415),
        ("{}", vec![JSON, ("idempotency-key", "a b")], 400),
        ("{}", vec![JSON, ("idempotency-key", "a"), ("idempotency-key", "b")], 400),
    ] {
        let (found, detail) = problem(gateway.call(post(body, &headers)).await).await;
        assert_eq!(found.as_u16(), status, "{body} {headers:?}: {detail}");
    }
    let many = Value::from(vec![json!({ "kind": "a" }); 1001]).to_string();
    assert_eq!(problem(gateway.call(post(many, &[JSON])).await).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(gateway.get_json("/events").await, json!([]));
}

#[tokio::test]
async fn without_an_ingest_token_nobody_writes() {
    for gateway in [gateway(), Gateway::new()] {
        for authorization in [
            "",
            "Bearer ",
            "Bearer wrong-token-of-right-length",
            "Basic an-ingest-token-of-these-tests",
        ] {
            let request = Request::post("/events/ingest").header("authorization", authorization);
            let response = gateway.call(request.body(Body::from("{}")).unwrap()).await;
            assert_eq!(problem(response).await.0, StatusCode::UNAUTHORIZED, "{authorization}");
        }
        assert_eq!(gateway.get_json("/events").await, json!([]));
    }
}

#[tokio::test]
async fn what_a_client_claims_never_takes_the_place_of_what_github_brings() {
    let gateway = gateway();
    let claim = json!({ "source": "github.actions", "kind": "push", "delivery_id": "d-1" });
    let claimed = body_json(gateway.call(post(claim.to_string(), &[JSON])).await).await;
    let brought = gateway.push("d-1", "vt/DEV-CICDL-0031").await;
    assert_eq!((&brought["duplicate"], &brought["position"]), (&json!(false), &json!(2)));
    assert_eq!(gateway.push("d-1", "vt/DEV-CICDL-0031").await["position"], 2);

    // The claim is still one row, however often it comes, and by either name of its identity.
    let again = body_json(gateway.call(post(claim.to_string(), &[JSON])).await).await;
    assert_eq!((&again["duplicate"], &again["id"]), (&json!(true), &claimed["id"]));
    let keyed = json!({ "source": "github.actions", "kind": "push" }).to_string();
    let headers = [JSON, ("idempotency-key", "d-1")];
    let keyed = body_json(gateway.call(post(keyed, &headers)).await).await;
    assert_eq!((&keyed["duplicate"], &keyed["id"]), (&json!(true), &claimed["id"]));
    let rows = gateway.get_json("/events?order=asc").await;
    assert_eq!(
        (&rows[0]["delivery_id"], &rows[1]["delivery_id"]),
        (&json!("ingest/d-1"), &json!("d-1"))
    );
}
