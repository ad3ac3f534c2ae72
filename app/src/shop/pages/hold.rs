//! A hold (shoppers see it as a reservation): how long it lasts, what it costs, and the form that orders it.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::{NoIndex, NoScriptRefresh, PageError, PageRequest, render_page};
use crate::{
    clock::seconds_left,
    messages::{self, Notice, keepsake},
    paths,
    shop::{
        checkout_form::{CheckoutEntry, ContactFields},
        components::purchase::{Assurances, OrderSummary, PurchaseSteps},
        form_error::FormError,
        payment::PaymentTaker,
    },
    ui::{
        countdown::HoldCountdown,
        local_time::DateTime,
        notice::{ErrorNotice, InfoNotice, refund_notices},
        own_address::OwnAddress,
        product_image::{Cover, ProductImage},
        world::page_world,
    },
};
use checkout::model::{EventOutcome, Hold, HoldId, HoldState, Payment, PaymentStatus, Product, Refusal, Timestamp};
use leptos::prelude::*;
use leptos_meta::Title;
use std::sync::Arc;
use uuid::Uuid;

/// The id of the checkout form.
const FORM_ID: &str = "checkout";

#[component]
pub(crate) fn HoldPage() -> impl IntoView {
    render_page(load)
}

async fn load(request: PageRequest) -> Result<AnyView, PageError> {
    let payment = PaymentTaker::of_shop();
    let entry = use_context::<CheckoutEntry>();
    let is_response = entry.is_some();
    let entry = entry.unwrap_or_default();
    let id: HoldId = request.id("hold")?;
    let owner = request.owner().await?.ok_or(PageError::NotFound)?;
    let hold = request.checkout.hold(id, owner).await?;
    let product = request.checkout.product(hold.product_id).ok_or(PageError::NotFound)?;
    let payments = request.checkout.payments_for_hold(&hold).await?;
    let now = request.checkout.now();
    let error = FormError::from_query(&request.query, &product, now);
    let world = page_world(&product);
    let body = match hold.state {
        HoldState::Active => {
            let notice = entry.notice.clone().or_else(|| error.map(|error| error.notice()));
            let paid_early = is_paid_early(&payments);
            Checkout { hold, product, now, notice, entry, is_response, paid_early, payment }.render()
        }
        HoldState::Ordered { order_id } => ordered(&product, &paths::order(&order_id.to_string())),
        HoldState::Expired => ended(&hold, &product, payments, Refusal::HoldExpired { expired_at: hold.expires_at }),
        HoldState::Released => ended(&hold, &product, payments, Refusal::HoldReleased),
    };
    Ok(view! {
        <Title text="Your reservation" />
        {world}
        <NoIndex description="Your reservation and how long it’s held for you." />
        {body}
    }
    .into_any())
}

/// Returns true if a payment arrived before its order and waits for it (P6).
fn is_paid_early(payments: &[Payment]) -> bool {
    payments.iter().any(|p| p.status == PaymentStatus::Success && p.outcome == EventOutcome::Parked)
}

/// The page of a hold that lasts: the form that orders it.
struct Checkout {
    hold: Hold,
    product: Arc<Product>,
    now: Timestamp,
    /// Why the shopper is back on this page.
    notice: Option<Notice>,
    entry: CheckoutEntry,
    /// The page answers a form, so the browser shows the form's address.
    is_response: bool,
    paid_early: bool,
    payment: PaymentTaker,
}

