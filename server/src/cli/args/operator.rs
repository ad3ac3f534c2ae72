//! Arguments of `holdfast operator`.

use super::OutputArgs;
use checkout::store::operators::{EmailAddress, Role};
use clap::Subcommand;

/// Subcommands of `operator`.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Add an operator, and print a link with which they set their password, once, within 48 hours
    Add {
        /// E-mail address, with which they sign in
        #[arg(long)]
        email: EmailAddress,
        /// Role: viewer, seller, money or admin
        #[arg(long)]
        role: Role,
        /// Display name
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// List all operators
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Print a link with which an operator sets a new password and second factor, once, within an hour
    Reset {
        /// E-mail address of the operator
        #[arg(long)]
        email: EmailAddress,
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Disable an operator: their sessions end at once, and they cannot sign in
    Disable {
        /// E-mail address of the operator
        #[arg(long)]
        email: EmailAddress,
    },
    /// Enable an operator who was disabled
    Enable {
        /// E-mail address of the operator
        #[arg(long)]
        email: EmailAddress,
    },
    /// Change what an operator may do
    Role {
        /// E-mail address of the operator
        #[arg(long)]
        email: EmailAddress,
        /// The new role: viewer, seller, money or admin
        #[arg(long)]
        role: Role,
    },
}
