//! The test provider's payment pages. They move no money and say so.

use super::{NoIndex, PageError, PageRequest, render_page};
use crate::{
    messages, paths,
    price::format_price,
    shop::{ShopInfo, form_error::FormError, sandbox::SandboxProvider},
    ui::notice::ErrorNotice,
};
use checkout::model::{HoldId, HoldState, Money, OrderId};
use leptos::prelude::*;
use leptos_meta::Title;
use uuid::Uuid;

/// Pays for an order. As at other providers, the page opens for whoever has its address, such as the customer of an API client.
#[component]
pub(crate) fn SandboxOrderPage() -> impl IntoView {
    render_page(load_order)
}

/// Pays for a hold that is not ordered yet.
#[component]
pub(crate) fn SandboxHoldPage() -> impl IntoView {
    render_page(load_hold)
}

/// A button of the payment form.
struct TestPayment {
    /// Value of the form's `act` field.
    act: &'static str,
    label: &'static str,
    /// Explanation of the payment.
    description: &'static str,
}

const ORDER_PAYMENTS: [TestPayment; 6] = [
    TestPayment { act: "pay", label: "Pay", description: "Your payment arrives once." },
    TestPayment {
        act: "decline",
        label: "Decline",
        description: "The bank declines the payment. A pending order is cancelled.",
    },
    TestPayment {
        act: "twice",
        label: "Deliver twice",
        description: "The same webhook arrives twice. It counts once.",
    },
    TestPayment {
        act: "late",
        label: "Pay late",
        description: "The payment arrives after the order has ended (a pending order is declined first). It buys the units again if there are any left. If not, it’s refunded.",
    },
    TestPayment {
        act: "refund-fails",
        label: "Pay, and let a later refund fail",
        description: "Your payment arrives once. If it’s refunded later, the test bank rejects the refund.",
    },
    TestPayment {
        act: "refund-waits",
        label: "Pay, and leave a later refund pending",
        description: "Your payment arrives once. If it’s refunded later, the refund stays pending for a minute.",
    },
];

const HOLD_PAYMENTS: [TestPayment; 1] = [TestPayment {
    act: "pay",
    label: "Pay",
    description: "The payment arrives before there is an order, and waits for it.",
}];

async fn load_order(request: PageRequest) -> Result<AnyView, PageError> {
    require_sandbox()?;
    let has_mailbox = has_mailbox();
    let id: OrderId = request.id("order")?;
    let order = request.checkout.order_of_any_owner(id).await?;
    let is_own = request.owner_of(id).await? == Some(order.owner);
    let product = request.checkout.product(order.product_id).ok_or(PageError::NotFound)?;
    let error = FormError::from_query(&request.query, &product, request.checkout.now());
    let id = order.id.to_string();
    // The order's page is closed to other visitors.
    let back_url = is_own.then(|| paths::order(&id));
    let status =
        format!("Status of this order: {}.", messages::order_status_label(order.status().name()).to_lowercase());
    let form = payment_form(order.amount, status, ("order", &id), back_url, &ORDER_PAYMENTS, has_mailbox);
    Ok(view! {
        {error.map(|error| view! { <div class="narrow"><ErrorNotice notice=error.notice() /></div> })}
        {form}
    }
    .into_any())
}

async fn load_hold(request: PageRequest) -> Result<AnyView, PageError> {
    require_sandbox()?;
    let has_mailbox = has_mailbox();
    let id: HoldId = request.id("hold")?;
    let owner = request.owner().await?.ok_or(PageError::NotFound)?;
    let hold = request.checkout.hold(id, owner).await?;
    let product = request.checkout.product(hold.product_id).ok_or(PageError::NotFound)?;
    let amount = hold.amount(product.price).ok_or(PageError::Internal)?;
    let id = hold.id.to_string();
    let (status, payments) = match hold.state {
        HoldState::Active => ("There’s no order yet, only a reservation.", &HOLD_PAYMENTS[..]),
        _ => ("This reservation has ended.", &[][..]),
    };
    Ok(payment_form(amount, status.to_owned(), ("hold", &id), Some(paths::hold(&id)), payments, has_mailbox))
}

fn require_sandbox() -> Result<(), PageError> {
    use_context::<SandboxProvider>().map(|_| ()).ok_or(PageError::NotFound)
}

/// Whether mails are kept in memory, where a developer reads them.
fn has_mailbox() -> bool {
    use_context::<ShopInfo>().is_some_and(|info| info.has_mailbox)
}

/// `field` is the name and value of the hidden field that says what the payment is for. `back_url` is the shopper's own page.
fn payment_form(
    amount: Money,
    status: String,
    (field, id): (&'static str, &str),
    back_url: Option<String>,
    payments: &'static [TestPayment],
    has_mailbox: bool,
) -> AnyView {
    let (id, form_key) = (id.to_owned(), Uuid::new_v4().to_string());
    let buttons = payments.iter().enumerate().map(|(i, &TestPayment { act, label, description })| {
        let class = if i == 0 { "button button-primary" } else { "button button-secondary" };
        let description_id = format!("act-{act}");
        view! {
            <li>
                <form method="post" action=paths::SANDBOX>
                    <input type="hidden" name=field value=id.clone() />
                    <input type="hidden" name="key" value=form_key.clone() />
                    <input type="hidden" name="act" value=act />
                    <button class=class type="submit" aria-describedby=description_id.clone()>{label}</button>
                </form>
                <p class="muted" id=description_id>{description}</p>
            </li>
        }
    });
    view! {
        <Title text="Test payment" />
        <NoIndex description="The test payment provider. It moves no money." />
        <div class="narrow">
            <p class="sandbox-banner"><strong>"Test provider."</strong> " No real money moves here."</p>
            <section class="panel">
                <h1>"Pay " {format_price(amount)}</h1>
                <p>{status}</p>
                <ul class="sandbox-actions">{buttons.collect_view()}</ul>
            </section>
            {back_url.map(|url| view! { <p class="muted side-note"><a href=url>"Go back without paying"</a></p> })}
            {has_mailbox.then(|| view! {
                <p class="muted side-note"><a href=paths::SANDBOX_MAIL rel="external">"Read the mails of this test shop"</a></p>
            })}
        </div>
    }
    .into_any()
}
