//! The `holdfast` command. Every subcommand works beside running servers.

mod actor;
pub mod args;
mod audit_log;
mod client;
mod customers;
mod demo_products;
mod export_file;
mod failure;
mod operator;
mod orders;
mod outbox;
mod output;
mod payments;
mod pictures;
mod products;
mod reconcile;
mod refunds;
mod webhooks;

use crate::{
    api::holds,
    cli::args::{Cli, Command},
    config::{Common, CommonArgs, Environment, ServeArgs, Settings, dotenv},
    startup::{Engine, Server, open_store},
    state::AppState,
    telemetry::{self, Collector},
};
use axum::routing::{MethodRouter, post};
use clap::{CommandFactory as _, Parser as _};
use failure::{DIFFERENCES, Failure, unexpected};
use output::{hint, print, say};
use std::{env, io, path::Path, process::ExitCode};
use tokio::signal::unix::{SignalKind, signal};

/// Runs the program.
pub fn main() -> ExitCode {
    main_with(post(holds::place))
}

/// Runs the program with `place_hold` at `POST /api/holds`. `examples/ceiling.rs` passes a handler that does not use the
/// engine.
pub fn main_with(place_hold: MethodRouter<AppState>) -> ExitCode {
    // Setting variables is safe only before a second thread starts, and clap reads them.
    let dotenv = dotenv::load(Path::new(".env"));
    let cli = Cli::parse();
    let result = match dotenv {
        Ok(()) => run(cli, place_hold),
        Err(error) => Err(Failure::Usage(format!("the file .env cannot be read: {error}"))),
    };
    result.unwrap_or_else(|failure| failure.report())
}

fn run(cli: Cli, place_hold: MethodRouter<AppState>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| unexpected(&e))?;
    let result = runtime.block_on(async {
        let Cli { common, command } = cli;
        match command {
            Some(Command::Serve(args)) => Box::pin(serve(common, *args, false, place_hold)).await,
            None => Box::pin(serve(common, serve_args(), true, place_hold)).await,
            Some(other) => run_once(common, other).await,
        }
    });
    // Background tasks that still run are not waited for.
    runtime.shutdown_background();
    result
}

/// Returns the arguments of `serve` when no command was given. They come from the environment alone.
fn serve_args() -> ServeArgs {
    match Cli::parse_from(["holdfast", "serve"]).command {
        Some(Command::Serve(args)) => *args,
        _ => ServeArgs::default(),
    }
}

async fn serve(
    common: CommonArgs,
    mut args: ServeArgs,
    demo: bool,
    place_hold: MethodRouter<AppState>,
) -> Result<ExitCode, Failure> {
    if args.addr.is_none() {
        // `cargo leptos watch` sets this variable.
        args.addr = env::var_os("LEPTOS_SITE_ADDR");
    }
    let settings = Settings::read(common, args)?;
    let (env, common) = (settings.common.env, settings.common.clone());
    let collector = settings.traces.as_ref().map(Collector::at).transpose().map_err(|e| unexpected(&*e))?;
    telemetry::start(env, collector.as_ref());
    warn_of_unknown_settings();
    let server = Server::bind(settings, None).await?;
    if demo && env == Environment::Development && server.checkout().products().is_empty() {
        demo_products::add_missing(server.checkout()).await.map_err(|e| unexpected(&e))?;
    }
    stop_on_signals(&server).map_err(|e| unexpected(&e))?;
    say(&format!("Holdfast is open at http://{}", server.addr()))?;
    if env == Environment::Development {
        operator::print_first_invitation(&server, &common).await;
    }
    server.serve_with(place_hold).await;
    if let Some(collector) = collector {
        collector.close().await;
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_once(args: CommonArgs, command: Command) -> Result<ExitCode, Failure> {
    let common = Common::read(args.clone())?;
    telemetry::start(common.env, None);
    if matches!(command, Command::Migrate) {
        open_store(&common).await?;
        say("The database schema is up to date.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let command = match command {
        Command::Reconcile(reconcile) => return reconcile::run(args, *reconcile).await,
        Command::Audit(audit) if audit.provider => return reconcile::audit(args, audit.payments).await,
        other => other,
    };
    let new_database = missing_database(&common).map(Path::to_path_buf);
    let engine = Engine::start(&common, None).await?;
    if let Some(path) = new_database {
        // A mistyped folder looks like an empty shop.
        hint(&format!("holdfast: there was no database at {}, so a new one was made", path.display()));
    }
    match command {
        Command::Seed => add_demo_products(&engine).await,
        Command::Product(command) => products::run(&engine, command).await,
        Command::Order(command) => orders::run(&engine, args, command).await,
        Command::Customer(command) => customers::run(&engine, command).await,
        Command::Refund(command) => refunds::run(&engine, args, command).await,
        Command::Payment(command) => payments::run(&engine, command).await,
        Command::Outbox(command) => outbox::run(&engine, command).await,
        Command::Client(command) => client::run(&engine, command).await,
        Command::Webhook(command) => webhooks::run(&engine, &common, command).await,
        Command::Operator(command) => operator::run(&engine, &common, command).await,
        Command::AuditLog(args) => audit_log::run(&engine, args).await,
        Command::Audit(_) => audit(&engine).await,
        Command::Serve(_) | Command::Migrate | Command::Reconcile(_) => Ok(ExitCode::SUCCESS),
    }
}

/// The path of the configured SQLite database if the file does not exist.
fn missing_database(common: &Common) -> Option<&Path> {
    let path = common.database_url.strip_prefix("sqlite:")?;
    let path = Path::new(path.strip_prefix("//").unwrap_or(path).split('?').next()?);
    (!path.as_os_str().is_empty() && path != Path::new(":memory:") && !path.exists()).then_some(path)
}

async fn add_demo_products(engine: &Engine) -> Result<ExitCode, Failure> {
    let added = demo_products::add_missing(&engine.checkout).await.map_err(|e| unexpected(&e))?;
    match added.as_slice() {
        [] => say("All demo products exist already.")?,
        added => say(&format!("Added {}.", added.join(", ")))?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn audit(engine: &Engine) -> Result<ExitCode, Failure> {
    let audit = engine.checkout.audit().await?;
    print(&audit)?;
    Ok(if audit.clean { ExitCode::SUCCESS } else { DIFFERENCES.into() })
}

/// Stops the server gracefully at the first signal, and exits at the second.
fn stop_on_signals(server: &Server) -> io::Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stopping = server.stopping();
    server.tasks().spawn("signals", true, async move {
        loop {
            let signal = tokio::select! {
                _ = interrupt.recv() => "SIGINT",
                _ = terminate.recv() => "SIGTERM",
            };
            if stopping.is_cancelled() {
                tracing::warn!(signal, "received a second signal: exiting at once");
                std::process::exit(130);
            }
            stopping.cancel();
            tracing::info!(signal, "received a signal: stopping");
        }
    });
    Ok(())
}

/// Warns of `HOLDFAST_…` variables that no setting reads, such as misspelt ones.
fn warn_of_unknown_settings() {
    let command = Cli::command();
    let serve = command.find_subcommand("serve");
    let known: Vec<_> =
        command.get_arguments().chain(serve.into_iter().flat_map(clap::Command::get_arguments)).collect();
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HOLDFAST_")) {
        // Variables for the tests, which the servers that they start inherit.
        if name.to_string_lossy().starts_with("HOLDFAST_TEST_") {
            continue;
        }
        if !known.iter().any(|arg| arg.get_env() == Some(&name)) {
            tracing::warn!(setting = %name.to_string_lossy(), "unknown setting");
        }
    }
}
