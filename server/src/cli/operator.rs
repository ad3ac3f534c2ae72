//! `holdfast operator` and `holdfast audit-log`: manage the operators of the console, and show who changed what.

use super::{Failure, failure, print, say, table::print_list};
use crate::{
    auth::hashing::Hasher,
    cli::args::{AuditLogArgs, OperatorCommand},
    config::{Common, Environment},
    operators::{EntryView, NewLink, OperatorService},
    startup::{Engine, Server},
};
use checkout::{
    model::{Actor, Timestamp},
    store::{
        AuditFilter,
        operators::{EmailAddress, Operator, OperatorId, Role},
    },
};
use serde::Serialize;
use serde_json::{Value, json};
use std::{env, process::ExitCode, sync::Arc};

/// Longest user name that the audit log shows, in characters.
const MAX_USER_LENGTH: usize = 64;
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
        OperatorCommand::Add { email, role, name, json } => {
            let link = service.invite(&actor, email, &name, role).await.map_err(|e| failure(&e))?;
            print_link(common, &link, json)
        }
        OperatorCommand::List { json } => {
            let all = service.all().await.map_err(|e| failure(&e))?;
            let rows: Vec<_> = all.into_iter().map(OperatorView::from).collect();
            print_list(&rows, json, ["EMAIL", "ROLE", "STATE", "SECOND FACTOR", "ADDED", "NAME"], |row| {
                let second_factor = if row.second_factor { "on" } else { "off" };
                let (role, added) = (row.role.to_string(), row.created_at.to_string());
                [row.email.clone(), role, row.state.to_owned(), second_factor.to_owned(), added, row.name.clone()]
            })
        }
        OperatorCommand::Reset { email, json } => {
            let id = find(&service, &email).await?.id;
            print_link(common, &service.reset(&actor, id).await.map_err(|e| failure(&e))?, json)
        }
        OperatorCommand::Disable { email } => {
            let id = find(&service, &email).await?.id;
            service.disable(&actor, id).await.map_err(|e| failure(&e))?;
            done(&service, &email).await
        }
        OperatorCommand::Enable { email } => {
            let id = find(&service, &email).await?.id;
            service.enable(&actor, id).await.map_err(|e| failure(&e))?;
            done(&service, &email).await
        }
        OperatorCommand::Role { email, role } => {
            let operator = find(&service, &email).await?;
            service.set_role(&actor, operator.id, operator.role, role).await.map_err(|e| failure(&e))?;
            done(&service, &email).await
        }
    }
}

/// Shows the audit log, newest first.
pub(super) async fn audit_log(engine: &Engine, args: AuditLogArgs) -> Result<ExitCode, Failure> {
    let (object_kind, object_id) = match args.object.as_deref().map(|object| object.split_once('/')) {
        None => (None, None),
        Some(Some((kind, id))) => (Some(kind.to_owned()), Some(id.to_owned())),
        Some(None) => (args.object.clone(), None),
    };
    let filter = AuditFilter {
        actor: args.actor,
        action: args.action,
        object_kind,
        object_id,
        since: args.since,
        ..AuditFilter::default()
    };
    let entries = engine.store.audit_log().list(&filter, None, args.limit).await.map_err(|e| failure(&e))?;
    let rows: Vec<_> = entries.into_iter().map(EntryView::from).collect();
    print_list(&rows, args.json, ["TIME", "WHO", "ACTION", "OBJECT", "BEFORE", "AFTER", "REASON"], |row| {
        let json = |value: &Option<Value>| value.as_ref().map(ToString::to_string).unwrap_or_default();
        [
            row.at.to_string(),
            row.actor.to_string(),
            row.action.clone(),
            format!("{}/{}", row.object.kind, row.object.id),
            json(&row.before),
            json(&row.after),
            row.reason.clone().unwrap_or_default(),
        ]
    })
}

async fn find(service: &OperatorService, email: &EmailAddress) -> Result<Operator, Failure> {
    let found = service.by_email(email).await;
    found.map_err(|error| Failure(format!("{error} as {email}; see holdfast operator list")))
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

/// The user of the command line, as the audit log names them.
pub(super) fn actor() -> Actor {
    let named = |name| env::var(name).ok().filter(|user: &String| !user.is_empty());
    let user = named("USER").or_else(|| named("LOGNAME")).unwrap_or_else(|| "unknown".to_owned());
    Actor::command_line(user.chars().filter(|c| !c.is_control()).take(MAX_USER_LENGTH).collect::<String>())
}
