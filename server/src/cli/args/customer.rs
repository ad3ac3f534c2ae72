//! Arguments of `holdfast customer`.

use super::OutputArgs;
use checkout::model::EmailAddress;
use clap::Subcommand;

/// Subcommands of `customer`.
#[derive(Debug, Subcommand)]
pub enum CustomerCommand {
    /// Erase the contacts of all orders with an e-mail address, and the payloads of their payments
    ///
    /// Orders, payments and refunds remain. The audit log has one entry, with the number of orders and without the address.
    ///
    /// Example: holdfast customer erase --email ada@example.com
    Erase {
        /// E-mail address of the customer
        #[arg(long, allow_hyphen_values = true)]
        email: EmailAddress,
        #[command(flatten)]
        output: OutputArgs,
    },
}
