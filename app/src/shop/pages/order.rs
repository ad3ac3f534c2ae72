//! An order: its status, live, the next actions, and its payments.

use super::{NoIndex, NoScriptRefresh, PageError, PageRequest, hold::LineItem, render_page};
use crate::{
    paths,
    price::format_price,
    shop::{
        components::{
            OrderStatusView,
            order_panel::{OrderDetails, OrderPanel, OrderPanelData, OrderSteps, PlacedOrder},
        },
        form_error::FormError,
        payment::Payments,
        sandbox::SandboxProvider,
    },
    ui::{
        notice::{ErrorNotice, order_refund_notices, refund_notices},
        world::page_world,
    },
};
use checkout::model::{
    Address, Contact, Order, OrderId, OrderState, Payment, PaymentStatus, Product, Refund, RefundState, StoredContact,
    Timestamp,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// Refresh interval of a pending order without scripts.
const REFRESH_SECONDS: i64 = 5;

#[component]
pub(crate) fn OrderPage() -> impl IntoView {
    render_page(load)
}

async fn load(request: PageRequest) -> Result<AnyView, PageError> {
    let has_sandbox = use_context::<SandboxProvider>().is_some();
    let Payments(service) = use_context().ok_or(PageError::Internal)?;
    let id: OrderId = request.id("order")?;
    // The payment provider leads back here, before or after its webhook.
    let has_paid = request.query.get("returned").is_some_and(|how| how == "paid");
    let mut order = match own_order(&request, id).await {
        Err(PageError::NotFound) if has_paid => return Ok(thank_you()),
        order => order?,
    };
    let mut is_processing = false;
    if order.state == OrderState::Pending {
        is_processing = service.is_processing(id).await?;
        if has_paid && !is_processing {
            is_processing = service.look_up_returned(id).await?;
            order = own_order(&request, id).await?;
        }
    }
    let contact = request.checkout.contact(id).await?.and_then(StoredContact::known);
    let payments = request.checkout.payments(&order).await?;
    let refunds = request.checkout.refunds(id).await?;
    let product = request.checkout.product(order.product_id).ok_or(PageError::NotFound)?;
    let now = request.checkout.now();
    let error = FormError::from_query(&request.query, &product, now);
    let is_pending = order.state == OrderState::Pending;
    let error = error.filter(|error| is_pending && !(is_processing && *error == FormError::PaymentProcessing));
    let status = status_view(&order, &payments, &refunds);
    Ok(view! {
        <Title text="Your order" />
        {page_world(&product)}
        <NoIndex description="Your order: its status, what’s due, and until when." />
        {is_pending.then(|| view! { <NoScriptRefresh seconds=REFRESH_SECONDS /> })}
        <OrderSteps id=id.to_string() order=status.clone() />
        <div class="narrow">
            <p class="breadcrumb"><a href="/orders">"My orders"</a></p>
            <h1>"Your order"</h1>
            {error.map(|error| view! { <ErrorNotice notice=error.notice() /> })}
            {refund_notices(payments.clone(), &refunds, order.amount)}
            {order_refund_notices(&refunds, order.amount)}
            <OrderPanel data=panel_data(&order, status.clone(), &product, now, (service.has_provider(), is_processing)) />
            <section class="panel" aria-label="What you ordered">
                <LineItem product=product.clone() qty=order.qty.get() total=Some(order.amount) />
                <OrderDetails placed=placed_order(&order, &payments, &product) order=status />
            </section>
            {contact.map(contact_panel)}
            {(has_sandbox && !is_pending).then(|| view! {
                <p class="muted side-note">
                    "Test shop: " <a href=paths::sandbox_order(&order.id.to_string())>"open the test provider"</a>
                    " again to try late or repeated payments."
                </p>
            })}
        </div>
    }
    .into_any())
}

/// Returns the order if this visitor may use it. To others it is not found.
async fn own_order(request: &PageRequest, id: OrderId) -> Result<Order, PageError> {
    let owner = request.owner_of(id).await?.ok_or(PageError::NotFound)?;
    Ok(request.checkout.order(id, owner).await?)
}

/// The page for a visitor who has paid for an order of somebody else, such as an API client. It is the same for each id, so
/// that it does not tell which orders exist.
fn thank_you() -> AnyView {
    view! {
        <Title text="Thank you" />
        <NoIndex description="Your payment is being confirmed." />
        <div class="narrow">
            <h1>"Thank you"</h1>
            <p>"Your payment is being confirmed. The shop where you ordered will tell you when it has arrived."</p>
            <p>"You can close this page."</p>
        </div>
    }
    .into_any()
}

/// The panel with the buyer's details.
fn contact_panel(contact: Contact) -> impl IntoView {
    let Contact { email, name, address, language: _ } = contact;
    view! {
        <section class="panel" aria-labelledby="contact">
            <h2 id="contact">"Your details"</h2>
            <dl class="details">
                <div><dt>"E-mail"</dt><dd>{email.to_string()}</dd></div>
                {name.map(|name| view! { <div><dt>"Name"</dt><dd>{name}</dd></div> })}
                {address.map(|address| view! {
                    <div><dt>"Delivery to"</dt><dd><address>{address_lines(&address)}</address></dd></div>
                })}
            </dl>
        </section>
    }
}

fn address_lines(address: &Address) -> impl IntoView + use<> {
    address.lines().into_iter().map(|line| view! { <span class="address-line">{line}</span> }).collect_view()
}

/// Counts refunds as the API lists them, because the page compares the two.
fn status_view(order: &Order, payments: &[Payment], refunds: &[Refund]) -> OrderStatusView {
    let (reason, ended_at, transaction_id) = match &order.state {
        OrderState::Pending => (None, None, None),
        OrderState::Paid { paid_at, transaction_id } => (None, Some(*paid_at), Some(transaction_id.to_string())),
        OrderState::Cancelled { cancelled_at, reason } => (Some(reason.name().to_owned()), Some(*cancelled_at), None),
    };
    let of_payments = payments.iter().filter(|p| p.outcome.refund_reason().is_some()).count();
    let of_order = refunds.iter().filter(|r| r.event_id.is_none() && r.state != RefundState::Withdrawn).count();
    OrderStatusView {
        status: order.status().name().to_owned(),
        reason,
        ended_at: ended_at.map(Into::into),
        transaction_id,
        refunds: of_payments + of_order,
        refund_versions: refunds.iter().filter(|r| r.state != RefundState::Withdrawn).map(|r| r.version).sum(),
        version: order.version,
    }
}

fn placed_order(order: &Order, payments: &[Payment], product: &Product) -> PlacedOrder {
    PlacedOrder {
        id: order.id.to_string(),
        number: order.number.map_or_else(|| order.id.to_string(), |number| number.to_string()),
        quantity: format!("{} of {}", order.qty.get(), product.name),
        placed_at: order.created_at.into(),
        declined_payments: payments.iter().filter(|p| p.status == PaymentStatus::Failure).count(),
    }
}

fn panel_data(
    order: &Order,
    status: OrderStatusView,
    product: &Product,
    now: Timestamp,
    (has_provider, is_processing): (bool, bool),
) -> OrderPanelData {
    let id = order.id.to_string();
    OrderPanelData {
        order: status,
        rendered_at: now.as_millis(),
        pay_by: order.pay_by.as_millis(),
        amount: format_price(order.amount),
        can_pay: has_provider,
        is_processing,
        product_url: paths::listed_product(product),
        id,
    }
}
