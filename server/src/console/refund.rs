//! The screen of one refund, and the steps that an operator takes.

use super::{ConfirmedForm, Fields, html, operation::context, redirect, response::flash};
use crate::{
    operators::SignedIn,
    problem::{Kind, Problem},
    state::AppState,
};
use app::admin::{
    layout::Flash,
    order::name_of,
    refund::{self as view, CarriedOut, RefundPage, RefusedStep, Step},
    refusal::{forbidden_char, refusal},
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Error,
    model::{ChangeReason, ChangeReasonError, Refund, RefundId, RefundReference, RefundStep, Refusal},
};
use http::{StatusCode, Uri};
use integrations::payments::SendNow;

/// `GET /admin/refunds/{id}`
pub async fn page(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let refund = find(&state, &id).await?;
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    render(&state, &signed_in, StatusCode::OK, refund, None, flash(query.get("done"))).await
}

/// `POST /admin/refunds/{id}/{step}`
pub async fn step(
    State(state): State<AppState>,
    Path((id, step)): Path<(String, String)>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let refund = find(&state, &id).await?;
    let step = Step::from_name(&step).ok_or_else(|| Problem::new(Kind::NotFound, "There is no such step."))?;
    let attempt = fields.get("attempt").parse();
    let attempt =
        attempt.map_err(|_| Problem::new(Kind::UnreadableForm, "Send the form as the console's page does."))?;
    let taken = match read(step, &fields) {
        Ok(Some(taken)) => taken,
        Ok(None) => return carry_out(&state, &signed_in, refund).await,
        Err(refused) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return render(&state, &signed_in, status, refund, Some(refused), None).await;
        }
    };
    let refused = match state.checkout.advance_refund(refund.id, attempt, taken, context(&signed_in, None)).await {
        Ok(_) => return Ok(redirect(&format!("{}?done=refund-{}", view::path(&refund), step.name()))),
        Err(Error::Refused(
            refused @ (Refusal::RefundState { .. } | Refusal::RefundTooLarge { .. } | Refusal::DisputeOpen),
        )) => format!("Nothing was changed. {}", refusal(&refused, refund.currency)),
        Err(error) => return Err(error.into()),
    };
    let refund = state.checkout.refund(refund.id).await?;
    render(&state, &signed_in, StatusCode::CONFLICT, refund, None, Some(Flash::error(refused))).await
}

/// Sends a refund to the payment provider.
async fn carry_out(state: &AppState, signed_in: &SignedIn, refund: Refund) -> Result<Response, Problem> {
    let done = match state.payments.send_now(&refund, context(signed_in, None)).await? {
        SendNow::Started => "refund-carry-out",
        SendNow::UnderWay => "refund-under-way",
        SendNow::NotPossible => {
            let text =
                "Nothing was changed. The payment provider cannot carry this refund out, or it is no longer due.";
            return render(state, signed_in, StatusCode::CONFLICT, refund, None, Some(Flash::error(text))).await;
        }
    };
    Ok(redirect(&format!("{}?done={done}", view::path(&refund))))
}

/// Returns the step that is taken in the engine; `None` for one that the payment provider takes.
fn read(step: Step, fields: &Fields) -> Result<Option<RefundStep>, RefusedStep> {
    let refused = |text: &str, error: &str| RefusedStep { step, text: text.to_owned(), error: error.to_owned() };
    let text = |field: &str| {
        let text = fields.get(field);
        let parsed = RefundReference::try_from(text.to_owned());
        parsed.map_err(|_| refused(text, "Enter 1 to 255 characters on one line."))
    };
    let taken = match step {
        Step::CarryOut => return Ok(None),
        Step::Done => RefundStep::DoneElsewhere { note: text("note")? },
        Step::Send => RefundStep::Send,
        Step::Succeed => {
            let is_given = !fields.get("provider_reference").trim().is_empty();
            let provider_reference = is_given.then(|| text("provider_reference")).transpose()?;
            RefundStep::Succeed { provider_reference }
        }
        Step::Fail => {
            let text = fields.get("failure");
            // A failure is plain text of the same length as a reason.
            let failure = ChangeReason::try_from(text.to_owned());
            let failure = failure.map_err(|error| match error {
                ChangeReasonError::Length => refused(text, "Enter 1 to 500 characters on one line."),
                ChangeReasonError::Character(found) => refused(text, &forbidden_char(found)),
            })?;
            RefundStep::Fail { failure: failure.into() }
        }
        Step::Retry => RefundStep::Retry,
    };
    Ok(Some(taken))
}

async fn find(state: &AppState, id: &str) -> Result<Refund, Problem> {
    let id: RefundId = id.parse().map_err(|_| Problem::new(Kind::NotFound, "There is no such refund."))?;
    Ok(state.checkout.refund(id).await?)
}

async fn render(
    state: &AppState,
    signed_in: &SignedIn,
    status: StatusCode,
    refund: Refund,
    refused: Option<RefusedStep>,
    flash: Option<Flash>,
) -> Result<Response, Problem> {
    let order = match refund.order_id {
        Some(id) => Some(state.checkout.order_of_any_owner(id).await?),
        None => None,
    };
    let order = order.map(|order| (order.id.to_string(), name_of(&order)));
    let carried_out = match (state.payments.carries_out(&refund).await?, state.payments.sends_refunds()) {
        (false, _) => None,
        (true, true) => Some(CarriedOut::ByItself),
        (true, false) => Some(CarriedOut::OnRequest),
    };
    let page = RefundPage { refund, order, now: state.checkout.now(), carried_out, refused };
    Ok(html(status, view::refund(signed_in.page_operator().await, page, flash)))
}
