//! OpenTelemetry: each request is told to a collector, under the trace that its caller named.
//!
//! Where the collector is, and all else, is in the environment as OpenTelemetry spells it
//! (`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` …).

use anyhow::{Context, Result};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

/// Spans on their way to a collector; when it is dropped, what waits is sent.
#[derive(Debug)]
pub(crate) struct Traces(SdkTracerProvider);

const NAME: &str = "oasis-gateway";

impl Traces {
    /// `None` where the environment names no collector.
    pub(crate) fn configured() -> Result<Option<Self>> {
        let named = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
        if named.iter().all(|name| std::env::var_os(name).is_none_or(|value| value.is_empty())) {
            return Ok(None);
        }
        // A blocking client: spans are sent by a thread of the exporter's own, without a runtime.
        let exporter = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
        let exporter = exporter.build().context("the exporter can't be made")?;
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name(NAME);
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        Ok(Some(Self(provider)))
    }

    /// What hands the spans of the log to the collector.
    pub(crate) fn layer<S>(&self) -> OpenTelemetryLayer<S, SdkTracer>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let layer = tracing_opentelemetry::layer().with_tracer(self.0.tracer(NAME));
        // Where in the source a request begins is the same for all.
        layer.with_location(false).with_threads(false)
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        // The log ends with it; there is nobody left to tell.
        let _ = self.0.shutdown();
    }
}
