//! The screen of the endpoints that receive the shop's webhooks.

use super::{ConfirmedForm, Fields, html, response::flash};
use crate::{
    endpoints::{Description, DescriptionError, EndpointError, Events, IssuedEndpoint},
    operators::{OperatorError, SignedIn},
    problem::{Kind, Problem, sentence},
    state::AppState,
};
use app::admin::{
    entered::Entered,
    layout::Flash,
    refusal::forbidden_char,
    webhooks::{self as view, DESCRIPTION_FIELD, EVENTS_FIELD, EndpointForm, NewSigningSecret, PATH, URL_FIELD},
};
use axum::{extract::State, response::Response};
use checkout::{
    Idempotent, OperationContext,
    model::{EndpointId, Topic},
    store::Endpoint,
};
use http::{StatusCode, Uri};
use std::collections::BTreeSet;
use uuid::Uuid;

/// `GET /admin/webhooks`
pub async fn page(State(state): State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let form = EndpointForm { key: new_key(&state), ..EndpointForm::default() };
    render(&state, &signed_in, StatusCode::OK, form, None, flash(query.get("done"))).await
}

/// `POST /admin/webhooks`
pub async fn add(
    State(state): State<AppState>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let (mut form, draft) = read(&fields);
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let Some((events, description)) = draft else {
        return render(&state, &signed_in, status, form, None, None).await;
    };
    let url = form.entered.get(URL_FIELD).trim().to_owned();
    match state.endpoints.add(&url, events, description, context(&signed_in, &fields, PATH)).await {
        Ok(Idempotent { value: IssuedEndpoint { endpoint, is_secret_new: true }, .. }) => {
            let form = EndpointForm { key: new_key(&state), ..EndpointForm::default() };
            render(&state, &signed_in, StatusCode::OK, form, Some(secret_of(&endpoint)), None).await
        }
        Ok(_) => {
            let text =
                "Nothing was added: this form was sent before. A secret is shown only once. If you lost it, rotate it.";
            render(&state, &signed_in, StatusCode::CONFLICT, form, None, Some(Flash::error(text))).await
        }
        Err(EndpointError::Url(error)) => {
            form.entered.refuse(URL_FIELD, sentence(&error.to_string()));
            render(&state, &signed_in, status, form, None, None).await
        }
        Err(error) => {
            let refused = Flash::error(refusal(error)?);
            render(&state, &signed_in, StatusCode::CONFLICT, form, None, Some(refused)).await
        }
    }
}

/// Reads the parts of an endpoint. Those that are wrong get a message beside their field.
pub(super) fn read(fields: &Fields) -> (EndpointForm, Option<(Events, Description)>) {
    let mut entered = Entered::default();
    for name in [URL_FIELD, DESCRIPTION_FIELD] {
        entered.set(name, fields.get(name));
    }
    let chosen = Topic::WEBHOOKS.into_iter().filter(|topic| !fields.get(topic.name()).is_empty());
    let events: BTreeSet<Topic> = chosen.collect();
    let description = entered.parse(DESCRIPTION_FIELD, |text| {
        text.parse::<Description>().map_err(|error| match error {
            DescriptionError::Length => "Use at most 200 characters.".to_owned(),
            DescriptionError::Character(found) => forbidden_char(found),
        })
    });
    let parsed = Events::of(events.clone());
    if parsed.is_err() {
        entered.refuse(EVENTS_FIELD, "Choose at least one event.");
    }
    let form = EndpointForm { key: fields.get("key").to_owned(), entered, events };
    (form, parsed.ok().zip(description))
}

pub(super) fn context(signed_in: &SignedIn, fields: &Fields, path: &str) -> OperationContext {
    OperationContext { by: signed_in.actor(), reason: None, idempotency: fields.idempotency(path) }
}

pub(super) fn new_key(state: &AppState) -> String {
    state.ids.generate::<Uuid>().to_string()
}

pub(super) fn secret_of(endpoint: &Endpoint) -> NewSigningSecret {
    NewSigningSecret { id: endpoint.id, secret: endpoint.secret.reveal().to_owned() }
}

pub(super) fn parse(id: &str) -> Result<EndpointId, Problem> {
    id.parse().map_err(|_| not_found())
}

pub(super) fn not_found() -> Problem {
    Problem::new(Kind::NotFound, "There is no such endpoint.")
}

/// Returns why nothing was done, where that can be shown on the page.
pub(super) fn refusal(error: EndpointError) -> Result<String, Problem> {
    match error {
        EndpointError::TooMany
        | EndpointError::BodyGone
        | EndpointError::TestDelivery
        | EndpointError::UnknownDelivery => Ok(sentence(&error.to_string())),
        EndpointError::Changed => {
            Ok("Nothing was changed: somebody changed the endpoint meanwhile. Compare your entries, and save again."
                .to_owned())
        }
        EndpointError::KeyReused => Ok("Nothing was changed: this form was used before. Try again.".to_owned()),
        other => Err(fail(other)),
    }
}

pub(super) fn fail(error: EndpointError) -> Problem {
    match error {
        EndpointError::Unknown => not_found(),
        EndpointError::Store(error) => super::response::fail(OperatorError::Store(error)),
        EndpointError::KeyReused | EndpointError::Changed => {
            Problem::new(Kind::UnreadableForm, "This form was used before. Open the page again.")
        }
        other => Problem::internal_error(&other.to_string()),
    }
}

pub(super) async fn render(
    state: &AppState,
    signed_in: &SignedIn,
    status: StatusCode,
    form: EndpointForm,
    secret: Option<NewSigningSecret>,
    flash: Option<Flash>,
) -> Result<Response, Problem> {
    let all = state.endpoints.all().await.map_err(fail)?;
    Ok(html(status, view::webhooks(signed_in.page_operator().await, &all, form, secret, flash)))
}
