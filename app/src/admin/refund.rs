//! The screen of one refund, and the steps that an operator can take.

use super::{
    confirm::ActionForm,
    form::Field,
    labels,
    layout::{Flash, Page, PageOperator, Screen, time},
    order::{fact, path_of},
};
use checkout::{
    model::{Refund, RefundReference, RefundState, Timestamp},
    store::operators::Permission,
};
use leptos::prelude::*;

/// A step that an operator takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The money was returned outside the provider.
    Done,
    /// The provider was asked.
    Send,
    /// The provider has returned the money.
    Succeed,
    /// The provider did not return the money, or took it back.
    Fail,
    /// A failed refund becomes due again.
    Retry,
    /// The shop sends it to the payment provider.
    CarryOut,
}

impl Step {
    /// All steps.
    pub const ALL: [Self; 6] = [Self::Done, Self::Send, Self::Succeed, Self::Fail, Self::Retry, Self::CarryOut];

    /// The last part of the form's address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Send => "send",
            Self::Succeed => "succeed",
            Self::Fail => "fail",
            Self::Retry => "retry",
            Self::CarryOut => "carry-out",
        }
    }

    /// Returns the step of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// The steps that a refund in this state allows, the usual one first. `at_provider`: the shop sends it to the provider.
    fn of(state: RefundState, at_provider: bool) -> &'static [Self] {
        match state {
            RefundState::Due if at_provider => &[Self::CarryOut, Self::Done],
            RefundState::Due => &[Self::Done, Self::Send],
            RefundState::Sending => &[Self::Succeed, Self::Fail],
            RefundState::Failed => &[Self::Retry, Self::Done],
            RefundState::Succeeded => &[Self::Fail],
            RefundState::Withdrawn => &[],
        }
    }

    /// The buttons that open and send the form.
    fn labels(self, state: RefundState) -> (&'static str, &'static str) {
        match self {
            Self::Done => ("Done elsewhere…", "Mark as done"),
            Self::Send => ("Mark as sent…", "Mark as sent"),
            Self::Succeed => ("Mark as succeeded…", "Mark as succeeded"),
            Self::Fail if state == RefundState::Succeeded => ("The money came back…", "Mark as failed"),
            Self::Fail => ("Mark as failed…", "Mark as failed"),
            Self::Retry => ("Try again…", "Try again"),
            Self::CarryOut => ("Carry out…", "Send now"),
        }
    }

    fn explanation(self, state: RefundState) -> &'static str {
        match self {
            Self::Done => "You have returned the money yourself, for example by bank transfer or at the provider.",
            Self::Send => "You have asked the provider to return the money, and do not know the result yet.",
            Self::Succeed => "The provider has returned the money.",
            Self::Fail if state == RefundState::Succeeded => {
                "The bank could not pay the money out and returned it to the shop."
            }
            Self::Fail => "The provider has definitely not returned the money. The refund can then be tried again.",
            Self::Retry => "The refund becomes due again, as a new attempt.",
            Self::CarryOut => "The shop asks the payment provider to return the money, once for each attempt.",
        }
    }
}

/// A step as it was sent, and why it is refused.
#[derive(Debug, Clone)]
pub struct RefusedStep {
    /// The step.
    pub step: Step,
    /// The text of its field.
    pub text: String,
    /// Why the text is refused.
    pub error: String,
}

/// How the payment provider carries a refund out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarriedOut {
    /// The shop sends it by itself.
    ByItself,
    /// An operator sends it.
    OnRequest,
}

/// A refund with its order.
pub struct RefundPage {
    /// The refund.
    pub refund: Refund,
    /// The id of its order and how people call it, if it has one.
    pub order: Option<(String, String)>,
    /// The current time.
    pub now: Timestamp,
    /// How the payment provider carries it out; `None` for one that an operator carries out.
    pub carried_out: Option<CarriedOut>,
    /// A step that was refused.
    pub refused: Option<RefusedStep>,
}

/// The address of a refund's screen.
pub fn path(refund: &Refund) -> String {
    format!("/admin/refunds/{}", refund.id)
}

