//! A hold (shoppers see it as a reservation): how long it lasts, what it costs, and the form that orders it.
#![expect(clippy::needless_pass_by_value, reason = "components own their props")]

use super::{NoIndex, NoScriptRefresh, PageError, PageRequest, render_page};
use crate::{
    clock::seconds_left,
    i18n::{notice, text},
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
        slot::{SLOT, with_element},
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
            let notice = entry.error.as_ref().or(error.as_ref()).map(FormError::notice);
            let paid_early = is_paid_early(&payments);
            Checkout { hold, product, now, notice, entry, is_response, paid_early, payment }.render()
        }
        HoldState::Ordered { order_id } => ordered(&product, &paths::order(&order_id.to_string())),
        HoldState::Expired => ended(&hold, &product, payments, Refusal::HoldExpired { expired_at: hold.expires_at }),
        HoldState::Released => ended(&hold, &product, payments, Refusal::HoldReleased),
    };
    Ok(view! {
        <Title text=text!("checkout", "title") />
        {world}
        <NoIndex description=text!("checkout", "description") />
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
        let DateTime { iso, text: until, .. } = DateTime::from(hold.expires_at);
        let until = with_element(&text!("checkout-until", time = SLOT), view! { <time datetime=iso>{until}</time> });
        let total = hold.amount(product.price);
        let time = messages::format_duration(product.pay_within);
        let leads_to_payment = payment != PaymentTaker::Elsewhere;
        let terms = match (paid_early, leads_to_payment) {
            (true, _) => None,
            (false, true) => Some(text!("checkout-terms-next-page", time = time)),
            (false, false) => Some(text!("checkout-terms", time = time)),
        };
        let (idle, charge) = match (paid_early, leads_to_payment) {
            (true, _) => (text!("checkout-idle-paid"), text!("checkout-charged-already")),
            (false, true) => (text!("checkout-idle"), text!("checkout-charged-next-page")),
            (false, false) => (text!("checkout-idle"), text!("purchase-charged-elsewhere")),
        };
        let added = product.extend_by.filter(|_| entry.is_extended).map(keepsake::time_added);
        let action =
            if leads_to_payment && !paid_early { text!("checkout-continue") } else { text!("checkout-place-order") };
        let key = entry.key.unwrap_or_else(Uuid::new_v4).to_string();
        view! {
            // A reload before the end would delete what the shopper types.
            <NoScriptRefresh seconds=refresh_after page=page.clone() />
            {is_response.then(|| view! { <OwnAddress path=page /> })}
            <PurchaseSteps current=1 />
            <div class="narrow">
                <h1>{text!("checkout")}</h1>
                {notice.map(|notice| view! { <ErrorNotice notice /> })}
                {added.map(|notice| view! { <InfoNotice notice /> })}
                {paid_early.then(|| view! { <InfoNotice notice=notice!("checkout-paid-early") /> })}
                <section class="panel hold" aria-label=text!("checkout", "title")>
                    <p class="hold-countdown">
                        <span class="with-scripts">{text!("checkout-time-left")}</span>
                        <noscript>{until}</noscript>
                        <HoldCountdown rendered_at expires_at />
                    </p>
                    <OrderSummary product=product.clone() qty=hold.qty.get() total />
                    <form class="checkout-form" method="post" action=paths::ORDER id=FORM_ID>
                        <input type="hidden" name="hold" value=id.clone() />
                        <input type="hidden" name="key" value=key />
                        <ContactFields ships=product.ships entry action=action.clone() />
                        <button class="button button-primary" type="submit">{action}</button>
                        {terms.map(|terms| view! { <p class="muted">{terms}</p> })}
                    </form>
                    <ExtendButton hold=hold.clone() product=product.clone() />
                    <Assurances idle charge number=None />
                    <details class="confirm">
                        <summary>{text!("checkout-cancel")}</summary>
                        <form method="post" action=paths::RELEASE>
                            <input type="hidden" name="hold" value=id.clone() />
                            <p>{text!("checkout-cancel", "question")}</p>
                            <button class="button button-secondary" type="submit">{text!("checkout-cancel", "confirm")}</button>
                        </form>
                    </details>
                </section>
                {(payment == PaymentTaker::Sandbox && !paid_early).then(|| {
                    let link = view! { <a href=paths::sandbox_hold(&id)>{text!("checkout-sandbox", "link")}</a> };
                    view! { <p class="muted side-note">{with_element(&text!("checkout-sandbox", link = SLOT), link)}</p> }
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
                <p class="muted">{text!("checkout-need-longer")}</p>
                <button
                    class="button button-secondary"
                    type="submit"
                    form=FORM_ID
                    formaction=paths::EXTEND
                    formnovalidate
                >
                    {text!("checkout-add-time", time = messages::format_duration(extend_by))}
                </button>
            </div>
        }
    })
}

fn ordered(product: &Product, order_url: &str) -> AnyView {
    let link =
        view! { <a class="button button-primary" href=order_url.to_owned()>{text!("checkout-ordered", "link")}</a> };
    view! { <div class="narrow">{ended_panel(product, notice!("checkout-ordered"), link)}</div> }.into_any()
}

/// Shows a hold that ended without an order. Payments for it are refunded.
fn ended(hold: &Hold, product: &Product, payments: Vec<Payment>, refusal: Refusal) -> AnyView {
    let amount = hold.amount(product.price);
    let product_url = paths::listed_product(product);
    let link =
        product_url.map(|url| view! { <a class="button button-primary" href=url>{text!("order-back-to-product")}</a> });
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
                <a class="button button-secondary" href="/">{text!("order-all-drops")}</a>
            </p>
        </section>
    }
}
