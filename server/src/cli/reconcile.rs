//! `holdfast reconcile` and `holdfast audit --provider`: ask the payment provider.

use super::{
    Failure,
    args::ReconcileArgs,
    failure::{DIFFERENCES, unexpected},
    output::{facts, print, say},
};
use crate::{
    backoffice::reconciliation::ReconciledView,
    config::{Common, CommonArgs, PaymentArgs, PaymentConfig},
    payments::{self, ShopUrl},
    startup::Engine,
};
use integrations::payments::{AuditError, Payments, ReconcileError};
use std::{net::SocketAddr, process::ExitCode};

/// The address that a server listens on by default. These commands open no payment pages.
const DEFAULT_ADDR: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 3000);

/// `holdfast reconcile`
pub(super) async fn run(common: CommonArgs, args: ReconcileArgs) -> Result<ExitCode, Failure> {
    let payments = open(common, args.payments).await?;
    let done = payments.reconcile().await.map_err(|error| match error {
        ReconcileError::NoProvider => no_provider(),
        ReconcileError::Running => Failure::refused("another reconciliation is under way; try again later"),
        ReconcileError::Failed(error) => error.into(),
    })?;
    let done = ReconciledView::from(done);
    if args.output.json {
        return print(&done);
    }
    let mut shown = vec![
        ("Payment pages looked up", done.attempts_looked_up.to_string()),
        ("Payments recorded", done.payments_recorded.to_string()),
        ("Refunds looked up", done.refunds_looked_up.to_string()),
        ("Refunds changed", done.refunds_recorded.to_string()),
        ("Events read", done.events_read.to_string()),
        ("Events skipped", done.events_skipped.to_string()),
        ("Failed calls", done.calls_failed.to_string()),
    ];
    shown.extend(done.stopped.map(|reason| ("Stopped", reason)));
    say(&facts(shown))?;
    Ok(ExitCode::SUCCESS)
}

/// `holdfast audit --provider`
pub(super) async fn audit(common: CommonArgs, args: PaymentArgs) -> Result<ExitCode, Failure> {
    let payments = open(common, args).await?;
    let differences = payments.audit().await.map_err(|error| match error {
        AuditError::NoProvider => no_provider(),
        AuditError::Provider(error) => Failure::Unavailable(error.to_string()),
        AuditError::Failed(error) => error.into(),
    })?;
    if differences.is_empty() {
        say("The shop and the payment provider agree.")?;
        return Ok(ExitCode::SUCCESS);
    }
    for difference in &differences {
        say(&difference.to_string())?;
    }
    Ok(DIFFERENCES.into())
}

async fn open(common: CommonArgs, args: PaymentArgs) -> Result<Payments, Failure> {
    let (common, config) = PaymentConfig::read(common, args)?;
    payments_of(&Engine::start(&common, None).await?, &common, &config)
}

/// Builds the service that takes and returns money, for a command.
pub(super) fn payments_of(engine: &Engine, common: &Common, config: &PaymentConfig) -> Result<Payments, Failure> {
    let shop_url = ShopUrl::new(common, DEFAULT_ADDR);
    let built = payments::build(config, &shop_url, &engine.checkout, &engine.store, &engine.clock);
    built.map_err(|error| unexpected(&error))
}

fn no_provider() -> Failure {
    Failure::Usage("no payment provider is configured; set HOLDFAST_PAYMENT_PROVIDER".to_owned())
}
