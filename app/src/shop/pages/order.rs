//! An order: how it stands, live, what to do, and what became of the money.

use super::{Refresh, Request, Stop, Unlisted, checkout::Basket, page};
use crate::{
    flash::Trouble,
    money,
    parts::{
        notice::Refusal,
        order::{OrderFacts, OrderPanel, OrderSteps, Placed, Standing, State},
        refunds::Refunds,
    },
    paths,
    sandbox::SandboxProvider,
};
use checkout::model::{Order, OrderId, OrderState, Payment, PaymentStatus, Product, Timestamp};
use leptos::prelude::*;
use leptos_meta::Title;

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
    let state = state(&order, &payments);
    Ok(view! {
        <Title text="Your order" />
        <Unlisted about="How your order stands: what is due, until when, and what became of it." />
        {pending.then(|| view! { <Refresh seconds=LOOK_AGAIN_SECONDS /> })}
        <OrderSteps id=id.to_string() state=state.clone() />
        <div class="narrow">
            <p class="crumb"><a href="/orders">"My orders"</a></p>
            <h1>"Your order"</h1>
            {told.filter(|_| pending).map(|trouble| view! { <Refusal notice=trouble.words() /> })}
            <Refunds payments=payments.clone() amount=order.amount />
            <OrderPanel standing=standing(&order, state.clone(), &product, now, sandbox) />
            <section class="panel" aria-label="What you ordered">
                <Basket product=product.clone() qty=order.qty.get() />
                <OrderFacts placed=placed(&order, &payments, &product) state />
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

fn state(order: &Order, payments: &[Payment]) -> State {
    let (reason, ended, transaction) = match &order.state {
        OrderState::Pending => (None, None, None),
        OrderState::Paid { paid_at, transaction_id } => (None, Some(*paid_at), Some(transaction_id.to_string())),
        OrderState::Cancelled { cancelled_at, reason } => (Some(reason.name().to_owned()), Some(*cancelled_at), None),
    };
    let refunds = payments.iter().filter(|p| p.outcome.refund_reason().is_some()).count();
    State { status: order.state.name().to_owned(), reason, ended: ended.map(Into::into), transaction, refunds }
}

fn placed(order: &Order, payments: &[Payment], product: &Product) -> Placed {
    Placed {
        id: order.id.to_string(),
        what: format!("{} of {}", order.qty.get(), product.name),
        at: order.created_at.into(),
        declined: payments.iter().filter(|p| p.status == PaymentStatus::Failure).count(),
    }
}

fn standing(order: &Order, state: State, product: &Product, now: Timestamp, sandbox: bool) -> Standing {
    let id = order.id.to_string();
    Standing {
        state,
        rendered_at: now.as_millis(),
        pay_by: order.pay_by.as_millis(),
        amount: money::price(order.amount),
        pay_at: sandbox.then(|| paths::sandbox_order(&id)),
        product: paths::product(product.slug.as_str()),
        id,
    }
}
