//! The `holdfast` command. Every subcommand works beside running servers.

pub mod args;
mod client;
mod seed;

use crate::{
    api::{holds, products::ProductView},
    cli::args::{AddProduct, Cli, Command, ProductCommand},
    config::{Common, CommonArgs, ConfigError, Environment, ServeArgs, Settings},
    startup::{Engine, Server, StartupError, open_store},
    state::AppState,
    telemetry::{self, Collector},
};
use axum::routing::{MethodRouter, post};
use checkout::model::{Money, ProductDraft, SaleWindow, Slug};
use clap::{CommandFactory as _, Parser as _};
use serde::Serialize;
use std::{
    env, fmt,
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};

/// Why a command failed, in words for whoever typed it.
#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self(error.to_string())
    }
}

impl From<StartupError> for Failure {
    fn from(error: StartupError) -> Self {
        Self(error.to_string())
    }
}

fn failure(error: &dyn fmt::Display) -> Failure {
    Failure(error.to_string())
}

/// Runs the program.
pub fn main() -> ExitCode {
    main_with(post(holds::place))
}

/// Runs the program with `place_hold` at `POST /api/holds`: `examples/ceiling.rs` puts a handler there that asks nobody.
pub fn main_with(place_hold: MethodRouter<AppState>) -> ExitCode {
    // Before anything reads the environment, and before there is a second thread.
    let dotenv = dotenvy::from_path(".env");
    let cli = Cli::parse();
    let done = match dotenv {
        Err(error) if !error.not_found() => Err(Failure(format!("the file .env cannot be read: {error}"))),
        _ => run(cli, place_hold),
    };
    done.unwrap_or_else(|failure| {
        eprintln!("holdfast: {failure}");
        ExitCode::FAILURE
    })
}

fn run(cli: Cli, place_hold: MethodRouter<AppState>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| failure(&e))?;
    let done = runtime.block_on(async {
        let Cli { common, command } = cli;
        match command {
            Some(Command::Serve(args)) => serve(common, *args, false, place_hold).await,
            None => serve(common, serve_args(), true, place_hold).await,
            Some(other) => once(common, other).await,
        }
    });
    // Whoever still sleeps, the sweep or the feed, is not waited for.
    runtime.shutdown_background();
    done
}

/// The settings of `serve` when it was not named: what the environment says.
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
        // Set by `cargo leptos watch`.
        args.addr = env::var_os("LEPTOS_SITE_ADDR");
    }
    let settings = Settings::read(common, args)?;
    let env = settings.common.env;
    let collector = settings.traces.as_ref().map(Collector::at).transpose().map_err(|e| failure(&*e))?;
    telemetry::start(env, collector.as_ref());
    warn_of_unknown_settings();
    let server = Server::bind(settings, None).await?;
    if demo && env == Environment::Development && server.checkout().products().is_empty() {
        seed::run(server.checkout()).await.map_err(|e| failure(&e))?;
    }
    stop_on_signals(&server).map_err(|e| failure(&e))?;
    say(&format!("Holdfast is open at http://{}", server.addr()))?;
    server.serve_with(place_hold).await;
    if let Some(collector) = collector {
        collector.close().await;
    }
    Ok(ExitCode::SUCCESS)
}

async fn once(common: CommonArgs, command: Command) -> Result<ExitCode, Failure> {
    let common = Common::read(common)?;
    telemetry::start(common.env, None);
    if matches!(command, Command::Migrate) {
        open_store(&common).await?;
        say("The schema is up to date.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let engine = Engine::start(&common, None).await?;
    match command {
        Command::Seed => add_demo(&engine).await,
        Command::Product(ProductCommand::Add(product)) => add_product(&engine, *product).await,
        Command::Product(ProductCommand::Stock { slug, total }) => adjust_stock(&engine, &slug, total).await,
        Command::Client(command) => client::run(&engine, command).await,
        Command::Audit => audit(&engine).await,
        Command::Serve(_) | Command::Migrate => Ok(ExitCode::SUCCESS),
    }
}

async fn add_demo(engine: &Engine) -> Result<ExitCode, Failure> {
    let added = seed::run(&engine.checkout).await.map_err(|e| failure(&e))?;
    match added.as_slice() {
        [] => say("The demo's products are all there.")?,
        some => say(&format!("Added {}.", some.join(", ")))?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn add_product(engine: &Engine, add: AddProduct) -> Result<ExitCode, Failure> {
    let price = Money::parse(&add.price, add.currency).map_err(|e| failure(&e))?;
    let usual = ProductDraft::new(add.slug, add.name, price, add.stock);
    let draft = ProductDraft {
        description: add.description,
        image: add.image,
        per_shopper_limit: add.limit,
        window: SaleWindow { starts_at: add.starts_at, ends_at: add.ends_at },
        hold_for: add.hold_seconds.map_or(usual.hold_for, Duration::from_secs),
        pay_within: add.pay_seconds.map_or(usual.pay_within, Duration::from_secs),
        extend_by: add.extend_seconds.map(Duration::from_secs),
        ..usual
    };
    let added = engine.checkout.add_product(draft).await.map_err(|e| failure(&e))?;
    let product = added.map_err(|e| failure(&e))?;
    print(&ProductView::new(&product, engine.checkout.now()))
}

async fn adjust_stock(engine: &Engine, slug: &Slug, total: u32) -> Result<ExitCode, Failure> {
    let known = engine.checkout.product_by_slug(slug.as_str());
    let id = known.ok_or_else(|| Failure(format!("no product has the slug {slug}")))?.id;
    let product = engine.checkout.adjust_stock(id, total).await.map_err(|e| failure(&e))?;
    print(&ProductView::new(&product, engine.checkout.now()))
}

async fn audit(engine: &Engine) -> Result<ExitCode, Failure> {
    let audit = engine.checkout.audit().await.map_err(|e| failure(&e))?;
    print(&audit)?;
    Ok(if audit.clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(value: &impl Serialize) -> Result<ExitCode, Failure> {
    say(&serde_json::to_string_pretty(value).map_err(|e| failure(&e))?)?;
    Ok(ExitCode::SUCCESS)
}

/// Standard output, for what was asked for.
fn say(text: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "{text}").map_err(|e| failure(&e))
}

/// The first signal stops the server in order; a second ends the process.
fn stop_on_signals(server: &Server) -> io::Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let stopping = server.stopping();
    tokio::spawn(async move {
        loop {
            let asked = tokio::select! {
                _ = interrupt.recv() => "SIGINT",
                _ = terminate.recv() => "SIGTERM",
            };
            if stopping.is_cancelled() {
                tracing::warn!(signal = asked, "asked to stop a second time");
                std::process::exit(130);
            }
            stopping.cancel();
            tracing::info!(signal = asked, "asked to stop");
        }
    });
    Ok(())
}

/// A setting that nothing reads is a setting that does not do what its author thinks.
fn warn_of_unknown_settings() {
    let command = Cli::command();
    let serve = command.find_subcommand("serve");
    let known: Vec<_> =
        command.get_arguments().chain(serve.into_iter().flat_map(clap::Command::get_arguments)).collect();
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HOLDFAST_")) {
        // What the tests go by is inherited by the servers that they start.
        if name.to_string_lossy().starts_with("HOLDFAST_TEST_") {
            continue;
        }
        if !known.iter().any(|arg| arg.get_env() == Some(&name)) {
            tracing::warn!(setting = %name.to_string_lossy(), "no setting has this name");
        }
    }
}
