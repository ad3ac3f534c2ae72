//! Arguments of the commands that ask the payment provider.

use super::filter::OutputArgs;
use crate::config::PaymentArgs;
use clap::Args;

/// Arguments of `reconcile`.
#[derive(Debug, Args)]
pub struct ReconcileArgs {
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub payments: PaymentArgs,
}

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Compare the payments and refunds of the last 30 days with the payment provider instead; print a line for each difference
    #[arg(long)]
    pub provider: bool,
    #[command(flatten)]
    pub payments: PaymentArgs,
}
