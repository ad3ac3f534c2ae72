//! Arguments of `holdfast client`.

use super::OutputArgs;
use crate::clients::ClientName;
use checkout::model::ScopeSet;
use clap::Subcommand;
use uuid::Uuid;

/// Subcommands of `client`.
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Add an API client, and print its id and secret; the secret cannot be shown again
    Add {
        /// Display name
        #[arg(long)]
        name: ClientName,
        /// Scopes, with spaces between them: checkout, catalog:read, catalog:write, orders:read, orders:write,
        /// payments:read, payments:write, refunds:write, audit:read, clients:read, clients:write, webhooks:read,
        /// webhooks:write
        #[arg(long, default_value = "checkout", value_parser = scopes)]
        scopes: ScopeSet,
    },
    /// List all clients, including revoked ones, without their secrets
    List {
        #[command(flatten)]
        output: OutputArgs,
    },
    /// Replace the secret of a client, and print the new one; the old one gets no more tokens
    ///
    /// Tokens that were issued before remain valid until they expire, within an hour.
    Rotate {
        /// Id of the client
        #[arg(long)]
        id: Uuid,
    },
    /// Replace the scopes of a client; its tokens lose the ones that are gone within seconds
    Scopes {
        /// Id of the client
        #[arg(long)]
        id: Uuid,
        /// All scopes that it has from now on, with spaces between them
        #[arg(long, value_parser = scopes)]
        scopes: ScopeSet,
    },
    /// Revoke a client permanently: it gets no more tokens, and its tokens are rejected within seconds
    Revoke {
        /// Id of the client
        #[arg(long)]
        id: Uuid,
    },
}

fn scopes(text: &str) -> Result<ScopeSet, String> {
    let scopes: ScopeSet = text.parse().map_err(|error: checkout::model::ScopeError| error.to_string())?;
    if scopes.is_empty() { Err("give at least one scope".to_owned()) } else { Ok(scopes) }
}
