//! Arguments of `holdfast client`.

use clap::Subcommand;
use uuid::Uuid;

/// Subcommands of `client`.
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Add an API client, and print its id and secret; the secret cannot be shown again
    Add {
        /// Display name
        #[arg(long)]
        name: String,
    },
    /// List all clients, including revoked ones, without their secrets
    List,
    /// Replace the secret of a client, and print the new one; the old one gets no more tokens
    ///
    /// Tokens that were issued before remain valid until they expire, within an hour.
    Rotate {
        /// Id of the client
        #[arg(long)]
        id: Uuid,
    },
    /// Revoke a client permanently: it gets no more tokens, and its tokens are rejected within seconds
    Revoke {
        /// Id of the client
        #[arg(long)]
        id: Uuid,
    },
}
