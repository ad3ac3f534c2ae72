//! `holdfast operator`: manages the operators of the console.

use super::{
    Failure,
    actor::actor,
    args::OperatorCommand,
    output::{List, print, say},
};
use crate::{
    auth::hashing::Hasher,
    config::{Common, Environment},
    operators::{NewLink, OperatorError, OperatorService},
    startup::{Engine, Server},
};
use checkout::{
    model::Timestamp,
    store::operators::{EmailAddress, Operator, OperatorId, Role},
};
use serde::Serialize;
use serde_json::json;
use std::{env, process::ExitCode, sync::Arc};

/// Where the server listens if no setting says otherwise.
const DEFAULT_ADDR: &str = "127.0.0.1:3000";

/// An operator as they are printed.
#[derive(Serialize)]
struct OperatorView {
    id: OperatorId,
    email: String,
    name: String,
    role: Role,
    state: &'static str,
    second_factor: bool,
    created_at: Timestamp,
}

impl From<Operator> for OperatorView {
    fn from(operator: Operator) -> Self {
        let state = match (operator.disabled_at, &operator.password_hash) {
            (Some(_), _) => "disabled",
            (None, None) => "invited",
            (None, Some(_)) => "active",
        };
        Self {
            id: operator.id,
            email: operator.email.to_string(),
            name: operator.name,
            role: operator.role,
            state,
            second_factor: operator.totp_secret.is_some(),
            created_at: operator.created_at,
        }
    }
}

pub(super) async fn run(engine: &Engine, common: &Common, command: OperatorCommand) -> Result<ExitCode, Failure> {
    let is_production = common.env == Environment::Production;
    let service =
        OperatorService::new(engine.store.clone(), engine.clock.clone(), Arc::new(Hasher::default()), is_production);
    let actor = actor();
    match command {
        OperatorCommand::Add { email, role, name, output } => {
            let link = service.invite(&actor, email, &name, role).await?;
            print_link(common, &link, output.json)
        }
        OperatorCommand::List { output } => list(service.all().await?, output.json),
        OperatorCommand::Reset { email, output } => {
            let id = find(&service, &email).await?.id;
            print_link(common, &service.reset(&actor, id).await?, output.json)
        }
        OperatorCommand::Disable { email } => {
            let id = find(&service, &email).await?.id;
            service.disable(&actor, id).await?;
            done(&service, &email).await
        }
        OperatorCommand::Enable { email } => {
            let id = find(&service, &email).await?.id;
            service.enable(&actor, id).await?;
            done(&service, &email).await
        }
        OperatorCommand::Role { email, role } => {
            let operator = find(&service, &email).await?;
            service.set_role(&actor, operator.id, operator.role, role).await?;
            done(&service, &email).await
        }
    }
}

fn list(all: Vec<Operator>, as_json: bool) -> Result<ExitCode, Failure> {
    let rows: Vec<_> = all.into_iter().map(OperatorView::from).collect();
    let columns = ["EMAIL", "ROLE", "STATE", "SECOND FACTOR", "ADDED", "NAME"];
    List::whole(rows).print(
        as_json,
        |row| row,
        columns,
        |row| {
            let second_factor = if row.second_factor { "on" } else { "off" };
            let (role, added) = (row.role.to_string(), row.created_at.to_string());
            [row.email.clone(), role, row.state.to_owned(), second_factor.to_owned(), added, row.name.clone()]
        },
    )
}

async fn find(service: &OperatorService, email: &EmailAddress) -> Result<Operator, Failure> {
    let found = service.by_email(email).await;
    found.map_err(|error| match error {
        OperatorError::UnknownOperator => Failure::refused(format!("{error} as {email}; see holdfast operator list")),
        other => other.into(),
    })
}

async fn done(service: &OperatorService, email: &EmailAddress) -> Result<ExitCode, Failure> {
    print(&OperatorView::from(find(service, email).await?))
}

fn print_link(common: &Common, link: &NewLink, as_json: bool) -> Result<ExitCode, Failure> {
    let (url, email) = (link_url(common, None, link), link.operator.email.to_string());
    if as_json {
        return print(&json!({ "email": email, "role": link.operator.role, "link": url, "hours": link.hours() }));
    }
    say(&format!("{email} ({}) sets a password here, once, within {} h:\n{url}", link.operator.role, link.hours()))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints a link for the first operator of a development server. That is only a help: the server starts without it as well.
pub(super) async fn print_first_invitation(server: &Server, common: &Common) {
    match server.operators().first_invitation().await {
        Ok(Some(link)) => {
            let url = link_url(common, Some(server.addr()), &link);
            // Nobody may read the output any more.
            let _ = say(&format!("To sign in to the console as {}, open {url}", link.operator.email));
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "could not invite the first operator"),
    }
}

/// Returns the address of a one-time link: at the public address if it is set, else at `addr`, else where the settings let
/// the server listen.
pub(super) fn link_url(common: &Common, addr: Option<std::net::SocketAddr>, link: &NewLink) -> String {
    let base = common.public_url.clone().unwrap_or_else(|| {
        let listens = env::var("HOLDFAST_ADDR").ok().filter(|addr| !addr.is_empty());
        let addr = addr.map(|addr| addr.to_string()).or(listens);
        format!("http://{}", addr.as_deref().unwrap_or(DEFAULT_ADDR))
    });
    format!("{base}{}", link.path())
}
