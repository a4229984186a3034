use axum::body::Body;
use axum::http::{Request, StatusCode};
use oasis_axum::{Oasis, Options, Token};
use oasis_core::MemoryStore;
use std::sync::Arc;

use crate::{Gateway, problem, ring};

/// A ledger of these branches, the first at position 1.
async fn ledger(branches: &[&str]) -> Gateway {
    let gateway = Gateway::new();
    for (n, branch) in branches.iter().enumerate() {
        gateway.push(&format!("d-{n}"), branch).await;
    }
    gateway
}

fn positions(page: &serde_json::Value) -> Vec<u64> {
    page.as_array().unwrap().iter().map(|event| event["position"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn the_newest_come_first_and_filters_narrow() {
    let gateway =
        ledger(&["main", "vt/DEV-CICDL-0031", "vt/DEV-OASIS-0109", "vt/DEV-CICDL-0031-b"]).await;
    for (query, found) in [
        ("", vec![4, 3, 2, 1]),
        ("?order=asc", vec![1, 2, 3, 4]),
        ("?limit=2", vec![4, 3]),
        ("?limit=2&offset=1", vec![3, 2]),
        ("?vtid=DEV-CICDL-0031", vec![4, 2]),
        ("?vtid=dev-cicdl-0031", vec![4, 2]),
        ("?vtid=UNSET", vec![1]),
        ("?layer=OASIS", vec![3]),
        ("?module=PUSH&kind=push&source=github.actions&status=info", vec![4, 3, 2, 1]),
        ("?status=failure", vec![]),
        ("?q=0031-B", vec![4]),
        ("?q=%25", vec![]),
        ("?since=2020-01-01T00:00:00Z&until=9999-01-01T00:00:00Z", vec![4, 3, 2, 1]),
        ("?until=2020-01-01T00:00:00Z", vec![]),
    ] {
        for path in ["/api/v1/oasis/events", "/events"] {
            let page = gateway.get_json(&format!("{path}{query}")).await;
            assert_eq!(positions(&page), found, "{path}{query}");
        }
    }
}

#[tokio::test]
async fn pages_are_linked_until_the_last() {
    let gateway = ledger(&["a", "vt/DEV-CICDL-0031", "b", "c", "d"]).await;
    for (order, wanted) in [("desc", [5, 4, 3, 2, 1]), ("asc", [1, 2, 3, 4, 5])] {
        let mut uri = format!("/api/v1/oasis/events?order={order}&limit=2&count=exact");
        let mut seen = Vec::new();
        loop {
            let response = gateway.get(&uri).await;
            assert_eq!(response.headers()["x-total-count"], "5");
            let link = response.headers().get("link").map(|l| l.to_str().unwrap().to_owned());
            let cursor = response.headers().get("x-next-cursor").cloned();
            seen.extend(positions(&crate::json(response).await));
            let Some(link) = link else {
                assert!(cursor.is_none());
                break;
            };
            uri =
                link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
            assert!(uri.contains(cursor.unwrap().to_str().unwrap()), "{uri}");
        }
        assert_eq!(seen, wanted);
    }
    let response = gateway.get("/events?vtid=dev-cicdl-0031").await;
    assert_eq!(response.headers()["x-vtid"], "DEV-CICDL-0031");
}

#[tokio::test]
async fn what_is_not_understood_is_named() {
    let gateway = ledger(&["main"]).await;
    for (query, named) in [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=9", "limit"),
        ("colour=red", "colour"),
        ("status=done", "status"),
        ("since=yesterday", "since"),
        ("order=up", "order"),
        ("cursor=v2x", "cursor"),
        ("cursor=v1d5&order=asc", "cursor"),
        ("count=some", "count"),
        ("offset=-1", "offset"),
        ("vtid=not+an+id", "vtid"),
        ("last_event_id=1", "last_event_id"),
    ] {
        let (status, detail) = problem(gateway.get(&format!("/events?{query}")).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
        assert!(detail.contains(named), "{query}: {detail}");
    }
}

#[tokio::test]
async fn one_event_is_found_by_its_id() {
    let gateway = ledger(&["main"]).await;
    let event = gateway.get_json("/events").await[0].clone();
    let path = format!("/api/v1/oasis/events/{}", event["id"].as_str().unwrap());
    assert_eq!(gateway.get_json(&path).await, event);

    let unknown = "/api/v1/oasis/events/019a2fd6-d600-7707-8707-070707070707";
    assert_eq!(problem(gateway.get(unknown).await).await.0, StatusCode::NOT_FOUND);
    let (status, _) = problem(gateway.get("/api/v1/oasis/events/1").await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn other_methods_get_a_problem() {
    let gateway = Gateway::new();
    for (method, path) in
        [("DELETE", "/events"), ("GET", "/webhooks/github"), ("POST", "/api/v1/devhub/feed")]
    {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let response = gateway.call(request).await;
        assert!(response.headers().contains_key("allow"), "{method} {path}");
        assert_eq!(problem(response).await.0, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
    }
}

#[tokio::test]
async fn with_tokens_set_a_reader_must_present_one() {
    let store = Arc::new(MemoryStore::new(oasis_axum::now));
    let tokens = ["first-token-of-two", "second-token-of-two"].map(|t| Token::new(t).unwrap());
    let gateway = Gateway::over(Oasis::with(
        store,
        &ring(),
        Options { read_tokens: tokens.to_vec(), ..Options::default() },
    ));
    gateway.push("d-1", "main").await;
    for path in ["/events", "/api/v1/oasis/events", "/api/v1/oasis/events/x", "/api/v1/devhub/feed"]
    {
        for token in [
            None,
            Some("Bearer "),
            Some("Bearer first-token-of-tw"),
            Some("Basic first-token-of-two"),
        ] {
            let mut request = Request::get(path);
            if let Some(token) = token {
                request = request.header("authorization", token);
            }
            let response = gateway.call(request.body(Body::empty()).unwrap()).await;
            assert!(response.headers().contains_key("www-authenticate"));
            assert_eq!(problem(response).await.0, StatusCode::UNAUTHORIZED, "{path} {token:?}");
        }
    }
    for token in ["Bearer first-token-of-two", "bearer second-token-of-two"] {
        let request = Request::get("/events").header("authorization", token);
        let response = gateway.call(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
    }
    for open in [
        "/health",
        "/livez",
        "/readyz",
        "/events/health",
        "/webhooks/health",
        "/api/v1/devhub/health",
    ] {
        assert_eq!(gateway.get(open).await.status(), StatusCode::OK, "{open}");
    }
}

#[tokio::test]
async fn who_reads_who_brings_and_who_administers_are_three() {
    let token = |name: &str| Token::new(&format!("{name}-token-of-these-tests")).unwrap();
    let with = |admins: &[&str]| {
        let options = Options {
            read_tokens: vec![token("read")],
            ingest_tokens: vec![token("ingest")],
            admin_tokens: admins.iter().copied().map(token).collect(),
            ..Options::default()
        };
        Gateway::over(Oasis::with(Arc::new(MemoryStore::new(oasis_axum::now)), &ring(), options))
    };
    let status = async |gateway: &Gateway, method: &str, path: &str, name: &str| {
        let request = Request::builder().method(method).uri(path);
        let request =
            request.header("authorization", format!("Bearer {name}-token-of-these-tests"));
        gateway.call(request.body(Body::from(r#"{"kind":"k"}"#)).unwrap()).await.status().as_u16()
    };
    for (admins, name, read, ingest, metrics) in [
        (&["admin"][..], "read", 200, 401, 401),
        (&["admin"], "ingest", 401, 200, 401),
        (&["admin"], "admin", 200, 401, 200),
        (&["admin"], "nobody", 401, 401, 401),
        (&[], "read", 200, 401, 200),
        (&[], "ingest", 401, 200, 401),
    ] {
        let gateway = with(admins);
        assert_eq!(status(&gateway, "GET", "/events", name).await, read, "{admins:?} {name}");
        assert_eq!(
            status(&gateway, "POST", "/events/ingest", name).await,
            ingest,
            "{admins:?} {name}"
        );
        assert_eq!(status(&gateway, "GET", "/metrics", name).await, metrics, "{admins:?} {name}");
    }
}

#[tokio::test]
async fn a_task_is_told_in_short() {
    let gateway =
        ledger(&["main", "vt/DEV-CICDL-0031", "vt/DEV-CICDL-0031-b", "vt/DEV-OASIS-0109"]).await;
    let body = br#"{"action":"closed","number":22,"pull_request":{"number":22,"merged":true,"title":"DEV-CICDL-0031"}}"#;
    gateway.call(gateway.delivery("pull_request", "d-pr", body)).await;
    let task = gateway.get_json("/api/v1/vtids/dev-cicdl-0031").await;
    assert_eq!(task["vtid"], "DEV-CICDL-0031");
    assert_eq!(task["events"], 3);
    assert_eq!((&task["first"]["position"], &task["last"]["position"]), (&2.into(), &5.into()));
    assert_eq!(task["statuses"], serde_json::json!({ "info": 2, "success": 1 }));
    assert_eq!(task["pull_requests"][0]["name"], "#22");
    assert_eq!(task["pull_requests"][0]["status"], "success");
    let (status, detail) = problem(gateway.get("/api/v1/vtids/DEV-CICDL-9999").await).await;
    assert_eq!(
        (status, detail.as_str()),
        (StatusCode::NOT_FOUND, "the ledger holds no event of this task")
    );
    for wrong in ["/api/v1/vtids/UNSET", "/api/v1/vtids/%20", "/api/v1/vtids/DEV-CICDL-0031?x=1"] {
        assert_eq!(problem(gateway.get(wrong).await).await.0, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn a_path_that_is_no_utf_8_is_a_problem_as_any_other() {
    let gateway = Gateway::new();
    for path in ["/api/v1/oasis/events/%ff", "/api/v1/vtids/%C0%80", "/console/%fe.js"] {
        assert_eq!(problem(gateway.get(path).await).await.0, StatusCode::BAD_REQUEST, "{path}");
    }
}
