//! Logs, traces and metrics. The log is text in development and JSON in production; it never contains a secret.

mod collector;
pub mod metrics;
pub mod request_log;
mod traces;

pub use collector::Collector;

use crate::config::Environment;
use std::io::{self, IsTerminal as _};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{FilterExt as _, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// Default filter; `RUST_LOG` overrides it. tower-sessions warns of each unknown session, which an expired cookie causes too.
const DEFAULT_FILTER: &str = "info,sqlx=warn,hyper=warn,tower_sessions=warn,tower_sessions_core=error";
/// Default filter in development, which includes every API call.
const DEVELOPMENT_FILTER: &str =
    "info,server::telemetry=debug,sqlx=warn,hyper=warn,tower_sessions=warn,tower_sessions_core=error";

/// Excludes the spans for the collector from the log, regardless of `RUST_LOG`.
fn without_trace_spans() -> Targets {
    Targets::new().with_default(LevelFilter::TRACE).with_target(traces::TARGET, LevelFilter::OFF)
}

/// Starts the log on standard error, since commands print to standard output. Spans go to the collector, if there is one.
/// A second call has no effect.
pub fn start(env: Environment, collector: Option<&Collector>) {
    let default = match env {
        Environment::Development => DEVELOPMENT_FILTER,
        Environment::Production => DEFAULT_FILTER,
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    let colours = io::stderr().is_terminal();
    // When standard error is closed, reporting a failed write to it would panic.
    let log = tracing_subscriber::fmt::layer().log_internal_errors(false).with_writer(io::stderr).with_ansi(colours);
    let log = match env {
        Environment::Development => log.boxed(),
        Environment::Production => log.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let all = tracing_subscriber::registry().with(log.with_filter(filter.and(without_trace_spans())));
    // Two cases instead of an optional layer, which would be consulted for every event. It fails if a log exists already.
    let _ = match collector {
        Some(collector) => all.with(collector.layer()).try_init(),
        None => all.try_init(),
    };
}
