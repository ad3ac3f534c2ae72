//! The screen of API clients.

use super::{ConfirmedForm, Fields, html, redirect, response::flash};
use crate::{
    clients::{ClientContext, ClientError, ClientName, ClientNameError, IssuedClient},
    operators::{OperatorError, SignedIn},
    problem::{Kind, Problem},
    state::AppState,
};
use app::admin::{
    clients::{self as view, ClientForm, ClientsPage, NewSecret, RefusedScopes},
    layout::Flash,
    refusal::forbidden_char,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Idempotent,
    model::{Scope, ScopeSet},
};
use http::{StatusCode, Uri};
use uuid::Uuid;

const PATH: &str = "/admin/clients";

/// `GET /admin/clients`
pub async fn page(State(state): State<AppState>, signed_in: SignedIn, uri: Uri) -> Result<Response, Problem> {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let shown = Shown { flash: flash(query.get("done")), ..Shown::default() };
    render(&state, &signed_in, shown).await
}

/// `POST /admin/clients`
pub async fn add(
    State(state): State<AppState>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let mut form = ClientForm {
        key: fields.get("key").to_owned(),
        name: fields.get("name").to_owned(),
        scopes: chosen_scopes(&fields),
        name_error: None,
        scopes_error: None,
    };
    let name = form.name.parse::<ClientName>();
    form.name_error = name.as_ref().err().copied().map(name_error);
    form.scopes_error = form.scopes.is_empty().then(|| "Choose at least one scope.".to_owned());
    let (Ok(name), None) = (name, &form.scopes_error) else {
        let shown = Shown { status: StatusCode::UNPROCESSABLE_ENTITY, form: Some(form), ..Shown::default() };
        return render(&state, &signed_in, shown).await;
    };
    let context = ClientContext { idempotency: fields.idempotency(PATH), ..signed_in.actor().into() };
    let added = state.clients.add(name, form.scopes, context).await;
    finish(&state, &signed_in, added, "Nothing was added: this form was sent before.").await
}

/// `POST /admin/clients/{id}/scopes`
pub async fn set_scopes(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let (id, chosen) = (parse(&id)?, chosen_scopes(&fields));
    // No client has no scope: a form without the scopes that the operator saw is refused as stale.
    let seen = fields.get("seen").parse().unwrap_or(ScopeSet::EMPTY);
    let idempotency = fields.idempotency(&format!("{PATH}/{id}/scopes"));
    let context = ClientContext { idempotency, ..signed_in.actor().into() };
    let (status, why) = match state.clients.set_scopes(id, Some(seen), chosen, context).await {
        Ok(_) => return Ok(redirect(&format!("{PATH}?done=client-scopes"))),
        Err(ClientError::NoScope) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "choose at least one scope, or revoke the client.")
        }
        Err(ClientError::Changed) => (
            StatusCode::CONFLICT,
            "somebody changed the scopes meanwhile. Compare your choice with the list, and save it again.",
        ),
        Err(ClientError::Revoked) => (StatusCode::CONFLICT, "the client is revoked."),
        Err(ClientError::KeyReused) => (StatusCode::CONFLICT, "this form was used before. Try again."),
        Err(error) => return Err(fail(error)),
    };
    let flash = Some(Flash::error(format!("Nothing was changed: {why}")));
    let refused = Some(RefusedScopes { id, chosen });
    render(&state, &signed_in, Shown { status, refused, flash, ..Shown::default() }).await
}

/// Returns the scopes whose boxes are checked.
fn chosen_scopes(fields: &Fields) -> ScopeSet {
    Scope::ALL.into_iter().filter(|scope| !fields.get(scope.name()).is_empty()).collect()
}

/// `POST /admin/clients/{id}/rotate`
pub async fn rotate(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let idempotency = fields.idempotency(&format!("{PATH}/{id}/rotate"));
    let context = ClientContext { idempotency, ..signed_in.actor().into() };
    let rotated = state.clients.rotate(id, context).await;
    finish(&state, &signed_in, rotated, "Nothing was changed: this form was sent before.").await
}

/// `POST /admin/clients/{id}/revoke`
pub async fn revoke(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, .. }: ConfirmedForm,
) -> Result<Response, Problem> {
    match state.clients.revoke(parse(&id)?, signed_in.actor()).await {
        Ok(_) => Ok(redirect(&format!("{PATH}?done=client-revoked"))),
        Err(error) => Err(fail(error)),
    }
}

/// Returns why a name is refused, for people.
fn name_error(error: ClientNameError) -> String {
    match error {
        ClientNameError::Length => "Use 1 to 200 characters.".to_owned(),
        ClientNameError::Character(found) => forbidden_char(found),
        ClientNameError::LikeAnActor => {
            "This name looks like an operator or like Holdfast itself. Choose one without @.".to_owned()
        }
    }
}

fn parse(id: &str) -> Result<Uuid, Problem> {
    id.parse().map_err(|_| Problem::new(Kind::NotFound, "There is no such client."))
}

/// Shows a secret that was just generated, or why there is none.
async fn finish(
    state: &AppState,
    signed_in: &SignedIn,
    issued: Result<Idempotent<IssuedClient>, ClientError>,
    repeated: &str,
) -> Result<Response, Problem> {
    let refused =
        |text: String| Shown { status: StatusCode::CONFLICT, flash: Some(Flash::error(text)), ..Shown::default() };
    let shown = match issued {
        Ok(Idempotent { value: IssuedClient { client, secret: Some(secret) }, .. }) => {
            let secret = Some(NewSecret { name: client.name, id: client.id, secret });
            Shown { secret, ..Shown::default() }
        }
        Ok(_) => refused(format!("{repeated} A secret is shown only once. If you lost it, rotate it.")),
        Err(ClientError::KeyReused) => refused("Nothing was changed: this form was used before. Try again.".to_owned()),
        Err(ClientError::Revoked) => refused("Nothing was changed: the client is revoked.".to_owned()),
        Err(error) => return Err(fail(error)),
    };
    render(state, signed_in, shown).await
}

fn fail(error: ClientError) -> Problem {
    match error {
        ClientError::Unknown => Problem::new(Kind::NotFound, "There is no such client."),
        ClientError::Hashing(error) => super::response::fail(error.into()),
        ClientError::Store(error) => super::response::fail(OperatorError::Store(error)),
        other => Problem::internal_error(&other.to_string()),
    }
}

/// The parts of the page besides the list.
struct Shown {
    status: StatusCode,
    form: Option<ClientForm>,
    refused: Option<RefusedScopes>,
    secret: Option<NewSecret>,
    flash: Option<Flash>,
}

impl Default for Shown {
    fn default() -> Self {
        Self { status: StatusCode::OK, form: None, refused: None, secret: None, flash: None }
    }
}

async fn render(state: &AppState, signed_in: &SignedIn, shown: Shown) -> Result<Response, Problem> {
    let Shown { status, form, refused, secret, flash } = shown;
    let all = state.clients.all().await.map_err(fail)?;
    let new_key = || state.ids.generate::<Uuid>().to_string();
    let form =
        form.unwrap_or_else(|| ClientForm { key: new_key(), scopes: ScopeSet::CHECKOUT, ..ClientForm::default() });
    let page = ClientsPage { form, refused, secret, flash };
    Ok(html(status, view::clients(signed_in.page_operator().await, &all, new_key, page)))
}
