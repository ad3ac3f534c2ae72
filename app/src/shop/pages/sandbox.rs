//! The test provider's payment pages. They move no money and say so.

use super::{NoIndex, PageError, PageRequest, render_page};
use crate::{
    i18n::{notice, text},
    messages::Notice,
    paths,
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
    /// The button's label, and an explanation of the payment.
    notice: Notice,
}

fn order_payments() -> Vec<TestPayment> {
    vec![
        TestPayment { act: "pay", notice: notice!("sandbox-pay") },
        TestPayment { act: "decline", notice: notice!("sandbox-decline") },
        TestPayment { act: "twice", notice: notice!("sandbox-twice") },
        TestPayment { act: "late", notice: notice!("sandbox-late") },
        TestPayment { act: "refund-fails", notice: notice!("sandbox-refund-fails") },
        TestPayment { act: "refund-waits", notice: notice!("sandbox-refund-waits") },
    ]
}

fn hold_payments() -> Vec<TestPayment> {
    let notice = Notice::new(text!("sandbox-pay"), text!("sandbox-pay", "before-order"));
    vec![TestPayment { act: "pay", notice }]
}

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
    let status = text!("sandbox-status", status = order.status().name());
    let form = payment_form(order.amount, status, ("order", &id), back_url, order_payments(), has_mailbox);
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
        HoldState::Active => (text!("sandbox-no-order"), hold_payments()),
        _ => (text!("sandbox-hold-ended"), Vec::new()),
    };
    Ok(payment_form(amount, status, ("hold", &id), Some(paths::hold(&id)), payments, has_mailbox))
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
    payments: Vec<TestPayment>,
    has_mailbox: bool,
) -> AnyView {
    let (id, form_key) = (id.to_owned(), Uuid::new_v4().to_string());
    let buttons = payments.into_iter().enumerate().map(|(i, TestPayment { act, notice })| {
        let class = if i == 0 { "button button-primary" } else { "button button-secondary" };
        let description_id = format!("act-{act}");
        view! {
            <li>
                <form method="post" action=paths::SANDBOX>
                    <input type="hidden" name=field value=id.clone() />
                    <input type="hidden" name="key" value=form_key.clone() />
                    <input type="hidden" name="act" value=act />
                    <button class=class type="submit" aria-describedby=description_id.clone()>{notice.title}</button>
                </form>
                <p class="muted" id=description_id>{notice.text}</p>
            </li>
        }
    });
    view! {
        <Title text=text!("sandbox") />
        <NoIndex description=text!("sandbox", "description") />
        <div class="narrow">
            <p class="sandbox-banner"><strong>{text!("sandbox", "banner")}</strong> " " {text!("sandbox", "no-money")}</p>
            <section class="panel">
                <h1>{text!("sandbox", "amount", price = format_price(amount))}</h1>
                <p>{status}</p>
                <ul class="sandbox-actions">{buttons.collect_view()}</ul>
            </section>
            {back_url.map(|url| view! { <p class="muted side-note"><a href=url>{text!("sandbox", "back")}</a></p> })}
            {has_mailbox.then(|| view! {
                <p class="muted side-note">
                    <a href=paths::SANDBOX_MAIL rel="external">{text!("sandbox", "mailbox")}</a>
                </p>
            })}
        </div>
    }
    .into_any()
}
