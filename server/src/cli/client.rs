//! `holdfast client`: manages API clients.

use super::{Failure, failure, operator::actor, print};
use crate::{
    auth::hashing::Hasher,
    cli::args::ClientCommand,
    clients::{ClientError, ClientService, ClientView, IssuedClient},
    startup::Engine,
};
use checkout::Idempotent;
use serde_json::json;
use std::{process::ExitCode, sync::Arc};
use uuid::Uuid;

pub(super) async fn run(engine: &Engine, command: ClientCommand) -> Result<ExitCode, Failure> {
    let service = ClientService::new(engine.store.clone(), engine.clock.clone(), Arc::new(Hasher::default()));
    match command {
        ClientCommand::Add { name, scopes } => {
            print_secret(service.add(name, scopes, actor()).await.map_err(|e| failure(&e))?)
        }
        ClientCommand::List => {
            let all = service.all().await.map_err(|e| failure(&e))?;
            print(&all.into_iter().map(ClientView::from).collect::<Vec<_>>())
        }
        ClientCommand::Rotate { id } => {
            print_secret(service.rotate(id, actor()).await.map_err(|error| explain(&error, id))?)
        }
        ClientCommand::Scopes { id, scopes } => {
            print_client(service.set_scopes(id, scopes, actor()).await.map_err(|error| explain(&error, id))?)
        }
        ClientCommand::Revoke { id } => {
            print_client(service.revoke(id, actor()).await.map_err(|error| explain(&error, id))?)
        }
    }
}

fn print_secret(issued: Idempotent<IssuedClient>) -> Result<ExitCode, Failure> {
    let IssuedClient { client, secret } = issued.value;
    print(&json!({ "client_id": client.id, "client_secret": secret, "scopes": client.scopes }))
}

fn print_client(issued: Idempotent<IssuedClient>) -> Result<ExitCode, Failure> {
    print(&ClientView::from(issued.value.client))
}

fn explain(error: &ClientError, id: Uuid) -> Failure {
    match error {
        ClientError::Unknown | ClientError::Revoked => {
            Failure(format!("no client has the id {id}, or it is revoked; see holdfast client list"))
        }
        other => failure(other),
    }
}
