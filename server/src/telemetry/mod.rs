//! What the log says: text in development, JSON in production; and where traces go, if anywhere. Neither is ever told a secret.

mod collector;
mod line;
mod traces;

pub use collector::Collector;
pub use line::{Line, is_file, is_probe};

use crate::config::Environment;
use std::io::{self, IsTerminal as _};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    EnvFilter, Layer as _,
    filter::{FilterExt as _, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// What is logged unless `RUST_LOG` says otherwise.
const USUAL: &str = "info,sqlx=warn,hyper=warn,tower_sessions=warn,tower_sessions_core=warn";
/// In development, every call of the API too.
const USUAL_IN_DEVELOPMENT: &str =
    "info,server::telemetry=debug,sqlx=warn,hyper=warn,tower_sessions=warn,tower_sessions_core=warn";

/// What is never logged, whatever `RUST_LOG` says.
fn never() -> Targets {
    Targets::new()
        .with_default(LevelFilter::TRACE)
        // Spans for the collector say nothing that the log does not.
        .with_target(traces::TARGET, LevelFilter::OFF)
}

/// Starts the log, on standard error: standard output belongs to what commands print. Spans go to the collector, if there is
/// one. A second start changes nothing.
pub fn start(env: Environment, collector: Option<&Collector>) {
    let usual = match env {
        Environment::Development => USUAL_IN_DEVELOPMENT,
        Environment::Production => USUAL,
    };
    let wanted = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let colours = io::stderr().is_terminal();
    // Where nobody reads the log any more, a line that cannot be written is no reason to complain on the same stream, which
    // would end whoever wrote it.
    let log = tracing_subscriber::fmt::layer().log_internal_errors(false).with_writer(io::stderr).with_ansi(colours);
    let log = match env {
        Environment::Development => log.boxed(),
        Environment::Production => log.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let all = tracing_subscriber::registry().with(log.with_filter(wanted.and(never())));
    // Not as one that may be absent: whatever happens, an absent layer would be asked whether it wants to hear of it.
    // The error is that there is a log already, which is fine.
    let _ = match collector {
        Some(collector) => all.with(collector.layer()).try_init(),
        None => all.try_init(),
    };
}
