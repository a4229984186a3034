//! Requests told to a collector of the tests' own, which decodes what arrives.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::gateway::{Gateway, command, data_dir};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// A span and the name of the service that it came from.
type Told = Arc<Mutex<Vec<(String, Span)>>>;

async fn traces(State(told): State<Told>, body: Bytes) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    for resource in request.resource_spans {
        let attributes = resource.resource.unwrap().attributes;
        let name = attributes.into_iter().find(|pair| pair.key == "service.name").unwrap();
        let Some(Value::StringValue(name)) = name.value.unwrap().value else { panic!("no text") };
        let spans = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
        told.lock().unwrap().extend(spans.map(|span| (name.clone(), span)));
    }
}

async fn collector() -> (String, Told) {
    let told = Told::default();
    let app = Router::new().route("/v1/traces", post(traces)).with_state(Arc::clone(&told));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url, told)
}

fn start(dir: &std::path::Path, collector: &str, delay: &str) -> Gateway {
    let mut command = command(dir);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector).env("OTEL_BSP_SCHEDULE_DELAY", delay);
    command.env("RUST_LOG", "debug");
    Gateway::spawn(command.args(["--listen", "127.0.0.1:0", "--log-format", "json"]))
}

/// Delivers under a caller's trace.
async fn deliver(gateway: &Gateway) {
    let body = br#"{"ref":"refs/heads/main"}"#;
    let request = reqwest::Client::new()
        .post(format!("{}/webhooks/github?token=canary", gateway.url))
        .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
        .header("x-request-id", "id-of-the-proxy")
        .header("x-github-event", "push")
        .header("x-github-delivery", "d-1")
        .header("x-hub-signature-256", gateway.sign(body));
    let response = request.body(body.as_slice()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-request-id"], "id-of-the-proxy");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_told_under_the_trace_of_its_caller() {
    let (url, told) = collector().await;
    let dir = data_dir();
    // It would wait for an hour; what ends the process sends what waits.
    let gateway = start(dir.path(), &url, "3600000");
    deliver(&gateway).await;
    let log = Arc::clone(&gateway.log);
    let status = tokio::task::spawn_blocking(move || gateway.terminate()).await.unwrap();
    assert!(status.success());
    let told = told.lock().unwrap();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let found = told.iter().find(|(_, span)| span.name == "POST /webhooks/github");
    let (service, span) = found.unwrap_or_else(|| panic!("{told:?}"));
    assert_eq!(service, "oasis-gateway");
    assert_eq!((&*hex(&span.trace_id), &*hex(&span.parent_span_id)), (TRACE, PARENT));
    assert!(span.end_time_unix_nano > span.start_time_unix_nano);
    let attributes = format!("{:?}", span.attributes);
    for said in ["id-of-the-proxy", "\"status\"", "IntValue(200)"] {
        assert!(attributes.contains(said), "{said}: {attributes}");
    }
    let log = log.lock().unwrap();
    assert!(log.contains(TRACE) && log.contains("id-of-the-proxy"), "{log}");
    assert!(!format!("{told:?}{log}").contains("canary"), "a query is told to nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_away_holds_nobody_up() {
    let dir = data_dir();
    let gateway = start(dir.path(), "http://127.0.0.1:1", "50");
    deliver(&gateway).await;
    for n in 0..50 {
        gateway.push(&format!("n-{n}")).await;
    }
    let asked = Instant::now();
    let status = tokio::task::spawn_blocking(move || gateway.terminate()).await.unwrap();
    assert!(status.success() && asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
}
