//! An order: how it stands, live, what to do, and what became of the money.

use super::{Refresh, Request, Stop, Unlisted, checkout::Basket, page};
use crate::{
    flash::Trouble,
    money,
    parts::{
        notice::Refusal,
        order::{OrderPanel, OrderSteps, Standing, State},
        when::LocalTime,
    },
    paths,
    sandbox::SandboxProvider,
    words,
};
use checkout::model::{EventOutcome, Money, Order, OrderId, OrderState, Payment, PaymentStatus, Product, Timestamp};
use leptos::prelude::*;
use leptos_meta::Title;
use std::sync::Arc;

/// Without scripts: how often an order that waits is looked at again.
const LOOK_AGAIN_SECONDS: i64 = 5;

#[component]
pub(crate) fn OrderPage() -> impl IntoView {
    page(load)
}

async fn load(request: Request) -> Result<AnyView, Stop> {
    let sandbox = use_context::<SandboxProvider>().is_some();
    let id: OrderId = request.id("order")?;
    let owner = request.owner().await?.ok_or(Stop::Missing)?;
    let order = request.checkout.order(id, owner).await?;
    let payments = request.checkout.payments(&order).await?;
    let product = request.checkout.product(order.product_id).ok_or(Stop::Missing)?;
    let now = request.checkout.now();
    let told = Trouble::told(&request.query, &product, now);
    let pending = order.state == OrderState::Pending;
    Ok(view! {
        <Title text="Your order" />
        <Unlisted />
        {pending.then(|| view! { <Refresh seconds=LOOK_AGAIN_SECONDS /> })}
        <OrderSteps id=id.to_string() state=state(&order) />
        <div class="narrow">
            <p class="crumb"><a href="/orders">"My orders"</a></p>
            <h1>"Your order"</h1>
            {told.map(|trouble| view! { <Refusal notice=trouble.words() /> })}
            <Refunds payments=payments.clone() amount=order.amount />
            <OrderPanel standing=standing(&order, &product, now, sandbox) />
            <section class="panel" aria-label="What you ordered">
                <Basket product=product.clone() qty=order.qty.get() />
                <Facts order=order.clone() payments product />
            </section>
            {(sandbox && !pending).then(|| view! {
                <p class="quiet aside">
                    "Test shop: " <a href=paths::sandbox_order(&order.id.to_string())>"open the test provider"</a>
                    " again, to see what late or repeated money does."
                </p>
            })}
        </div>
    }
    .into_any())
}

fn state(order: &Order) -> State {
    let reason = match order.state {
        OrderState::Cancelled { reason, .. } => Some(reason.name().to_owned()),
        _ => None,
    };
    State { status: order.state.name().to_owned(), reason }
}

fn standing(order: &Order, product: &Product, now: Timestamp, sandbox: bool) -> Standing {
    let id = order.id.to_string();
    Standing {
        state: state(order),
        rendered_at: now.as_millis(),
        pay_by: order.pay_by.as_millis(),
        amount: money::price(order.amount),
        pay_at: sandbox.then(|| paths::sandbox_order(&id)),
        product: Some(paths::product(product.slug.as_str())),
        id,
    }
}

/// Money that must go back, or went back (P7).
#[component]
fn Refunds(payments: Vec<Payment>, amount: Money) -> impl IntoView {
    let refunds = payments.into_iter().filter_map(|payment| {
        let (title, reason) = match payment.outcome {
            EventOutcome::RefundDue(reason) => ("goes back to you", reason),
            EventOutcome::Refunded(reason) => ("went back to you", reason),
            _ => return None,
        };
        let paid = Money {
            minor: payment.deposit.amount.unwrap_or(amount.minor),
            currency: payment.deposit.currency.unwrap_or(amount.currency),
        };
        Some(view! {
            <div class="notice notice-refund" role="status" data-testid="refund">
                <p class="notice-title">{format!("{} {title}", money::price(paid))}</p>
                <p>{format!("A payment was not used, because {}. You need not do anything.", words::refund(reason))}</p>
            </div>
        })
    });
    refunds.collect_view()
}

#[component]
fn Facts(order: Order, payments: Vec<Payment>, product: Arc<Product>) -> impl IntoView {
    let moment = |at: Timestamp| view! { <LocalTime moment=at.into() /> };
    let ended = match &order.state {
        OrderState::Paid { paid_at, .. } => Some(("Paid", *paid_at)),
        OrderState::Cancelled { cancelled_at, .. } => Some(("Cancelled", *cancelled_at)),
        OrderState::Pending => None,
    };
    let transaction = match &order.state {
        OrderState::Paid { transaction_id, .. } => Some(transaction_id.to_string()),
        _ => None,
    };
    let failed = payments.iter().filter(|p| p.status == PaymentStatus::Failure).count();
    view! {
        <dl class="facts">
            <div><dt>"Order"</dt><dd class="code">{order.id.to_string()}</dd></div>
            <div><dt>"Quantity"</dt><dd>{format!("{} of {}", order.qty.get(), product.name)}</dd></div>
            <div><dt>"Placed"</dt><dd>{moment(order.created_at)}</dd></div>
            {ended.map(|(name, at)| view! { <div><dt>{name}</dt><dd>{moment(at)}</dd></div> })}
            {transaction.map(|id| view! { <div><dt>"Payment"</dt><dd class="code">{id}</dd></div> })}
            {(failed > 0).then(|| view! { <div><dt>"Declined payments"</dt><dd>{failed.to_string()}</dd></div> })}
        </dl>
    }
}
