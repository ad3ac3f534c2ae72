//! The page of an order: a ticket once it is paid, and before and after that its state, with the ways onward.

mod open;
mod receipt;
mod stage;
mod ticket;

use super::{NoIndex, NoScriptRefresh, PageError, PageRequest, render_page};
use crate::{
    i18n::text,
    messages, paths,
    shop::{
        ShopInfo,
        components::{
            OrderStatusView,
            order_panel::{OrderFollower, PrintButton},
            purchase::PurchaseSteps,
        },
        form_error::FormError,
        order_code::OrderCodes,
        payment::Payments,
        sandbox::SandboxProvider,
    },
    ui::{
        notice::{ErrorNotice, order_refund_notices, refund_notices},
        product_image::{Cover, ProductImage},
        slot::{SLOT, with_element},
        world::page_world,
    },
};
use checkout::model::{
    Contact, Order, OrderId, OrderState, Payment, Place, Product, Refund, RefundState, StoredContact, Timestamp,
};
use leptos::prelude::*;
use leptos_meta::Title;
use stage::OrderStage;
use std::{slice, sync::Arc};

/// Refresh interval of a pending order without scripts.
const REFRESH_SECONDS: i64 = 5;

#[component]
pub(crate) fn OrderPage() -> impl IntoView {
    render_page(load)
}

/// An order, and all that its page says of it.
struct OrderFacts {
    order: Order,
    product: Arc<Product>,
    place: Option<Place>,
    contact: Option<Contact>,
    payments: Vec<Payment>,
    refunds: Vec<Refund>,
    shop: ShopInfo,
    /// The QR code of the order's link, as SVG.
    code: Option<String>,
    now: Timestamp,
}

impl OrderFacts {
    /// The order's number, or its id where it has none.
    fn number(&self) -> String {
        self.order.number.map_or_else(|| self.order.id.to_string(), |number| number.to_string())
    }
}

/// The facts of the request and the shop that the page of an order needs beside the order.
struct Surroundings {
    has_sandbox: bool,
    has_provider: bool,
    error: Option<FormError>,
}

async fn load(request: PageRequest) -> Result<AnyView, PageError> {
    let has_sandbox = use_context::<SandboxProvider>().is_some();
    let (shop, codes) = (use_context::<ShopInfo>().unwrap_or_default(), use_context::<OrderCodes>());
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
    // A link opens an order for 30 days. Whoever came by one must not get another from the page, and so stay for ever.
    let is_owner = request.owner().await? == Some(order.owner);
    let is_paid = order.transaction_id().is_some();
    let checkout = &request.checkout;
    let product = checkout.product(order.product_id).ok_or(PageError::NotFound)?;
    let now = checkout.now();
    let facts = OrderFacts {
        place: checkout.places(slice::from_ref(&order)).await?.remove(&id),
        contact: checkout.contact(id).await?.and_then(StoredContact::known),
        payments: checkout.payments(&order).await?,
        refunds: checkout.refunds(id).await?,
        code: codes.filter(|_| is_owner && is_paid).and_then(|codes| (codes.0)(id)),
        order,
        product,
        shop,
        now,
    };
    let stage = OrderStage::of(&facts.order, &facts.payments, &facts.refunds, is_processing);
    let error = FormError::from_query(&request.query, &facts.product, now);
    let error = error.filter(|error| match stage {
        OrderStage::Pending => true,
        OrderStage::Processing => *error != FormError::PaymentProcessing,
        _ => false,
    });
    Ok(page(&facts, stage, Surroundings { has_sandbox, has_provider: service.has_provider(), error }))
}

fn page(facts: &OrderFacts, stage: OrderStage, surroundings: Surroundings) -> AnyView {
    let Surroundings { has_sandbox, has_provider, error } = surroundings;
    let order = &facts.order;
    let refunds = view! {
        {refund_notices(facts.payments.clone(), &facts.refunds, order.amount)}
        {order_refund_notices(&facts.refunds, order.amount)}
    }
    .into_any();
    let content = if stage.is_open() {
        open_order(facts, stage, has_provider, refunds)
    } else if stage.is_cancelled() {
        ended_order(facts, stage, refunds)
    } else {
        paid_order(facts, stage, refunds)
    };
    view! {
        <Title text=stage.notice(order).title />
        {page_world(&facts.product)}
        <NoIndex description=text!("order", "description") />
        {stage.is_open().then(|| view! {
            <NoScriptRefresh seconds=REFRESH_SECONDS />
            <PurchaseSteps current=2 />
        })}
        <div class="narrow order-page" data-stage=stage.name()>
            <p class="breadcrumb"><a href="/orders">{text!("nav-orders")}</a></p>
            {error.map(|error| view! { <ErrorNotice notice=error.notice() /> })}
            {content}
            {facts.contact.clone().map(receipt::contact_panel)}
            {(has_sandbox && !stage.is_open()).then(|| {
                let url = paths::sandbox_order(&order.id.to_string());
                let link = view! { <a href=url>{text!("order-sandbox", "link")}</a> };
                view! { <p class="muted side-note">{with_element(&text!("order-sandbox", link = SLOT), link)}</p> }
            })}
        </div>
    }
    .into_any()
}

