//! The screen of one endpoint of webhooks.

use super::{
    ConfirmedForm, Fields, html, redirect,
    response::flash,
    webhooks::{context, fail, new_key, not_found, parse, read, refusal, render, secret_of},
};
use crate::{
    endpoints::{Edit, EndpointError, IssuedEndpoint},
    operators::SignedIn,
    problem::{Problem, sentence},
    state::AppState,
};
use app::admin::{
    confirm::ReasonField,
    entered::Entered,
    layout::Flash,
    webhook::{self as view, EndpointPage},
    webhooks::{DESCRIPTION_FIELD, EndpointForm, NewSigningSecret, PATH, URL_FIELD, path_of},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Idempotent, OperationContext,
    model::{DeliveryId, EndpointId},
    store::{
        DeliveryFilter, Endpoint,
        listings::{Direction, PageRequest},
    },
};
use http::{StatusCode, Uri};
use uuid::Uuid;

/// Number of attempts on a page.
const PAGE_SIZE: u32 = 50;

/// `GET /admin/webhooks/{id}`
pub async fn page(
    State(state): State<AppState>,
    Path(id): Path<String>,
    signed_in: SignedIn,
    uri: Uri,
) -> Result<Response, Problem> {
    let endpoint = state.endpoints.find(parse(&id)?).await.map_err(fail)?;
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let shown = Shown { flash: flash(query.get("done")), ..Shown::of(&state, endpoint) };
    let after = query.get("after").parse().ok();
    render_one(&state, &signed_in, shown, query.get("state") == "failed", after).await
}

/// `POST /admin/webhooks/{id}/edit`
pub async fn edit(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let (mut form, draft) = read(&fields);
    let endpoint = state.endpoints.find(id).await.map_err(fail)?;
    let shown = Shown { status: StatusCode::UNPROCESSABLE_ENTITY, ..Shown::of(&state, endpoint) };
    let Some((events, description)) = draft else {
        return render_one(&state, &signed_in, Shown { form, ..shown }, false, None).await;
    };
    let edit = Edit {
        // A form without the version that the operator saw is refused as stale.
        seen: Some(fields.get("seen").parse().unwrap_or(0)),
        url: Some(form.entered.get(URL_FIELD).trim().to_owned()),
        events: Some(events),
        description: Some(description),
    };
    let context = context(&signed_in, &fields, &format!("{}/edit", path_of(id)));
    match state.endpoints.edit(id, edit, context).await {
        Ok(_) => Ok(redirect(&format!("{}?done=endpoint-edited", path_of(id)))),
        Err(EndpointError::Url(error)) => {
            form.entered.refuse(URL_FIELD, sentence(&error.to_string()));
            render_one(&state, &signed_in, Shown { form, ..shown }, false, None).await
        }
        Err(error) => {
            let flash = Some(Flash::error(refusal(error)?));
            let shown = Shown { status: StatusCode::CONFLICT, form, flash, ..shown };
            render_one(&state, &signed_in, shown, false, None).await
        }
    }
}

/// `POST /admin/webhooks/{id}/enable`
pub async fn enable(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let context = match with_reason(&signed_in, &fields, id, "enable") {
        Ok(context) => context,
        Err(text) => return refuse(&state, &signed_in, id, text).await,
    };
    state.endpoints.enable(id, context).await.map_err(fail)?;
    Ok(redirect(&format!("{}?done=endpoint-enabled", path_of(id))))
}

/// `POST /admin/webhooks/{id}/disable`
pub async fn disable(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let context = match with_reason(&signed_in, &fields, id, "disable") {
        Ok(context) => context,
        Err(text) => return refuse(&state, &signed_in, id, text).await,
    };
    state.endpoints.disable(id, context).await.map_err(fail)?;
    Ok(redirect(&format!("{}?done=endpoint-disabled", path_of(id))))
}

/// `POST /admin/webhooks/{id}/rotate`
pub async fn rotate(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let context = context(&signed_in, &fields, &format!("{}/rotate", path_of(id)));
    let shown = match state.endpoints.rotate(id, context).await {
        Ok(Idempotent { value: IssuedEndpoint { endpoint, is_secret_new: true }, .. }) => {
            Shown { secret: Some(secret_of(&endpoint)), ..Shown::of(&state, endpoint) }
        }
        Ok(Idempotent { value: IssuedEndpoint { endpoint, .. }, .. }) => {
            let text = "Nothing was changed: this form was sent before. A secret is shown only once. If you lost it, rotate it.";
            Shown { status: StatusCode::CONFLICT, flash: Some(Flash::error(text)), ..Shown::of(&state, endpoint) }
        }
        Err(error) => {
            let text = refusal(error)?;
            let endpoint = state.endpoints.find(id).await.map_err(fail)?;
            Shown { status: StatusCode::CONFLICT, flash: Some(Flash::error(text)), ..Shown::of(&state, endpoint) }
        }
    };
    render_one(&state, &signed_in, shown, false, None).await
}