impl Checkout {
    fn render(self) -> AnyView {
        let Self { hold, product, now, notice, entry, is_response, paid_early, payment } = self;
        let (rendered_at, expires_at) = (now.as_millis(), hold.expires_at.as_millis());
        let id = hold.id.to_string();
        let page = paths::hold(&id);
        let refresh_after = seconds_left(rendered_at, expires_at) + 1;
        let until = DateTime::from(hold.expires_at);
        let total = hold.amount(product.price);
        let time = messages::format_duration(product.pay_within);
        let leads_to_payment = payment != PaymentTaker::Elsewhere;
        let terms = match (paid_early, leads_to_payment) {
            (true, _) => None,
            (false, true) => Some(format!("You pay on the next page, within {time}.")),
            (false, false) => Some(format!("You’ll have {time} to pay.")),
        };
        let (idle, charge) = match (paid_early, leads_to_payment) {
            (true, _) => (keepsake::IDLE_PAID_HOLD, keepsake::CHARGED_ALREADY),
            (false, true) => (keepsake::IDLE_HOLD, keepsake::CHARGED_ON_NEXT_PAGE),
            (false, false) => (keepsake::IDLE_HOLD, keepsake::CHARGED_ELSEWHERE),
        };
        let added = product.extend_by.filter(|_| entry.is_extended).map(keepsake::time_added);
        let action = if leads_to_payment && !paid_early { "Continue to payment" } else { "Place order" };
        let key = entry.key.unwrap_or_else(Uuid::new_v4).to_string();
        view! {
            // A reload before the end would delete what the shopper types.
            <NoScriptRefresh seconds=refresh_after page=page.clone() />
            {is_response.then(|| view! { <OwnAddress path=page /> })}
            <PurchaseSteps current=1 />
            <div class="narrow">
                <h1>"Checkout"</h1>
                {notice.map(|notice| view! { <ErrorNotice notice /> })}
                {added.map(|notice| view! { <InfoNotice notice /> })}
                {paid_early.then(|| view! { <InfoNotice notice=messages::paid_before_order() /> })}
                <section class="panel hold" aria-label="Your reservation">
                    <p class="hold-countdown">
                        <span class="with-scripts">"Reserved for you for another"</span>
                        <noscript>"Reserved for you until " <time datetime=until.iso>{until.text}</time></noscript>
                        <HoldCountdown rendered_at expires_at />
                    </p>
                    <OrderSummary product=product.clone() qty=hold.qty.get() total />
                    <form class="checkout-form" method="post" action=paths::ORDER id=FORM_ID>
                        <input type="hidden" name="hold" value=id.clone() />
                        <input type="hidden" name="key" value=key />
                        <ContactFields ships=product.ships entry action />
                        <button class="button button-primary" type="submit">{action}</button>
                        {terms.map(|terms| view! { <p class="muted">{terms}</p> })}
                    </form>
                    <ExtendButton hold=hold.clone() product=product.clone() />
                    <Assurances idle=idle.to_owned() charge=charge.to_owned() number=None />
                    <details class="confirm">
                        <summary>{keepsake::CANCEL_HOLD}</summary>
                        <form method="post" action=paths::RELEASE>
                            <input type="hidden" name="hold" value=id.clone() />
                            <p>{keepsake::CANCEL_HOLD_QUESTION}</p>
                            <button class="button button-secondary" type="submit">{keepsake::CANCEL_HOLD_YES}</button>
                        </form>
                    </details>
                </section>
                {(payment == PaymentTaker::Sandbox && !paid_early).then(|| view! {
                    <p class="muted side-note">
                        "Test shop: " <a href=paths::sandbox_hold(&id)>"pay before ordering"</a>
                        " to see an early payment wait for its order."
                    </p>
                })}
            </div>
        }
        .into_any()
    }
}

/// The button that extends the hold, if the product allows it and the hold was not extended before. It sends the checkout form,
/// so that what was typed is kept. It stands behind the form's own button, which the Enter key presses.
#[component]
fn ExtendButton(hold: Hold, product: Arc<Product>) -> impl IntoView {
    let extend_by = product.extend_by.filter(|_| !hold.extended);
    extend_by.map(|extend_by| {
        view! {
            <div class="side-form">
                <p class="muted">{keepsake::NEED_LONGER}</p>
                <button
                    class="button button-secondary"
                    type="submit"
                    form=FORM_ID
                    formaction=paths::EXTEND
                    formnovalidate
                >
                    {format!("Add {}", messages::format_duration(extend_by))}
                </button>
            </div>
        }
    })
}

fn ordered(product: &Product, order_url: &str) -> AnyView {
    let notice = Notice::new("You’ve ordered this", "Your reservation is now an order.");
    let link = view! { <a class="button button-primary" href=order_url.to_owned()>"Go to your order"</a> };
    view! { <div class="narrow">{ended_panel(product, notice, link)}</div> }.into_any()
}

/// Shows a hold that ended without an order. Payments for it are refunded.
fn ended(hold: &Hold, product: &Product, payments: Vec<Payment>, refusal: Refusal) -> AnyView {
    let amount = hold.amount(product.price);
    let product_url = paths::listed_product(product);
    let link = product_url.map(|url| view! { <a class="button button-primary" href=url>"Back to the product"</a> });
    view! {
        <div class="narrow">
            {amount.map(|amount| refund_notices(payments, &[], amount))}
            {ended_panel(product, messages::refusal(&refusal), link)}
        </div>
    }
    .into_any()
}

fn ended_panel(product: &Product, notice: Notice, link: impl IntoView) -> impl IntoView {
    view! {
        <section class="panel ended" data-testid="hold-ended">
            <ProductImage cover=Cover::from(product) sizes="16rem" />
            <h1>{notice.title}</h1>
            <p>{notice.text}</p>
            <p class="actions">
                {link}
                <a class="button button-secondary" href="/">"All drops"</a>
            </p>
        </section>
    }
}
