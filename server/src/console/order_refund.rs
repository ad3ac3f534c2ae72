//! Refunds of an order by an operator.

use super::{
    ConfirmedForm, Fields,
    operation::context,
    order::{Shown, find},
    redirect,
};
use crate::{problem::Problem, state::AppState};
use app::admin::{confirm::ReasonField, entered::Entered, order::path_of, order_refund::RefundForm, refusal::refusal};
use axum::{
    extract::{Path, State},
    response::Response,
};
use checkout::{
    Error, IssueRefund, Restock,
    model::{ChangeReason, Currency, Money, Order, RefundId, Refusal, Timestamp},
};
use http::StatusCode;
use std::time::Duration;

/// Age up to which the id in a form is accepted. Lists sort refunds of one moment by their ids, so an id must tell about
/// when the refund was issued.
const MAX_ID_AGE: Duration = Duration::from_hours(24);
/// Time by which the id in a form may be ahead of the clock: another server may have rendered the form.
const MAX_ID_AHEAD: Duration = Duration::from_mins(5);

/// `POST /admin/orders/{id}/refunds`
pub async fn issue(
    State(state): State<AppState>,
    Path(id): Path<String>,
    ConfirmedForm { signed_in, fields }: ConfirmedForm,
) -> Result<Response, Problem> {
    let order = find(&state, &id).await?;
    let new_id = state.checkout.new_refund_id();
    let (form, request) = read(&fields, &order, new_id, state.checkout.now());
    let (status, form) = match request {
        None => (StatusCode::UNPROCESSABLE_ENTITY, form),
        Some((refund, reason)) => match state.checkout.issue_refund(refund, context(&signed_in, Some(reason))).await {
            Ok(_) => return Ok(redirect(&format!("{}?done=refund-issued", path_of(order.id)))),
            Err(Error::Refused(refusal)) => {
                refused(form, refusal, order.amount.currency, state.checkout.new_refund_id())?
            }
            Err(error) => return Err(error.into()),
        },
    };
    let order = state.checkout.order_of_any_owner(order.id).await?;
    Shown { status, refund: Some(form), ..Shown::default() }.render(&state, &signed_in, order).await
}

/// Reads the id of a form, which is that of a refund once it is issued.
///
/// # Errors
///
/// The id is none that this shop made between [`MAX_ID_AGE`] before and [`MAX_ID_AHEAD`] after `now`. The text is for the
/// operator.
fn read_id(text: &str, now: Timestamp) -> Result<RefundId, &'static str> {
    let id = text.parse().ok().filter(|id: &RefundId| id.0.get_version_num() == 7);
    let id = id.ok_or("This form could not be read. Check it and send it again.")?;
    // The first 48 bits of a UUIDv7 are the milliseconds since the epoch.
    let made_at = i64::try_from(id.0.as_u128() >> 80).map_or(now, Timestamp::from_millis);
    if made_at.until(now) > MAX_ID_AGE {
        return Err("This form is more than a day old. If the refund is not listed on this page, send the form again.");
    }
    if now.until(made_at) > MAX_ID_AHEAD {
        return Err("This form is from the future: the servers’ clocks differ. Check it and send it again.");
    }
    Ok(id)
}

/// Reads the form. Returns it with its errors, and the refund if it has none. `new_id` replaces an id that is refused.
fn read(
    fields: &Fields,
    order: &Order,
    new_id: RefundId,
    now: Timestamp,
) -> (RefundForm, Option<(IssueRefund, ChangeReason)>) {
    let text = |name: &str| fields.get(name).trim().to_owned();
    let id = read_id(fields.get("id"), now);
    let mut entered = Entered::default();
    let reason = fields.reason(&mut entered, true);
    let mut form = RefundForm {
        amount: Some(text("amount")),
        restock: text("restock"),
        units: text("units"),
        reason: ReasonField::entered(&entered),
        ..RefundForm::new(id.unwrap_or(new_id))
    };
    let amount = Money::parse(&text("amount"), order.amount.currency);
    let is_too_small = amount.as_ref().is_ok_and(|amount| amount.minor < 1) || text("amount").starts_with('-');
    let restock = match &*form.restock {
        "none" => Some(Restock::None),
        "all" => Some(Restock::All),
        "some" => form.units.parse().ok().filter(|units| *units > 0).map(Restock::Units),
        _ => None,
    };
    form.error = id.err().map(str::to_owned);
    form.amount_error = (amount.is_err() || is_too_small).then(|| {
        let least = Money { minor: 1, currency: order.amount.currency };
        if is_too_small {
            return format!("Enter at least {}.", least.decimal());
        }
        let example = Money { minor: 1999, currency: order.amount.currency };
        format!("Enter an amount such as {}.", example.decimal())
    });
    form.restock_error = restock.is_none().then(|| match &*form.restock {
        "some" => "Enter a number of units, from 1.".to_owned(),
        _ => "Choose what goes back on sale.".to_owned(),
    });
    let request = match (id, amount, restock, reason) {
        (Ok(id), Ok(amount), Some(restock), Some(reason)) if !is_too_small => {
            Some((IssueRefund { id, order: order.id, amount: Some(amount.minor), restock }, reason))
        }
        _ => None,
    };
    (form, request)
}

/// Returns the form with the refusal beside its field. `new_id` replaces an id that was used for another refund.
fn refused(
    form: RefundForm,
    refused: Refusal,
    currency: Currency,
    new_id: RefundId,
) -> Result<(StatusCode, RefundForm), Problem> {
    let error = Some(refusal(&refused, Some(currency)));
    Ok(match refused {
        Refusal::RefundTooLarge { .. } => {
            (StatusCode::UNPROCESSABLE_ENTITY, RefundForm { amount_error: error, ..form })
        }
        Refusal::AlreadyRestocked { .. } => (StatusCode::CONFLICT, RefundForm { restock_error: error, ..form }),
        Refusal::OrderNotPaid | Refusal::DisputeOpen => (StatusCode::CONFLICT, RefundForm { error, ..form }),
        Refusal::KeyReused => (StatusCode::CONFLICT, RefundForm { id: new_id, error, ..form }),
        other => return Err(other.into()),
    })
}