/// `POST /admin/webhooks/{id}/remove`
pub async fn remove(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let context = match with_reason(&signed_in, &fields, id, "remove") {
        Ok(context) => context,
        Err(text) => return refuse(&state, &signed_in, id, text).await,
    };
    state.endpoints.remove(id, context).await.map_err(fail)?;
    Ok(redirect(&format!("{PATH}?done=endpoint-removed")))
}

/// `POST /admin/webhooks/{id}/test`
pub async fn test(
    State(state): State<AppState>,
    Path(id): Path<String>,
    signed_in: SignedIn,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    let delivery = state.endpoints.test(id).await.map_err(fail)?;
    let status = delivery.status.map(|status| format!(" (status {status})")).unwrap_or_default();
    let flash = match delivery.failure {
        None => Flash::done(format!("The endpoint accepted the test event{status}.")),
        Some(failure) => Flash::error(format!("The test event was not accepted: {}{status}.", failure.description())),
    };
    let endpoint = state.endpoints.find(id).await.map_err(fail)?;
    let shown = Shown { flash: Some(flash), ..Shown::of(&state, endpoint) };
    render_one(&state, &signed_in, shown, false, None).await
}

/// `POST /admin/webhooks/deliveries/{id}/redeliver`
pub async fn redeliver(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let id: DeliveryId = id.parse().map_err(|_| not_found())?;
    let context = context(&signed_in, &fields, &format!("{PATH}/deliveries/{id}/redeliver"));
    match state.endpoints.redeliver(id, context).await {
        Ok(delivery) => Ok(redirect(&format!("{}?done=webhook-redelivered", path_of(delivery.endpoint)))),
        Err(error) => {
            let form = EndpointForm { key: new_key(&state), ..EndpointForm::default() };
            let refused = Flash::error(refusal(error)?);
            render(&state, &signed_in, StatusCode::CONFLICT, form, None, Some(refused)).await
        }
    }
}

/// Reads the reason of a change. Returns why it is refused.
fn with_reason(
    signed_in: &SignedIn,
    fields: &Fields,
    id: EndpointId,
    action: &str,
) -> Result<OperationContext, String> {
    let mut entered = Entered::default();
    let reason = fields.reason(&mut entered, false);
    match entered.error(ReasonField::NAME) {
        None => Ok(OperationContext { reason, ..context(signed_in, fields, &format!("{}/{action}", path_of(id))) }),
        Some(error) => Err(format!("Nothing was changed. Reason: {error}")),
    }
}

/// Shows the endpoint again, with the reason why a form was refused.
async fn refuse(state: &AppState, signed_in: &SignedIn, id: EndpointId, text: String) -> Result<Response, Problem> {
    let endpoint = state.endpoints.find(id).await.map_err(fail)?;
    let flash = Some(Flash::error(text));
    let shown = Shown { status: StatusCode::UNPROCESSABLE_ENTITY, flash, ..Shown::of(state, endpoint) };
    render_one(state, signed_in, shown, false, None).await
}

/// The parts of an endpoint's page besides its attempts.
struct Shown {
    status: StatusCode,
    endpoint: Endpoint,
    form: EndpointForm,
    secret: Option<NewSigningSecret>,
    flash: Option<Flash>,
}

impl Shown {
    /// The page of an endpoint as it is.
    fn of(state: &AppState, endpoint: Endpoint) -> Self {
        let mut entered = Entered::default();
        entered.set(URL_FIELD, endpoint.url.as_str());
        entered.set(DESCRIPTION_FIELD, endpoint.description.as_str());
        let form = EndpointForm { key: new_key(state), entered, events: endpoint.events.clone() };
        Self { status: StatusCode::OK, endpoint, form, secret: None, flash: None }
    }
}

async fn render_one(
    state: &AppState,
    signed_in: &SignedIn,
    shown: Shown,
    only_failed: bool,
    after: Option<Uuid>,
) -> Result<Response, Problem> {
    let Shown { status, endpoint, form, secret, flash } = shown;
    let filter = DeliveryFilter { endpoint: Some(endpoint.id), failed: only_failed.then_some(true) };
    let page = PageRequest { after, direction: Direction::NewestFirst, limit: PAGE_SIZE };
    let deliveries = state.endpoints.deliveries(filter, page).await.map_err(fail)?;
    let keys = deliveries.items.iter().map(|_| new_key(state)).collect();
    let rotate_key = new_key(state);
    let page = EndpointPage { endpoint, form, rotate_key, deliveries, only_failed, keys, secret };
    Ok(html(status, view::webhook(signed_in.page_operator().await, page, flash)))
}
