//! `holdfast webhook`: manages the endpoints that receive the shop's webhooks.

use super::{
    Failure,
    actor::{actor, by_user},
    args::{DeliveryListArgs, DeliveryState, EditEndpointArgs, WebhookCommand},
    output::{List, facts, print, say},
};
use crate::{
    config::Common,
    endpoints::{DeliveryView, Edit, EndpointError, EndpointService, EndpointView, IssuedEndpoint},
    messages,
    startup::Engine,
};
use checkout::{
    Idempotent,
    model::{EndpointId, Topic},
    store::{Delivery, DeliveryFilter, DisabledReason, Endpoint},
};
use serde_json::json;
use std::process::ExitCode;

pub(super) async fn run(engine: &Engine, common: &Common, command: WebhookCommand) -> Result<ExitCode, Failure> {
    let webhooks = messages::webhooks(common, &engine.checkout, &engine.store)?;
    let service = EndpointService::new(webhooks, engine.store.clone(), engine.clock.clone());
    match command {
        WebhookCommand::Add { url, events, description } => {
            print_secret(&service.add(&url, events, description, actor()).await?)
        }
        WebhookCommand::List { output } => list(service.all().await?, output.json),
        WebhookCommand::Show { id, output } => {
            show(service.find(id).await.map_err(|error| explain(error, id))?, output.json)
        }
        WebhookCommand::Edit(args) => edit(&service, args).await,
        WebhookCommand::Enable { id, reason } => {
            print_endpoint(service.enable(id, by_user(reason)).await.map_err(|error| explain(error, id))?)
        }
        WebhookCommand::Disable { id, reason } => {
            print_endpoint(service.disable(id, by_user(reason)).await.map_err(|error| explain(error, id))?)
        }
        WebhookCommand::Rotate { id } => {
            print_secret(&service.rotate(id, actor()).await.map_err(|error| explain(error, id))?)
        }
        WebhookCommand::Remove { id, reason } => {
            service.remove(id, by_user(reason)).await.map_err(|error| explain(error, id))?;
            print(&json!({ "id": id, "removed": true }))
        }
        WebhookCommand::Test { id, output } => {
            test(service.test(id).await.map_err(|error| explain(error, id))?, output.json)
        }
        WebhookCommand::Deliveries(args) => deliveries(&service, args).await,
        WebhookCommand::Redeliver { delivery, reason } => {
            let delivery = service.redeliver(delivery, by_user(reason)).await?;
            print(&json!({ "endpoint_id": delivery.endpoint, "topic": delivery.topic_name(), "queued": true }))
        }
    }
}

async fn edit(service: &EndpointService, args: EditEndpointArgs) -> Result<ExitCode, Failure> {
    let EditEndpointArgs { id, url, events, description, reason } = args;
    let edit = Edit { seen: None, url, events, description };
    print_endpoint(service.edit(id, edit, by_user(reason)).await.map_err(|error| explain(error, id))?)
}

async fn deliveries(service: &EndpointService, args: DeliveryListArgs) -> Result<ExitCode, Failure> {
    let filter =
        DeliveryFilter { endpoint: args.endpoint, failed: args.state.map(|state| state == DeliveryState::Failed) };
    let listing = service.deliveries(filter, args.page.request()).await?;
    let columns = ["ID", "STARTED", "ENDPOINT", "EVENT", "ATTEMPT", "RESULT"];
    List::page(listing.items, listing.next).print(args.output.json, DeliveryView::from, columns, |delivery| {
        [
            delivery.id.to_string(),
            delivery.started_at.to_string(),
            delivery.endpoint.to_string(),
            delivery.topic_name().to_owned(),
            delivery.attempt.to_string(),
            result(delivery),
        ]
    })
}

fn list(all: Vec<Endpoint>, as_json: bool) -> Result<ExitCode, Failure> {
    List::whole(all).print(as_json, EndpointView::from, ["ID", "STATE", "EVENTS", "URL"], |endpoint| {
        [endpoint.id.to_string(), state(endpoint), events(endpoint), endpoint.url.clone()]
    })
}

fn show(endpoint: Endpoint, as_json: bool) -> Result<ExitCode, Failure> {
    if as_json {
        return print(&EndpointView::from(endpoint));
    }
    let summary = [
        ("Endpoint", endpoint.id.to_string()),
        ("URL", endpoint.url.clone()),
        ("Events", events(&endpoint)),
        ("Description", endpoint.description.clone()),
        ("State", state(&endpoint)),
        ("Added", endpoint.created_at.to_string()),
    ];
    let failing = endpoint.failing_since.map(|since| ("Failing", format!("since {since}")));
    let previous = endpoint.previous.map(|previous| ("Old secret", format!("signs until {}", previous.until)));
    say(&facts(summary.into_iter().chain(failing).chain(previous)))?;
    Ok(ExitCode::SUCCESS)
}

fn events(endpoint: &Endpoint) -> String {
    endpoint.events.iter().copied().map(Topic::name).collect::<Vec<_>>().join(",")
}

fn state(endpoint: &Endpoint) -> String {
    endpoint.disabled.map_or_else(|| "on".to_owned(), |reason: DisabledReason| format!("off ({})", reason.name()))
}

fn result(delivery: &Delivery) -> String {
    let status = delivery.status.map(|status| format!(" ({status})")).unwrap_or_default();
    format!("{}{status}", delivery.failure.map_or("delivered", |failure| failure.name()))
}

/// Prints the attempt. One that was not accepted is also a refusal.
fn test(delivery: Delivery, as_json: bool) -> Result<ExitCode, Failure> {
    if as_json {
        let code = if delivery.failure.is_none() { ExitCode::SUCCESS } else { ExitCode::from(super::failure::REFUSED) };
        print(&DeliveryView::from(delivery))?;
        return Ok(code);
    }
    say(&facts([
        ("Result", result(&delivery)),
        ("Duration", format!("{} ms", delivery.duration_ms)),
        ("Response", delivery.response.unwrap_or_default()),
    ]))?;
    let Some(failure) = delivery.failure else { return Ok(ExitCode::SUCCESS) };
    let status = delivery.status.map(|status| format!(" (status {status})")).unwrap_or_default();
    Err(Failure::refused(format!("the test event was not accepted: {}{status}", failure.description())))
}

fn print_secret(issued: &Idempotent<IssuedEndpoint>) -> Result<ExitCode, Failure> {
    let IssuedEndpoint { endpoint, .. } = &issued.value;
    print(&json!({ "id": endpoint.id, "secret": endpoint.secret.reveal() }))
}

fn print_endpoint(changed: Idempotent<IssuedEndpoint>) -> Result<ExitCode, Failure> {
    print(&EndpointView::from(changed.value.endpoint))
}

fn explain(error: EndpointError, id: EndpointId) -> Failure {
    match error {
        EndpointError::Unknown => Failure::refused(format!("no endpoint has the id {id}; see holdfast webhook list")),
        other => other.into(),
    }
}
