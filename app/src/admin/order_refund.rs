//! The form that refunds an order.

use super::{
    confirm::{ActionForm, ReasonField},
    form::{Field, hidden},
    labels::money,
    order::path_of,
};
use checkout::model::{Money, Order, RefundId};
use leptos::prelude::*;

/// The form as it was sent, and why it is refused.
#[derive(Debug, Clone)]
pub struct RefundForm {
    /// The id of the refund. The form carries it, so that sending it twice issues one refund.
    pub id: RefundId,
    /// The amount as a decimal; `None` before the form was sent.
    pub amount: Option<String>,
    /// `none`, `all` or `some`.
    pub restock: String,
    /// The number of units, for `some`.
    pub units: String,
    /// The reason.
    pub reason: ReasonField,
    /// Why the amount is refused.
    pub amount_error: Option<String>,
    /// Why the units are refused.
    pub restock_error: Option<String>,
    /// Why the whole refund is refused.
    pub error: Option<String>,
}

impl RefundForm {
    /// The form before it is filled in.
    pub fn new(id: RefundId) -> Self {
        Self {
            id,
            amount: None,
            restock: "none".to_owned(),
            units: String::new(),
            reason: ReasonField::default(),
            amount_error: None,
            restock_error: None,
            error: None,
        }
    }

    /// The first reason why the form is refused.
    pub fn first_error(&self) -> Option<String> {
        let errors = [&self.error, &self.amount_error, &self.restock_error, &self.reason.error];
        errors.into_iter().flatten().next().cloned()
    }
}

/// Whether anything of an order is left to refund.
pub(super) fn can_refund(order: &Order) -> bool {
    // A free order has only its units.
    let has_units = order.amount.minor == 0 && order.units_taken() > 0;
    order.transaction_id().is_some() && (order.refundable() > 0 || has_units)
}

/// Renders the form.
pub(super) fn refund_form(order: &Order, form: RefundForm) -> AnyView {
    let is_refused = form.first_error().is_some();
    let RefundForm { id, amount, restock, units, reason, amount_error, restock_error, error } = form;
    let left = Money { minor: order.refundable(), ..order.amount };
    let amount = Field { id_prefix: "refund-", inputmode: Some("decimal"), ..Field::new("text", "amount", "Amount") }
        .filled(amount.unwrap_or_else(|| left.decimal()), amount_error);
    let explanation =
        format!("{} is left to refund. For a part of it, enter a lower amount in {}.", money(left), left.currency);
    ActionForm {
        explanation,
        hidden: vec![("id", id.to_string())],
        fields: vec![amount.render(), restock_fields(order.units_taken(), &restock, &units, restock_error)],
        reason: Some(reason),
        error: error.or_else(|| is_refused.then(|| "Nothing was refunded. See below why.".to_owned())),
        ..ActionForm::new("refund-", format!("{}/refunds", path_of(order.id)), "Refund…", "Refund")
    }
    .render()
}

/// The choice of the units that go back on sale.
fn restock_fields(left: u32, chosen: &str, units: &str, error: Option<String>) -> AnyView {
    if left == 0 && error.is_none() {
        return view! {
            {hidden("restock", "none")}
            <p class="hint">"All units of this order are on sale again already."</p>
        }
        .into_any();
    }
    let choice = |value: &'static str, label: String| {
        let id = format!("restock-{value}");
        let is_chosen = chosen == value;
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name="restock" value=value checked=is_chosen />
                <label for=id>{label}</label>
            </div>
        }
    };
    let all = match left {
        1 => "The unit".to_owned(),
        left => format!("All {left} units"),
    };
    let some = (left > 1).then(|| {
        let units = units.to_owned();
        view! {
            <div class="choice-row">
                {choice("some", "Only some:".to_owned())}
                <label class="visually-hidden" for="restock-units">"Number of units"</label>
                <input id="restock-units" name="units" type="text" inputmode="numeric" autocomplete="off" value=units />
            </div>
        }
    });
    let described = error.as_ref().map(|_| "restock-error");
    view! {
        <fieldset class="field choices" aria-describedby=described>
            <legend>"Put back on sale"</legend>
            {choice("none", "Nothing".to_owned())}
            {(left > 0).then(|| choice("all", all))}
            {some}
            {error.map(|error| view! { <p class="field-error" id="restock-error">{error}</p> })}
        </fieldset>
    }
    .into_any()
}
