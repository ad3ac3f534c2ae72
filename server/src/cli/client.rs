//! `holdfast client`: manages API clients.

use super::{Failure, failure, operator::command_line_entry, print};
use crate::{auth::hashing, cli::args::ClientCommand, startup::Engine};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use checkout::{
    IdGenerator,
    model::{AuditObject, Timestamp},
    store::ApiClient,
};
use serde::Serialize;
use serde_json::{Value, json};
use std::process::ExitCode;
use uuid::Uuid;

/// A client as it is printed, without its secret.
#[derive(Serialize)]
struct ClientView {
    client_id: Uuid,
    name: String,
    created_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Timestamp>,
}

impl From<ApiClient> for ClientView {
    fn from(client: ApiClient) -> Self {
        let ApiClient { id, name, secret_hash: _, created_at, revoked_at } = client;
        Self { client_id: id, name, created_at, revoked_at }
    }
}

pub(super) async fn run(engine: &Engine, command: ClientCommand) -> Result<ExitCode, Failure> {
    match command {
        ClientCommand::Add { name } => add(engine, name.trim()).await,
        ClientCommand::List => list(engine).await,
        ClientCommand::Rotate { id } => rotate(engine, id).await,
        ClientCommand::Revoke { id } => revoke(engine, id).await,
    }
}

async fn add(engine: &Engine, name: &str) -> Result<ExitCode, Failure> {
    if !(1..=200).contains(&name.chars().count()) {
        return Err(Failure("the name of a client must have 1 to 200 characters".to_owned()));
    }
    let (secret, secret_hash) = new_secret()?;
    let client = ApiClient {
        id: IdGenerator::new(engine.clock.clone()).generate(),
        name: name.to_owned(),
        secret_hash,
        created_at: engine.clock.now(),
        revoked_at: None,
    };
    let after = json!({ "name": client.name });
    let entry = command_line_entry(engine, "client.add", AuditObject::new("client", client.id), &Value::Null, &after);
    engine.store.clients().add(&client, &entry).await.map_err(|e| failure(&e))?;
    print(&json!({ "client_id": client.id, "client_secret": secret }))
}

async fn list(engine: &Engine) -> Result<ExitCode, Failure> {
    let all = engine.store.clients().all().await.map_err(|e| failure(&e))?;
    print(&all.into_iter().map(ClientView::from).collect::<Vec<_>>())
}

async fn rotate(engine: &Engine, id: Uuid) -> Result<ExitCode, Failure> {
    let (secret, secret_hash) = new_secret()?;
    let entry = command_line_entry(engine, "client.rotate", AuditObject::new("client", id), &Value::Null, &Value::Null);
    if !engine.store.clients().set_secret(id, &secret_hash, &entry).await.map_err(|e| failure(&e))? {
        return Err(Failure(format!("no client has the id {id}, or it is revoked; see holdfast client list")));
    }
    print(&json!({ "client_id": id, "client_secret": secret }))
}

async fn revoke(engine: &Engine, id: Uuid) -> Result<ExitCode, Failure> {
    let clients = engine.store.clients();
    let entry = command_line_entry(engine, "client.revoke", AuditObject::new("client", id), &Value::Null, &Value::Null);
    clients.revoke(id, engine.clock.now(), &entry).await.map_err(|e| failure(&e))?;
    match clients.find(id).await.map_err(|e| failure(&e))? {
        Some(client) => print(&ClientView::from(client)),
        None => Err(Failure(format!("no client has the id {id}; see holdfast client list"))),
    }
}

/// Generates a secret. Returns it with its hash.
fn new_secret() -> Result<(String, String), Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| failure(&e))?;
    let secret = format!("hfs_{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let hash = hashing::hash(&secret).map_err(|e| failure(&e))?;
    Ok((secret, hash))
}
