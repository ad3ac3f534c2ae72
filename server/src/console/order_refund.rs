//! Refunds of an order by an operator.

use super::{
    ConfirmedForm, Fields,
    operation::{REASON_ERROR, context},
    order::{Shown, find},
    redirect,
};
use crate::{problem::Problem, state::AppState};
use app::admin::{labels::money, order::path_of, order_refund::RefundForm};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Error, IssueRefund, Restock,
    model::{ChangeReason, Money, Order, RefundId, Refusal},
};
use http::StatusCode;

/// `POST /admin/orders/{id}/refunds`
pub async fn issue(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let order = find(&state, &id).await?;
    let (form, request) = read(&fields, &order, state.checkout.new_refund_id());
    let (status, form) = match request {
        None => (StatusCode::UNPROCESSABLE_ENTITY, form),
        Some((refund, reason)) => match state.checkout.issue_refund(refund, context(&signed_in, Some(reason))).await {
            Ok(_) => return Ok(redirect(&format!("{}?done=refund-issued", path_of(order.id)))),
            Err(Error::Refused(refusal)) => refused(form, refusal, order.amount, state.checkout.new_refund_id())?,
            Err(error) => return Err(error.into()),
        },
    };
    let order = state.checkout.order_of_any_owner(order.id).await?;
    Shown { status, refund: Some(form), ..Shown::default() }.render(&state, &signed_in, order).await
}

/// Reads the form. Returns it with its errors, and the refund if it has none. `new_id` replaces an id that is not ours.
fn read(fields: &Fields, order: &Order, new_id: RefundId) -> (RefundForm, Option<(IssueRefund, ChangeReason)>) {
    let text = |name: &str| fields.get(name).trim().to_owned();
    let id = fields.get("id").parse().ok().filter(|id: &RefundId| id.0.get_version_num() == 7);
    let mut form = RefundForm {
        amount: Some(text("amount")),
        restock: text("restock"),
        units: text("units"),
        reason: text("reason"),
        ..RefundForm::new(id.unwrap_or(new_id))
    };
    let amount = Money::parse(&text("amount"), order.amount.currency);
    let restock = match &*form.restock {
        "none" => Some(Restock::None),
        "all" => Some(Restock::All),
        "some" => form.units.parse().ok().filter(|units| *units > 0).map(Restock::Units),
        _ => None,
    };
    let reason = ChangeReason::try_from(form.reason.clone());
    form.error = id.is_none().then(|| "This form could not be read. Check it and send it again.".to_owned());
    form.amount_error = amount.is_err().then(|| {
        let example = Money { minor: 1999, currency: order.amount.currency };
        format!("Enter an amount such as {}.", example.decimal())
    });
    form.restock_error = restock.is_none().then(|| match &*form.restock {
        "some" => "Enter a number of units, from 1.".to_owned(),
        _ => "Choose what goes back on sale.".to_owned(),
    });
    form.reason_error = reason.is_err().then(|| REASON_ERROR.to_owned());
    let request = match (id, amount, restock, reason) {
        (Some(id), Ok(amount), Some(restock), Ok(reason)) => {
            Some((IssueRefund { id, order: order.id, amount: Some(amount.minor), restock }, reason))
        }
        _ => None,
    };
    (form, request)
}

/// Returns the form with the refusal beside its field. Only the refusals of refunds belong to a field.
fn refused(
    form: RefundForm,
    refusal: Refusal,
    amount: Money,
    new_id: RefundId,
) -> Result<(StatusCode, RefundForm), Problem> {
    let error = |text: &str| Some(text.to_owned());
    Ok(match refusal {
        Refusal::RefundTooLarge { left: 0 } => {
            let amount_error = error("Nothing is left to refund.");
            (StatusCode::UNPROCESSABLE_ENTITY, RefundForm { amount_error, ..form })
        }
        Refusal::RefundTooLarge { left } => {
            let left = money(Money { minor: left, ..amount });
            let amount_error =
                Some(format!("Enter an amount above zero, and at most {left}, which is left to refund."));
            (StatusCode::UNPROCESSABLE_ENTITY, RefundForm { amount_error, ..form })
        }
        Refusal::AlreadyRestocked { left } => {
            let restock_error = match left {
                0 => error("All units of this order are on sale again already."),
                1 => error("Only one unit is left to put back on sale."),
                left => Some(format!("Only {left} units are left to put back on sale.")),
            };
            (StatusCode::CONFLICT, RefundForm { restock_error, ..form })
        }
        Refusal::OrderNotPaid => (
            StatusCode::CONFLICT,
            RefundForm { error: error("The order is not paid, so there is nothing to refund."), ..form },
        ),
        Refusal::DisputeOpen => {
            let text = "The shopper disputes this payment at their bank. Refund it once the dispute is closed: until \
                        then, the money might go back twice.";
            (StatusCode::CONFLICT, RefundForm { error: error(text), ..form })
        }
        Refusal::KeyReused => {
            let text = "This form was used for another refund, so nothing was changed. Check it and send it again.";
            (StatusCode::CONFLICT, RefundForm { id: new_id, error: error(text), ..form })
        }
        other => return Err(other.into()),
    })
}
