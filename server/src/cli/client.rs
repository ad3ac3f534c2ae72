//! `holdfast client`: manages API clients.

use super::{Failure, failure, print};
use crate::{cli::args::ClientCommand, startup::Engine};
use argon2::{Argon2, PasswordHasher as _, password_hash::SaltString};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use checkout::{IdGenerator, model::Timestamp, store::ApiClient};
use serde::Serialize;
use serde_json::json;
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
    engine.store.clients().add(&client).await.map_err(|e| failure(&e))?;
    print(&json!({ "client_id": client.id, "client_secret": secret }))
}

async fn list(engine: &Engine) -> Result<ExitCode, Failure> {
    let all = engine.store.clients().all().await.map_err(|e| failure(&e))?;
    print(&all.into_iter().map(ClientView::from).collect::<Vec<_>>())
}

async fn rotate(engine: &Engine, id: Uuid) -> Result<ExitCode, Failure> {
    let (secret, secret_hash) = new_secret()?;
    if !engine.store.clients().set_secret(id, &secret_hash).await.map_err(|e| failure(&e))? {
        return Err(Failure(format!("no client has the id {id}, or it is revoked; see holdfast client list")));
    }
    print(&json!({ "client_id": id, "client_secret": secret }))
}

async fn revoke(engine: &Engine, id: Uuid) -> Result<ExitCode, Failure> {
    let clients = engine.store.clients();
    clients.revoke(id, engine.clock.now()).await.map_err(|e| failure(&e))?;
    match clients.find(id).await.map_err(|e| failure(&e))? {
        Some(client) => print(&ClientView::from(client)),
        None => Err(Failure(format!("no client has the id {id}; see holdfast client list"))),
    }
}

/// Generates a secret. Returns it with its hash.
fn new_secret() -> Result<(String, String), Failure> {
    let secret = format!("hfs_{}", BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?));
    let salt = SaltString::encode_b64(&random::<16>()?).map_err(|e| failure(&e))?;
    let hash = Argon2::default().hash_password(secret.as_bytes(), &salt).map_err(|e| failure(&e))?.to_string();
    Ok((secret, hash))
}

/// Returns bytes from the system's random source.
fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| failure(&e))?;
    Ok(bytes)
}
