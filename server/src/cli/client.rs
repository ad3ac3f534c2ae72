//! `holdfast client`: manages API clients.

use super::{
    Failure,
    actor::actor,
    args::ClientCommand,
    output::{List, print},
};
use crate::{
    auth::hashing::Hasher,
    clients::{ClientError, ClientService, ClientView, IssuedClient},
    startup::Engine,
};
use checkout::{Idempotent, store::ApiClient};
use serde_json::json;
use std::{process::ExitCode, sync::Arc};
use uuid::Uuid;

pub(super) async fn run(engine: &Engine, command: ClientCommand) -> Result<ExitCode, Failure> {
    let service = ClientService::new(engine.store.clone(), engine.clock.clone(), Arc::new(Hasher::default()));
    match command {
        ClientCommand::Add { name, scopes } => print_secret(service.add(name, scopes, actor()).await?),
        ClientCommand::List { output } => list(service.all().await?, output.json),
        ClientCommand::Rotate { id } => {
            print_secret(service.rotate(id, actor()).await.map_err(|error| explain(error, id))?)
        }
        ClientCommand::Scopes { id, scopes } => {
            print_client(service.set_scopes(id, None, scopes, actor()).await.map_err(|error| explain(error, id))?)
        }
        ClientCommand::Revoke { id } => {
            print_client(service.revoke(id, actor()).await.map_err(|error| explain(error, id))?)
        }
    }
}

fn list(all: Vec<ApiClient>, as_json: bool) -> Result<ExitCode, Failure> {
    List::whole(all).print(as_json, ClientView::from, ["ID", "ADDED", "REVOKED", "SCOPES", "NAME"], |client| {
        let revoked = client.revoked_at.map(|at| at.to_string()).unwrap_or_default();
        let scopes = client.scopes.to_string();
        [client.id.to_string(), client.created_at.to_string(), revoked, scopes, client.name.clone()]
    })
}

fn print_secret(issued: Idempotent<IssuedClient>) -> Result<ExitCode, Failure> {
    let IssuedClient { client, secret } = issued.value;
    print(&json!({ "client_id": client.id, "client_secret": secret, "scopes": client.scopes }))
}

fn print_client(issued: Idempotent<IssuedClient>) -> Result<ExitCode, Failure> {
    print(&ClientView::from(issued.value.client))
}

fn explain(error: ClientError, id: Uuid) -> Failure {
    match error {
        ClientError::Unknown | ClientError::Revoked => {
            Failure::refused(format!("no client has the id {id}, or it is revoked; see holdfast client list"))
        }
        other => other.into(),
    }
}
