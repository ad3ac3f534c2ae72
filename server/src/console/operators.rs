//! The screen of operators.

use super::{ConfirmedForm, Fields, flash, html, redirect, response::fail};
use crate::{
    config::Settings,
    operators::{NewLink, OperatorError, OperatorService, SignedIn},
    problem::{Kind, Problem},
};
use app::admin::{
    layout::Flash,
    operators::{self as view, Invitation},
    refusal::forbidden_char,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::store::operators::{EmailAddress, OperatorId, Role};
use http::{HeaderMap, StatusCode, Uri, header};
use std::sync::Arc;
use uuid::Uuid;

const PATH: &str = "/admin/operators";

/// `GET /admin/operators`
pub async fn page(State(service): State<OperatorService>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    render(&service, &signed_in, StatusCode::OK, Invitation::default(), None, flash(query.get("done"))).await
}

async fn render(
    service: &OperatorService,
    signed_in: &SignedIn,
    status: StatusCode,
    invitation: Invitation,
    link: Option<view::NewLink>,
    flash: Option<Flash>,
) -> Result<Response, Problem> {
    let all = service.all().await.map_err(fail)?;
    Ok(html(status, view::operators(signed_in.page_operator().await, &all, invitation, link, flash)))
}

/// Returns the link with the public address, or with the one that the browser uses.
fn shown(link: &NewLink, settings: &Settings, headers: &HeaderMap) -> view::NewLink {
    let base = settings.common.public_url.clone().unwrap_or_else(|| {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let is_production = settings.common.env == crate::config::Environment::Production;
        format!("{}://{host}", if is_production { "https" } else { "http" })
    });
    view::NewLink { email: link.operator.email.to_string(), url: format!("{base}{}", link.path()), hours: link.hours() }
}

/// `POST /admin/operators`
pub async fn invite(
    State(service): State<OperatorService>,
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let mut invitation = Invitation {
        email: fields.get("email").to_owned(),
        name: fields.get("name").to_owned(),
        role: fields.get("role").to_owned(),
        ..Invitation::default()
    };
    let email: Result<EmailAddress, _> = invitation.email.parse();
    let role: Result<Role, _> = invitation.role.parse();
    let (Ok(email), Ok(role)) = (email, role) else {
        invitation.email_error = Some("Enter an e-mail address, such as ada@example.com.".to_owned());
        return render(&service, &signed_in, StatusCode::UNPROCESSABLE_ENTITY, invitation, None, None).await;
    };
    match service.invite(&signed_in.actor(), email, &invitation.name, role).await {
        Ok(link) => {
            let link = shown(&link, &settings, &headers);
            render(&service, &signed_in, StatusCode::OK, Invitation::default(), Some(link), None).await
        }
        Err(OperatorError::EmailTaken) => {
            invitation.email_error = Some("An operator with this e-mail address exists.".to_owned());
            render(&service, &signed_in, StatusCode::CONFLICT, invitation, None, None).await
        }
        Err(OperatorError::InvalidName) => {
            invitation.name_error = Some("Use at most 100 characters.".to_owned());
            render(&service, &signed_in, StatusCode::UNPROCESSABLE_ENTITY, invitation, None, None).await
        }
        Err(OperatorError::NameCharacter(found)) => {
            invitation.name_error = Some(forbidden_char(found));
            render(&service, &signed_in, StatusCode::UNPROCESSABLE_ENTITY, invitation, None, None).await
        }
        Err(error) => Err(fail(error)),
    }
}

/// `POST /admin/operators/{id}/reset`
pub async fn reset(
    State(service): State<OperatorService>,
    State(settings): State<Arc<Settings>>,
    (Path(id), headers): (Path<String>, HeaderMap),
    ConfirmedForm { signed_in, .. }: ConfirmedForm,
) -> Result<Response, Problem> {
    let link = service.reset(&signed_in.actor(), parse(&id)?).await.map_err(fail)?;
    let link = shown(&link, &settings, &headers);
    render(&service, &signed_in, StatusCode::OK, Invitation::default(), Some(link), None).await
}

/// `POST /admin/operators/{id}/role`
pub async fn set_role(
    State(service): State<OperatorService>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let (Ok(expected), Ok(role)) = (fields.get("expected").parse(), fields.get("role").parse()) else {
        let flash = Flash::error("Choose one of the roles.");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return render(&service, &signed_in, status, Invitation::default(), None, Some(flash)).await;
    };
    let changed = service.set_role(&signed_in.actor(), parse(&id)?, expected, role).await;
    finish(&service, &signed_in, changed, "role").await
}

/// `POST /admin/operators/{id}/disable`
pub async fn disable(
    State(service): State<OperatorService>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, .. }: ConfirmedForm,
) -> Result<Response, Problem> {
    let changed = service.disable(&signed_in.actor(), parse(&id)?).await;
    finish(&service, &signed_in, changed, "disabled").await
}

/// `POST /admin/operators/{id}/enable`
pub async fn enable(
    State(service): State<OperatorService>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, .. }: ConfirmedForm,
) -> Result<Response, Problem> {
    let changed = service.enable(&signed_in.actor(), parse(&id)?).await;
    finish(&service, &signed_in, changed, "enabled").await
}

/// `POST /admin/operators/{id}/end-sessions`
pub async fn end_sessions(
    State(service): State<OperatorService>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, .. }: ConfirmedForm,
) -> Result<Response, Problem> {
    let changed = service.end_sessions_of(&signed_in.actor(), parse(&id)?).await;
    finish(&service, &signed_in, changed, "ended").await
}

fn parse(id: &str) -> Result<OperatorId, Problem> {
    let id: Result<Uuid, _> = id.parse();
    id.map(OperatorId).map_err(|_| Problem::new(Kind::NotFound, "There is no such operator."))
}

/// Shows the operators again, with the change that was made or the reason why it was refused.
async fn finish(
    service: &OperatorService,
    signed_in: &SignedIn,
    changed: Result<(), OperatorError>,
    done: &str,
) -> Result<Response, Problem> {
    let text = match changed {
        Ok(()) => return Ok(redirect(&format!("{PATH}?done={done}"))),
        Err(OperatorError::OwnAccount) => "You cannot change your own role or disable yourself.",
        Err(OperatorError::Conflict) => {
            "Nothing was changed: somebody else changed this operator meanwhile, or no active administrator would be left."
        }
        Err(error) => return Err(fail(error)),
    };
    render(service, signed_in, StatusCode::CONFLICT, Invitation::default(), None, Some(Flash::error(text))).await
}