/// Renders the page.
pub fn refund(operator: PageOperator<'_>, page: RefundPage, flash: Option<Flash>) -> String {
    let RefundPage { refund, order, now, carried_out, refused } = page;
    let steps = operator.role.may(Permission::Refunds).then(|| {
        let steps = Step::of(refund.state, carried_out.is_some()).iter();
        steps
            .map(|step| form(*step, &refund, refused.as_ref().filter(|refused| refused.step == *step)))
            .collect::<Vec<_>>()
    });
    Page::new(format!("Refund of {}", labels::refund_amount(&refund, labels::money)))
        .signed_in(operator, Screen::Refunds)
        .back("Refunds", "/admin/refunds")
        .badge(labels::refund_state(refund.state))
        .actions(steps)
        .flash(flash)
        .render(facts(&refund, order, now, carried_out))
}

fn facts(refund: &Refund, order: Option<(String, String)>, now: Timestamp, carried_out: Option<CarriedOut>) -> AnyView {
    let carried_out = match carried_out {
        Some(CarriedOut::ByItself) => "By the payment provider. The shop sends it by itself.",
        Some(CarriedOut::OnRequest) => "By the payment provider, once an operator sends it.",
        None => "By an operator.",
    };
    let order = match order {
        Some((id, name)) => view! { <a href=path_of(id)>{name}</a> }.into_any(),
        None => "None: the payment had no order".into_any(),
    };
    let event = refund.event_id.map(|id| {
        let href = format!("/admin/payments/{id}");
        fact("Payment", view! { <a href=href>"The event that caused it"</a> })
    });
    let age = matches!(refund.state, RefundState::Due | RefundState::Sending | RefundState::Failed)
        .then(|| fact("Age", labels::age(refund.created_at, now)));
    let text = |name, text: Option<String>| text.map(|text| fact(name, text));
    let reference = |reference: &Option<RefundReference>| reference.as_ref().map(|text| text.as_str().to_owned());
    let restocked = (refund.restocked > 0).then(|| fact("Put back on sale", labels::units(refund.restocked)));
    view! {
        <section class="panel" aria-labelledby="summary">
            <h2 id="summary">"Summary"</h2>
            <dl class="facts">
                {fact("Amount", labels::refund_amount(refund, labels::money))}
                {fact("Why", labels::words(labels::refund_reason(refund.reason)))}
                {fact("Order", order)} {event}
                {fact("Carried out", carried_out)}
                {fact("Issued", time(refund.created_at))} {age}
                {fact("Changed", time(refund.updated_at))}
                {fact("Attempt", refund.attempt.to_string())}
                {text("Last failure", refund.failure.clone())}
                {text("Provider’s reference", reference(&refund.provider_reference))}
                {text("Note", reference(&refund.note))}
                {restocked}
                {fact("Transaction", view! { <code>{refund.transaction_id.to_string()}</code> })}
                {fact("Refund id", view! { <code>{refund.id.to_string()}</code> })}
            </dl>
        </section>
    }
    .into_any()
}

fn form(step: Step, refund: &Refund, refused: Option<&RefusedStep>) -> AnyView {
    let (text, error) = refused.map(|refused| (refused.text.clone(), refused.error.clone())).unzip();
    let field = |field: Field| vec![field.filled(text.clone().unwrap_or_default(), error.clone()).render()];
    let (id_prefix, fields) = match step {
        Step::Done => {
            let hint = Some("How the money went back, such as a transfer’s number.");
            ("done-", field(Field { id_prefix: "done-", hint, ..Field::new("text", "note", "Note") }))
        }
        Step::Succeed => {
            let hint = Some("The provider’s id of the refund.");
            let reference = Field::new("text", "provider_reference", "Provider’s reference");
            ("succeed-", field(Field { id_prefix: "succeed-", optional: true, hint, ..reference }))
        }
        Step::Fail => {
            ("fail-", field(Field { id_prefix: "fail-", ..Field::new("text", "failure", "What the provider says") }))
        }
        Step::Retry => ("retry-", Vec::new()),
        Step::Send => ("send-", Vec::new()),
        Step::CarryOut => ("carry-out-", Vec::new()),
    };
    let (label, title) = step.labels(refund.state);
    ActionForm {
        explanation: step.explanation(refund.state).to_owned(),
        hidden: vec![("attempt", refund.attempt.to_string())],
        fields,
        reason: None,
        is_danger: step == Step::Fail,
        error: refused.map(|_| "Nothing was changed. See below why.".to_owned()),
        ..ActionForm::new(id_prefix, format!("{}/{}", path(refund), step.name()), label, title)
    }
    .render()
}