/// The order's status in a word and in a sentence. The island in it follows the order.
fn status_header(facts: &OrderFacts, stage: OrderStage) -> impl IntoView + use<> {
    let (order, notice) = (&facts.order, stage.notice(&facts.order));
    let status = status_view(order, &facts.payments, &facts.refunds);
    let label = messages::order_status_label(&status.status);
    view! {
        <div class="panel-header">
            <p class="badge" data-testid="order-status" data-status=status.status.clone()>{label}</p>
            <OrderFollower id=order.id.to_string() order=status />
        </div>
        <div class="order-status">
            <h1>{notice.title}</h1>
            <p>{notice.text}</p>
        </div>
    }
}

fn open_order(facts: &OrderFacts, stage: OrderStage, has_provider: bool, refunds: AnyView) -> AnyView {
    let actions = if stage == OrderStage::Processing {
        open::processing_actions(facts).into_any()
    } else {
        open::pending_actions(facts, has_provider).into_any()
    };
    view! {
        <section class="panel order-panel" aria-label=text!("order")>
            {status_header(facts, stage)}
            {refunds}
            {actions}
        </section>
        {open::ordered_panel(facts)}
    }
    .into_any()
}

fn ended_order(facts: &OrderFacts, stage: OrderStage, refunds: AnyView) -> AnyView {
    view! {
        <section class="panel order-panel order-ended" aria-label=text!("order")>
            <ProductImage cover=Cover::from(&*facts.product) sizes="12rem" />
            {status_header(facts, stage)}
            {refunds}
            {open::ended_actions(facts)}
        </section>
        {open::ordered_panel(facts)}
    }
    .into_any()
}

fn paid_order(facts: &OrderFacts, stage: OrderStage, refunds: AnyView) -> AnyView {
    let order_id = facts.order.id.to_string();
    view! {
        <section class="order-paid" aria-label=text!("order")>
            {status_header(facts, stage)}
            {refunds}
            {ticket::ticket(facts)}
            <p class="actions">
                <a class="button button-primary" href="/">{text!("order-back-to-drops")}</a>
                <PrintButton label=text!("order-print") />
                {facts.place.map(|_| view! {
                    <a class="button button-secondary" href=paths::ticket_image(&order_id) download="ticket.png">
                        {text!("ticket-image")}
                    </a>
                })}
                <a class="button button-secondary" href="/orders">{text!("nav-orders")}</a>
            </p>
            <noscript><p class="muted">{text!("order-print-by-browser")}</p></noscript>
        </section>
        {(stage != OrderStage::Refunded).then(|| ticket::next_steps(facts))}
        {receipt::receipt(facts)}
    }
    .into_any()
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
        <Title text=text!("order-thank-you") />
        <NoIndex description=text!("order-thank-you", "description") />
        <div class="narrow">
            <h1>{text!("order-thank-you")}</h1>
            <p>{text!("order-thank-you", "text")}</p>
            <p>{text!("order-thank-you", "close")}</p>
        </div>
    }
    .into_any()
}

/// Counts refunds as the API lists them, because the page compares the two.
fn status_view(order: &Order, payments: &[Payment], refunds: &[Refund]) -> OrderStatusView {
    let of_payments = payments.iter().filter(|p| p.outcome.refund_reason().is_some()).count();
    let of_order = refunds.iter().filter(|r| r.event_id.is_none() && r.state != RefundState::Withdrawn).count();
    OrderStatusView {
        status: order.status().name().to_owned(),
        refunds: of_payments + of_order,
        refund_versions: refunds.iter().filter(|r| r.state != RefundState::Withdrawn).map(|r| r.version).sum(),
        version: order.version,
    }
}
