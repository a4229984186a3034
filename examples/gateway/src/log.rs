//! The log on stderr: one line for each thing, for people or for programs.

use std::io::{IsTerminal, stderr};

use clap::{Args, ValueEnum};
use tracing::Subscriber;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

#[derive(Debug, Args)]
pub(crate) struct LogOptions {
    /// Form of the log on stderr; without it text on a terminal and JSON elsewhere
    #[arg(long, env = "OASIS_LOG_FORMAT", global = true, value_name = "FORM")]
    log_format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// How many lines wait at most for a reader of stderr that is slow; what comes then is dropped.
const WAITING: usize = 10_000;

/// The log while the process runs; when it is dropped, what waits is written and sent.
#[must_use]
pub(crate) struct Log {
    _writer: Option<WorkerGuard>,
    #[cfg(feature = "otel")]
    _traces: Option<crate::traces::Traces>,
}

impl LogOptions {
    /// `RUST_LOG` says how much is logged, `info` without it. A command that ends by itself tells
    /// people what went wrong; a server's log has times, is read by programs, and holds nobody up
    /// when they don't read.
    pub(crate) fn start(&self, serves: bool) -> Log {
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
        let (writer, guard) = match serves {
            true => {
                let lines = NonBlockingBuilder::default().buffered_lines_limit(WAITING);
                let (writer, guard) = lines.lossy(true).finish(stderr());
                (BoxMakeWriter::new(writer), Some(guard))
            }
            false => (BoxMakeWriter::new(stderr), None),
        };
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
        let terminal = stderr().is_terminal();
        // The innermost span says whose request it was; a list of them would say it twice.
        match self.log_format {
            Some(LogFormat::Json) => Log::of(log.json().with_span_list(false).finish(), guard),
            None if !serves => {
                Log::of(log.without_time().with_target(false).with_ansi(terminal).finish(), guard)
            }
            None if !terminal => Log::of(log.json().with_span_list(false).finish(), guard),
            Some(LogFormat::Text) | None => Log::of(log.with_ansi(terminal).finish(), guard),
        }
    }
}

impl Log {
    #[cfg(not(feature = "otel"))]
    fn of(log: impl Subscriber + Send + Sync, writer: Option<WorkerGuard>) -> Self {
        log.init();
        if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() && writer.is_some() {
            tracing::warn!("OTEL_EXPORTER_OTLP_ENDPOINT is set; this build has no feature `otel`");
        }
        Self { _writer: writer }
    }

    #[cfg(feature = "otel")]
    fn of<S>(log: S, writer: Option<WorkerGuard>) -> Self
    where
        S: Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a> + Send + Sync,
    {
        use tracing_subscriber::layer::SubscriberExt;

        // Only who serves has requests to tell of.
        match writer.as_ref().map(|_| crate::traces::Traces::configured()) {
            None | Some(Ok(None)) => {
                log.init();
                Self { _writer: writer, _traces: None }
            }
            Some(Ok(Some(traces))) => {
                log.with(traces.layer()).init();
                tracing::info!("requests are told to the OpenTelemetry collector");
                Self { _writer: writer, _traces: Some(traces) }
            }
            Some(Err(error)) => {
                log.init();
                tracing::error!("no OpenTelemetry: {error:#}");
                Self { _writer: writer, _traces: None }
            }
        }
    }
}
